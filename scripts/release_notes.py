"""Prints what the changelog says about a version: the notes of its release."""

from __future__ import annotations

import re
import sys
from pathlib import Path

CHANGELOG = Path(__file__).parents[1] / "CHANGELOG.md"


def main(arguments: list[str]) -> int:
    """Print the notes of the version; return the exit code."""
    if len(arguments) != 1:
        sys.exit("usage: release_notes.py VERSION")
    print(notes(CHANGELOG.read_text("utf-8"), arguments[0].removeprefix("v")))
    return 0


def notes(changelog: str, version: str) -> str:
    """Return the section of a version, without its heading.

    Raises:
        SystemExit: There is none, or it has no text.
    """
    heading = rf"^## \[?{re.escape(version)}\]?(?: [^\n]*)?\n(.*?)(?=^## |\Z)"
    found = re.search(heading, changelog, re.DOTALL | re.MULTILINE)
    text = found[1].strip() if found else ""
    if not text:
        sys.exit(f"release_notes.py: CHANGELOG.md says nothing about {version}.")
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
