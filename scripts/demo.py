"""Turns a prompt into a video on the local sandbox: no key, no account, nothing spent."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import _environment

PROMPT = (
    "A fierce dragon circles a far mountain peak, then dives straight at the camera, "
    "jaws wide, every fang in sight"
)


def main(arguments: list[str]) -> None:
    """Run the demo; its exit code is that of `wan generate`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prompt", nargs="?", default=PROMPT, help="what the video shows")
    parser.add_argument("-o", "--output", default="wan-demo.mp4", help="default: %(default)s")
    options = parser.parse_args(arguments)
    _environment.enter("cli,sandbox", [__file__, *arguments])
    # -P: Python must not import the user's files from the current folder.
    command = [sys.executable, "-P", "-m", "wan_ergonomic", "generate", "--sandbox", "--force"]
    output = str(Path(options.output).absolute())
    _environment.become([*command, "--output", output, "--", options.prompt])


if __name__ == "__main__":
    main(sys.argv[1:])
