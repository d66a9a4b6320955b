"""A stand-in for GitHub's command ``gh``: one repository in a JSON file, and a record of calls.

It accepts the options that the workflows use and no others; ``--jq`` runs the real jq.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

VERBS = {
    "auth setup-git": "",
    "issue list": "--label= --state= --limit= --json= --jq=",
    "issue close": "number --comment=",
    "pr list": "--head= --state= --json= --jq=",
    "pr edit": "number --body-file=",
    "pr close": "number --comment= --delete-branch",
    "workflow run": "name --ref=",
}


def parser() -> argparse.ArgumentParser:
    """Return a parser of what the workflows call."""
    top = argparse.ArgumentParser(prog="gh", allow_abbrev=False)
    nouns = top.add_subparsers(dest="noun", required=True)
    groups: dict[str, Any] = {}
    for verb, options in VERBS.items():
        noun, word = verb.split()
        if noun not in groups:
            groups[noun] = nouns.add_parser(noun).add_subparsers(dest="verb", required=True)
        one = groups[noun].add_parser(word, allow_abbrev=False)
        for option in options.split():
            if option.endswith("="):
                one.add_argument(option[:-1])
            elif option.startswith("-"):
                one.add_argument(option, action="store_true")
            else:
                one.add_argument(option)
    return top


def apply(call: argparse.Namespace, state: dict[str, Any]) -> str:
    """Apply one call to the repository; return what gh prints."""
    if call.noun in {"auth", "workflow"}:
        return ""
    items: list[dict[str, Any]] = state[call.noun]
    if call.verb == "list":
        place = {"head": call.head} if call.noun == "pr" else {"label": call.label}
        wanted = {"state": call.state, **place}.items()
        fields = call.json.split(",")
        found = json.dumps([{f: i[f] for f in fields} for i in items if i.items() >= wanted])
        command = ["jq", "--raw-output", call.jq]
        return subprocess.run(command, input=found, stdout=-1, text=True, check=True).stdout
    (item,) = [item for item in items if item["number"] == int(call.number)]
    if call.verb == "edit":
        item["body"] = sys.stdin.read()
    else:
        item |= {"state": "closed", "comment": call.comment}
    return ""


def main(arguments: list[str]) -> None:
    """Carry out one call."""
    folder = Path(os.environ["FAKE_GH"])
    call = parser().parse_args(arguments)
    with (folder / "calls.jsonl").open("a") as calls:
        calls.write(json.dumps(arguments) + "\n")
    if not os.environ.get("GH_TOKEN"):
        sys.exit("gh: To use GitHub CLI in a workflow, set the GH_TOKEN environment variable.")
    state = json.loads((folder / "state.json").read_text())
    sys.stdout.write(apply(call, state))
    (folder / "state.json").write_text(json.dumps(state))


if __name__ == "__main__":
    main(sys.argv[1:])
