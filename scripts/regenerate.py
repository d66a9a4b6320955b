"""Rebuilds documents and generated client, from a new source or from what is vendored.

With --out, makes a client of any other documented model instead, in a folder of
its own.
"""

from __future__ import print_function

import argparse
import datetime
import pathlib
import sys

import _environment


def main(arguments):
    # type: (list[str]) -> int
    """Regenerate or check; returns the exit code."""
    options = _parse(arguments)
    _environment.enter("dev", [__file__] + arguments)
    from wan_ergonomic.contract import ContractError

    try:
        return _run(options, pathlib.Path(_environment.ROOT))
    except ContractError as error:
        print("regenerate: {0}".format(error), file=sys.stderr)
        return 1


def _run(options, root):
    # type: (argparse.Namespace, pathlib.Path) -> int

    from wan_ergonomic.contract import Provenance, check, regenerate
    from wan_ergonomic.contract.other_models._make import make_other_model

    if options.check:
        return _report(check(root))
    if options.out:
        out = pathlib.Path(options.out)
        print("\n".join(make_other_model(root, options.source, out, options.name)))
        return 0
    seen = None
    if options.source:
        url = options.source if "://" in options.source else None
        today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
        seen = Provenance(options.published_at or url, today)
    changed = regenerate(root, options.source, seen, print, dry_run=options.dry_run)
    if not options.dry_run:
        print("\n".join(changed or ["Nothing changed."]))
    return 0


def _parse(arguments):
    # type: (list[str]) -> argparse.Namespace
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--from", dest="source", metavar="SOURCE", help="a page, document, folder or URL to vendor"
    )
    what.add_argument("--check", action="store_true", help="fail if rebuilding changes any file")
    parser.add_argument(
        "--dry-run", action="store_true", help="only say what SOURCE changes, and change nothing"
    )
    parser.add_argument(
        "--published-at", metavar="URL", help="where a local SOURCE was published, for the lock"
    )
    parser.add_argument(
        "--out", metavar="DIR", help="make a client of whatever SOURCE documents in this folder"
    )
    parser.add_argument("--name", metavar="PACKAGE", help="how the client in DIR is imported")
    options = parser.parse_args(arguments)
    if not options.source and (options.published_at or options.dry_run or options.out):
        parser.error("--published-at, --dry-run and --out need the SOURCE given by --from")
    if options.out and (options.published_at or options.dry_run):
        parser.error("--out vendors nothing, so it takes neither --published-at nor --dry-run")
    if options.name and not options.out:
        parser.error("--name is for the client made with --out")
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
