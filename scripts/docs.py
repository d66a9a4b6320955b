"""Builds the site of the documentation in build/docs/site.

Each page that is written from the code is added to a copy of docs/, which the site is built from.
A link to a page that does not exist fails the build.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import _environment

BUILD = _environment.ROOT / "build" / "docs"


def main(arguments: list[str]) -> int:
    """Build the site; return the exit code."""
    _environment.enter("docs", [__file__, *arguments])
    write_sources(BUILD)
    code = build(BUILD)
    if code == 0:
        print(BUILD / "site" / "index.html")
    return code


def write_sources(folder: Path) -> None:
    """Write the sources of the site into a folder: those of docs/, and pages from the code."""
    from typer.main import get_command

    from wan_ergonomic.cli._app import app
    from wan_ergonomic.cli.docs._reference import reference

    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(_environment.ROOT / "docs", folder)
    page = folder / "pages" / "reference" / "command-line.md"
    page.write_text(reference(get_command(app)), "utf-8")


def build(folder: Path) -> int:
    """Build the site from its sources; return the exit code."""
    program = Path(sys.executable).with_name("zensical")
    command = [str(program), "build", "--clean", "--strict", "-f", str(folder / "mkdocs.yml")]
    return subprocess.call(command, cwd=folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
