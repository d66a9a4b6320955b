"""Rebuilds the documents and the generated client, from a new source or from the vendored one.

With --out, generates a client of another documented model into a folder of its own.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path

import _environment


def main(arguments: list[str]) -> int:
    """Regenerate or check; return the exit code."""
    options = _parse(arguments)
    _environment.enter("dev", [__file__, *arguments])
    from wan_ergonomic.contract import ContractError

    try:
        return _run(options, _environment.ROOT)
    except ContractError as error:
        print(f"regenerate: {error}", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace, root: Path) -> int:
    from wan_ergonomic.contract import (
        Provenance,
        check,
        make_other_model,
        read_names,
        regenerate,
    )

    if options.check:
        return _report(check(root))
    if options.out:
        out = Path(options.out)
        lines = make_other_model(root, options.source, out, options.name, options.server)
        print("\n".join(lines))
        return 0
    seen = None
    if options.source:
        url = options.source if "://" in options.source else None
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        seen = Provenance(options.published_at or url, today, options.server)
    names = read_names(options.create, options.poll)
    changed = regenerate(root, options.source, seen, print, names=names, dry_run=options.dry_run)
    if options.dry_run and changed:
        print("No file was changed. Without --dry-run, these would be:")
    print("\n".join(changed or ["Nothing changed."]))
    if changed and seen and seen.url is None:
        print(
            "Where this was published is not known, so wan contract watch needs a SOURCE. With "
            "--published-at URL, the lock keeps the address."
        )
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--from", dest="source", metavar="SOURCE", help="a page, document, folder or URL to vendor"
    )
    what.add_argument("--check", action="store_true", help="fail if rebuilding changes any file")
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="do the same in a copy of the project: report what SOURCE changes, and exit alike",
    )
    parser.add_argument(
        "--published-at", metavar="URL", help="where a local SOURCE was published, for the lock"
    )
    parser.add_argument(
        "--server", metavar="URL", help="the host of a server that SOURCE names without one"
    )
    parser.add_argument("--create", metavar="OPERATION", help='ours, as in "POST /v1/videos"')
    parser.add_argument("--poll", metavar="OPERATION", help='ours, as in "GET /v1/videos/{id}"')
    parser.add_argument("--out", metavar="DIR", help="generate a client of SOURCE in this folder")
    parser.add_argument("--name", metavar="PACKAGE", help="import name of the client in DIR")
    options = parser.parse_args(arguments)
    named = options.create or options.poll
    needing = (options.published_at, options.dry_run, options.server, options.out, named)
    if not options.source and any(needing):
        parser.error(
            "--published-at, --dry-run, --server, --create, --poll and --out need a SOURCE given "
            "by --from"
        )
    if options.out and (options.published_at or options.dry_run or named):
        parser.error("--out cannot be combined with --published-at, --dry-run, --create or --poll")
    if options.server and not options.server.startswith(("https://", "http://")):
        parser.error("--server needs a URL with a host, such as https://api.example.com")
    if options.name and not options.out:
        parser.error("--name needs --out")
    return options


def _report(differences: list[str]) -> int:
    if not differences:
        print("Documents and generated client match a rebuild.")
        return 0
    for line in differences:
        print(line, file=sys.stderr)
    print("Run scripts/regenerate.py and review the changed files.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
