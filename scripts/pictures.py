"""Draws the pictures of README and of the documentation anew, from what the project does now.

The picture of the gallery needs Chromium. The code is in tests/docs.
"""

from __future__ import annotations

import sys

import _environment


def main(arguments: list[str]) -> int:
    """Draw the pictures; return the exit code."""
    _environment.enter("browser,docs,gallery,sandbox", [__file__, *arguments])
    sys.path.insert(0, str(_environment.ROOT))
    from tests.docs.pictures import draw

    draw()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
