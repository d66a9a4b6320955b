"""From a prompt to a finished video on this machine: no key, no account, nothing spent.

Makes the project's own environment, then runs the `wan` command against its
embedded sandbox.
"""

import argparse
import os
import sys

import _environment

PROMPT = (
    "A fierce dragon circles a far mountain peak, then dives straight at the camera, "
    "jaws wide, every fang in sight"
)


def main(arguments):
    # type: (list[str]) -> None
    """Run the demo; ends as the `wan` command ends."""
    parser = argparse.ArgumentParser(description="Turn a prompt into a video on the sandbox.")
    parser.add_argument("prompt", nargs="?", default=PROMPT, help="what the video shows")
    parser.add_argument("-o", "--output", default="wan-demo.mp4", help="default: %(default)s")
    options = parser.parse_args(arguments)
    _environment.enter("cli,sandbox", [__file__] + arguments)
    # Not from the current folder (-P): its files are the user's, not ours to import.
    command = [sys.executable, "-P", "-m", "wan_ergonomic", "generate", "--sandbox", "--force"]
    command += ["--output", os.path.abspath(options.output), "--", options.prompt]
    _environment.become(command)


if __name__ == "__main__":
    main(sys.argv[1:])
