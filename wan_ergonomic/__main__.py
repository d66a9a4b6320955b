"""The `wan` command, also as ``python -m wan_ergonomic``.

Reports a missing ``cli`` extra; everything else is in ``wan_ergonomic.cli``.
"""

from __future__ import annotations

import sys
from pathlib import Path

_EXTRA = frozenset({"click", "rich", "typer"})


def main() -> int:
    """Run the command line of this process; return the exit code to end it with."""
    try:
        from wan_ergonomic.cli import run
    except KeyboardInterrupt:
        sys.stderr.write("wan: Interrupted; nothing was submitted.\n")
        return 130
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in _EXTRA:
            raise
        sys.stderr.write("The wan command needs: pip install 'wan-ergonomic[cli]'\n")
        return 2
    # On Windows the name has a suffix.
    names = {"__main__": "python -m wan_ergonomic", "wan-ergonomic": "wan-ergonomic"}
    program = names.get(Path(sys.argv[0]).stem, "wan")
    return run(sys.argv[1:], program, ends_process=True)


if __name__ == "__main__":
    sys.exit(main())
