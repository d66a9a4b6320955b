"""Rebuilds the documents and the generated client, from a new source or from what is vendored."""

from __future__ import print_function

import argparse
import datetime
import sys

import _environment


def main(arguments):
    # type: (list[str]) -> int
    """Regenerate or check; returns the exit code."""
    options = _parse(arguments)
    _environment.enter("dev", [__file__] + arguments)
    from pathlib import Path

    from wan_ergonomic.contract import ContractError, Provenance, check, regenerate

    root = Path(_environment.ROOT)
    try:
        if options.check:
            return _report(check(root))
        seen = None
        if options.source:
            url = options.source if "://" in options.source else None
            today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
            seen = Provenance(options.published_at or url, today)
        for line in regenerate(root, options.source, seen) or ["Nothing changed."]:
            print(line)
    except ContractError as error:
        print("regenerate: {0}".format(error), file=sys.stderr)
        return 1
    return 0


def _parse(arguments):
    # type: (list[str]) -> argparse.Namespace
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--from", dest="source", metavar="SOURCE", help="a page, JSON file, folder or URL to vendor"
    )
    what.add_argument("--check", action="store_true", help="fail if rebuilding changes any file")
    parser.add_argument(
        "--published-at", metavar="URL", help="where a local SOURCE was published, for the lock"
    )
    options = parser.parse_args(arguments)
    if options.published_at and not options.source:
        parser.error("--published-at describes the SOURCE given by --from")
    return options


def _report(differences):
    # type: (list[str]) -> int
    if not differences:
        print("Documents and generated client are what a rebuild gives.")
        return 0
    for line in differences:
        print(line, file=sys.stderr)
    print("Run scripts/regenerate.py and look at what it changes.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
