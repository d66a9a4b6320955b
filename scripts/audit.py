"""Checks the pinned versions for published vulnerabilities.

The result can change from day to day and needs the network, so no test depends on it.
Exit codes: 0 no known vulnerability, 1 a known vulnerability, 75 could not tell.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import _environment

CLEAN = 0
VULNERABLE = 1
UNKNOWN = 75  # EX_TEMPFAIL of sysexits.h; no other step of check.py ends with it

PINS = _environment.ROOT / "constraints.txt"
# constraints.txt lists every package, so pip has nothing to resolve.
AUDIT = [
    *(sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--format", "json"),
    *("--disable-pip", "--no-deps", "--requirement"),
]
TIMEOUT = 300  # seconds; pip-audit sends one request per pin


def run_audit(command: list[str], timeout: float = TIMEOUT) -> tuple[list[dict[str, Any]], str]:
    """Run pip-audit; return its result for each package, or none and the reason.

    Its exit code is ignored: it is 1 for a vulnerability and for a failure of its own.
    """
    try:
        done = subprocess.run(
            command, cwd=_environment.ROOT, capture_output=True, check=False, timeout=timeout
        )
        return json.loads(done.stdout)["dependencies"], ""
    except subprocess.TimeoutExpired:
        return [], f"pip-audit did not finish within {timeout} s."
    except (ValueError, KeyError, TypeError):
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return [], lines[-1] if lines else "pip-audit printed nothing."


def judge(results: list[dict[str, Any]], reason: str = "") -> tuple[int, list[str]]:
    """Return the exit code and the lines to print."""
    vulnerable = [result for result in results if result.get("vulns")]
    skipped = [result for result in results if "skip_reason" in result]
    lines = [line for result in vulnerable for line in _describe(result)]
    if vulnerable:
        lines.append(f"{len(vulnerable)} of {len(results)} packages have known vulnerabilities.")
    if skipped:
        count = f"{len(skipped)} of {len(results)} packages were not audited"
        # The reasons resemble each other; the first is enough.
        lines.append(f"Could not tell: {count}. {skipped[0]['skip_reason']}")
    elif not results:
        lines.append(f"Could not tell: {reason or 'no package was audited.'}")
    elif not vulnerable:
        return CLEAN, [f"None of {len(results)} packages has a known vulnerability."]
    return VULNERABLE if vulnerable else UNKNOWN, lines


def _describe(result: dict[str, Any]) -> list[str]:
    return [
        "{} {} has {}; fixed in {}.".format(
            result["name"],
            result["version"],
            ", ".join([found["id"], *sorted(found.get("aliases", []))]),
            ", ".join(found["fix_versions"]) or "no version yet",
        )
        for found in result["vulns"]
    ]


def main(arguments: list[str]) -> int:
    """Audit the pins; return the exit code."""
    if arguments:
        sys.exit("usage: audit.py (it takes no arguments)")
    results: list[dict[str, Any]] = []
    try:
        _environment.enter("audit", [__file__])
    except SystemExit as end:
        # A string is the reason why there is no environment, a number another process's exit code.
        if not isinstance(end.code, str):
            raise
        reason = end.code
    else:
        results, reason = run_audit([*AUDIT, str(PINS)])
    code, lines = judge(results, reason)
    print("\n".join(lines), flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
