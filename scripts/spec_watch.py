"""Two steps of the nightly workflow spec-watch.yml: compare with what is published, regenerate.

The workflow keeps the issues and the pull request. Only the standard library is imported
here, so that the job that regenerates can run this file before it installs anything.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

# By the exit codes of `wan contract watch`.
STATES = {0: "none", 1: "drift", 2: "unclear"}

# GitHub accepts 65,536 characters in a body; the workflow adds a marker and an introduction.
MAX_BYTES = 60_000


def compare(sources: Sequence[str]) -> int:
    """Compare, and pass the state and the report to the other jobs; return the exit code."""
    # -P: run the installed package, not the files in the current folder.
    command = [sys.executable, "-P", "-m", "wan_ergonomic", "contract", "watch"]
    command += ["--format", "markdown", *sources]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    sys.stderr.write(done.stderr)
    state = STATES.get(done.returncode)
    # Python's exit code is 1 after an exception too, but standard output is then empty.
    if not state or (state == "drift" and not done.stdout.strip()):
        return 1
    report = done.stdout
    if state == "unclear" and done.stderr.strip():
        errors = done.stderr.strip().replace("```", "'''")
        report = f"{report}\n```text\n{errors}\n```\n"
    report = _shorten(report)
    _append("GITHUB_STEP_SUMMARY", report)
    # A random delimiter, so that no line of the report can end the value.
    end = uuid.uuid4().hex
    _append("GITHUB_OUTPUT", f"state={state}\nreport<<{end}\n{report}\n{end}\n")
    return 0


def _shorten(text: str) -> str:
    data = text.encode()
    if len(data) <= MAX_BYTES:
        return text
    kept = data[:MAX_BYTES].decode(errors="ignore").rpartition("\n")[0]
    return f"{kept}\n\n(Shortened; run `wan contract watch` for the whole report.)\n"


def _append(variable: str, text: str) -> None:
    with Path(os.environ[variable]).open("a", encoding="utf-8") as file:
        file.write(text)


def regenerate() -> int:
    """Rebuild documents and client from where they are published; return the exit code."""
    published = json.loads(Path("openapi/lock.json").read_text("utf-8"))["published"]
    urls = sorted({entry["url"] for entry in published.values()})
    if len(urls) > 1:
        sys.exit(f"Regenerating needs one source; lock.json names {len(urls)}: {', '.join(urls)}.")
    command = [sys.executable, "scripts/regenerate.py", "--from", *urls]
    return subprocess.run(command, check=False).returncode


def main(arguments: Sequence[str]) -> int:
    """Run one step; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    steps.add_parser("compare", help=compare.__doc__).add_argument("sources", nargs="*")
    steps.add_parser("regenerate", help=regenerate.__doc__)
    options = parser.parse_args(arguments)
    return compare(options.sources) if options.step == "compare" else regenerate()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
