"""Asks whether a version that is pinned has a weakness that was published.

The answer may be another one tomorrow, and needs the network: no test depends
on it. Not to have been told of a weakness is not the same as to have been told
that there is none, so there are three answers, each with an exit code.
"""

from __future__ import print_function

import json
import os
import subprocess
import sys

import _environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Answers = list[dict[str, Any]]

CLEAN = 0
WEAK = 1
# What sysexits.h calls a temporary failure. No other step of a check ends so.
UNTOLD = 75

PINS = os.path.join(_environment.ROOT, "constraints.txt")
AUDIT = [sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--format", "json"]
# The pins are all there is: nothing is resolved, so nothing has to be installed.
AUDIT += ["--disable-pip", "--no-deps", "--requirement"]
PATIENCE = 300  # seconds for one question after the other, once a pin


def ask(command, patience=PATIENCE):
    # type: (list[str], float) -> tuple[Answers, str]
    """Return what the auditor says of each pin, and if it says nothing, why.

    Its exit code tells a weakness and a failure of its own not apart, so it does not count.
    """
    try:
        done = subprocess.run(
            command,
            cwd=_environment.ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            check=False,
            timeout=patience,
        )
        return json.loads(done.stdout)["dependencies"], ""
    except subprocess.TimeoutExpired:
        return [], "there was no answer within {0} s.".format(patience)
    except (ValueError, KeyError, TypeError):
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return [], said[-1] if said else "pip-audit said nothing."


def judge(answers, why=""):
    # type: (Answers, str) -> tuple[int, list[str]]
    """Return the exit code for what the auditor said, and the sentences for a person."""
    weak = [one for one in answers if one.get("vulns")]
    skipped = [one for one in answers if "skip_reason" in one]
    said = [sentence for one in weak for sentence in _weaknesses(one)]
    if weak:
        said.append("{0} of {1} packages have known weaknesses.".format(len(weak), len(answers)))
    if skipped:
        told = "{0} of {1} packages were not audited".format(len(skipped), len(answers))
        # One reason is like the other.
        said.append("Could not tell: {0}. {1}".format(told, skipped[0]["skip_reason"]))
    elif not answers:
        said.append("Could not tell: {0}".format(why or "no package was audited."))
    elif not weak:
        said.append("None of {0} packages has a known weakness.".format(len(answers)))
        return CLEAN, said
    return WEAK if weak else UNTOLD, said


def _weaknesses(answer):
    # type: (Any) -> list[str]
    return [
        "{0} {1} has {2}; it is gone from {3}.".format(
            answer["name"],
            answer["version"],
            ", ".join([found["id"]] + sorted(found.get("aliases", []))),
            ", ".join(found["fix_versions"]) or "no version yet",
        )
        for found in answer["vulns"]
    ]


def main(arguments):
    # type: (list[str]) -> int
    """Audit the pins; returns the exit code."""
    if arguments:
        sys.exit("usage: audit.py (it takes no arguments)")
    answers = []  # type: Answers
    try:
        _environment.enter("audit", [__file__])
    except SystemExit as end:
        # A sentence is why there is no environment, a number how another process ended.
        if not isinstance(end.code, str):
            raise
        why = end.code
    else:
        answers, why = ask(AUDIT + [PINS])
    code, said = judge(answers, why)
    print("\n".join(said), flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
