"""Plays GitHub's command ``gh`` for one repository, kept in a JSON file, and records each call.

It knows the verbs and options that scripts/spec_watch.py uses and refuses any other.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

Items = list[dict[str, Any]]

NO_SUCH_LABEL = "could not add label: not found"


def parser() -> argparse.ArgumentParser:
    """Return what the real command takes, as far as it is used."""
    top = argparse.ArgumentParser(prog="gh", allow_abbrev=False)
    nouns = top.add_subparsers(dest="noun", required=True)
    verbs = {
        "auth setup-git": "",
        "label create": "name --color= --force",
        "issue list": "--label= --state= --limit= --json=",
        "issue create": "--title= --label= --body-file=",
        "issue edit": "number --body-file=",
        "issue close": "number --comment=",
        "pr list": "--head= --state= --limit= --json=",
        "pr create": "--base= --head= --title= --body-file=",
        "pr edit": "number --body-file=",
        "pr close": "number --comment= --delete-branch",
        "workflow run": "name --ref=",
    }
    groups: dict[str, Any] = {}
    for verb, options in verbs.items():
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


def perform(asked: argparse.Namespace, given: str, state: dict[str, Any]) -> str:
    """Do what is asked to the repository, and return what is printed."""
    if asked.noun == "label":
        state["labels"].append(asked.name)
        return ""
    if asked.noun in {"auth", "workflow"}:
        return ""
    items: Items = state[asked.noun]
    if asked.verb == "list":
        head = {"head": asked.head} if asked.noun == "pr" else {"label": asked.label}
        wanted = {"state": asked.state, **head}.items()
        fields = asked.json.split(",")
        return json.dumps([{f: i[f] for f in fields} for i in items if i.items() >= wanted])
    if asked.verb == "create":
        if asked.noun == "issue" and asked.label not in state["labels"]:
            sys.exit(NO_SUCH_LABEL)
        place = {"label": asked.label} if asked.noun == "issue" else {"head": asked.head}
        new = {"number": len(items) + 1, "state": "open", "title": asked.title, "body": given}
        items.append({**new, **place, "isCrossRepository": False})
        return f"https://github.example/{asked.noun}/{len(items)}"
    (item,) = [item for item in items if item["number"] == int(asked.number)]
    if asked.verb == "edit":
        item["body"] = given
    else:
        item |= {"state": "closed", "comment": asked.comment}
    return ""


def main(arguments: list[str]) -> None:
    """Carry out one call."""
    folder = Path(os.environ["FAKE_GH"])
    asked = parser().parse_args(arguments)
    given = sys.stdin.read() if getattr(asked, "body_file", None) == "-" else ""
    with (folder / "calls.jsonl").open("a") as calls:
        calls.write(json.dumps(arguments) + "\n")
    if not os.environ.get("GH_TOKEN"):
        sys.exit("gh: To use GitHub CLI in a workflow, set the GH_TOKEN environment variable.")
    state = json.loads((folder / "state.json").read_text())
    sys.stdout.write(perform(asked, given, state))
    (folder / "state.json").write_text(json.dumps(state))


if __name__ == "__main__":
    main(sys.argv[1:])
