"""What the nightly workflow does with the answer of ``wan contract watch``: one verb for each step.

GitHub is spoken to through ``gh`` alone. What others wrote (the report) comes in
an environment variable and goes out on standard input: it is never part of a
command. Only the standard library is imported, so that the jobs which may write
install nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BRANCH = "spec-watch/regenerated"

# By the exit codes of `wan contract watch`.
STATES = {0: "none", 1: "drift", 2: "unclear"}

# GitHub takes 65,536 characters in a body; the marker and the introduction need some of them.
MOST_BYTES = 60_000

# What a regeneration writes, and the part of it that is the vendor's alone.
WRITTEN = ("openapi", "generated_client")
PUBLISHED = "openapi/upstream"

_BOT = (
    *("-c", "user.name=github-actions[bot]"),
    *("-c", "user.email=41898282+github-actions[bot]@users.noreply.github.com"),
)


@dataclass(frozen=True)
class Notice:
    """One thing that a person has to know, kept in one open issue."""

    label: str
    color: str
    title: str
    introduction: str
    over: str

    @property
    def marker(self) -> str:
        """Return what tells this issue from others that somebody gave the same label."""
        return f"<!-- spec_watch: {self.label} -->"


DRIFT = Notice(
    label="spec-drift",
    color="d93f0b",
    title="The published contract is no longer the vendored one",
    introduction=f"The pull request from `{BRANCH}` holds the client regenerated from it.",
    over="What is published is what is vendored again.",
)
TROUBLE = Notice(
    label="spec-watch-trouble",
    color="fbca04",
    title="The watch on the published contract fails or cannot tell",
    introduction="Until this is settled, a change of the API may go unnoticed.",
    over="The watch works again.",
)


def look(sources: Sequence[str]) -> int:
    """Compare, and hand the state and the report on to the other jobs."""
    # Not from the current folder (-P): what is installed is what is tried.
    command = [sys.executable, "-P", "-m", "wan_ergonomic", "contract", "watch"]
    command += ["--format", "markdown", *sources]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    sys.stderr.write(done.stderr)
    state = STATES.get(done.returncode, "")
    # A crash ends with 1 as drift does, but says nothing on standard output.
    if not state or (state == "drift" and not done.stdout.strip()):
        return 1
    report = done.stdout
    if state == "unclear" and done.stderr.strip():
        report = f"{report}\n```text\n{_fenceless(done.stderr)}\n```\n"
    report = _cut(report)
    _append("GITHUB_STEP_SUMMARY", report)
    # Nothing that is published can end a value whose end nobody can guess.
    end = uuid.uuid4().hex
    _append("GITHUB_OUTPUT", f"state={state}\nreport<<{end}\n{report}\n{end}\n")
    return 0


def _fenceless(text: str) -> str:
    return text.strip().replace("```", "'''")


def _cut(text: str) -> str:
    data = text.encode()
    if len(data) <= MOST_BYTES:
        return text
    kept = data[:MOST_BYTES].decode(errors="ignore").rpartition("\n")[0]
    return f"{kept}\n\n(The report goes on; run `wan contract watch` for all of it.)\n"


def _append(variable: str, text: str) -> None:
    with Path(os.environ[variable]).open("a", encoding="utf-8") as file:
        file.write(text)


def tell() -> int:
    """Keep the issue about drift: open while there is some, closed once there is none."""
    keep(DRIFT, os.environ["REPORT"] if os.environ["STATE"] == "drift" else None)
    return 0


def trouble() -> int:
    """Keep the issue about the watch itself, from the results of the other jobs."""
    results = dict(word.split("=") for word in os.environ["RESULTS"].split())
    failed = [job for job, result in results.items() if result not in {"success", "skipped"}]
    if os.environ["STATE"] != "unclear" and not failed:
        keep(TROUBLE, None)
        return 0
    run = "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}"
    lines = [f"- The job `{job}` did not succeed." for job in failed]
    lines.append(f"- The last run: {run.format_map(os.environ)}")
    keep(TROUBLE, "\n".join([*lines, "", os.environ["REPORT"]]))
    return 0


def keep(notice: Notice, body: str | None) -> None:
    """Open, update or close the one issue; None for a notice whose reason is gone."""
    listing = gh("issue", "list", *_listed(notice.label), "number,body")
    found = [issue for issue in json.loads(listing) if notice.marker in issue["body"]]
    number = str(found[0]["number"]) if found else None
    if body is None:
        if number:
            gh("issue", "close", number, "--comment", notice.over)
        return
    text = f"{notice.marker}\n{notice.introduction}\n\n{body}"
    if number is None:
        gh("label", "create", notice.label, "--color", notice.color, "--force")
        command = ("--title", notice.title, "--label", notice.label, "--body-file", "-")
        gh("issue", "create", *command, given=text)
    elif _lines(found[0]["body"]) != _lines(text):
        gh("issue", "edit", number, "--body-file", "-", given=text)


def _listed(label: str) -> tuple[str, ...]:
    return ("--label", label, "--state", "open", "--limit", "100", "--json")


def _lines(text: str) -> list[str]:
    """Return what a body says; GitHub ends its lines in its own way."""
    return [line.rstrip() for line in text.strip().splitlines()]


def regenerate() -> int:
    """Rebuild documents and client from where they were published; needs no token."""
    published = json.loads(Path("openapi/lock.json").read_text("utf-8"))["published"]
    urls = sorted({entry["url"] for entry in published.values()})
    if len(urls) > 1:
        sys.exit(f"Regenerating takes one source, but there are {len(urls)}: {', '.join(urls)}.")
    command = [sys.executable, "scripts/regenerate.py", "--from", *urls]
    return subprocess.run(command, check=False).returncode


def propose() -> int:
    """Keep the pull request: one branch, superseded in place, closed once there is no drift."""
    pull = _open_pull_request()
    if os.environ["STATE"] != "drift":
        if pull:
            gh("pr", "close", str(pull["number"]), "--comment", DRIFT.over, "--delete-branch")
        return 0
    if not git("status", "--porcelain", "--", *WRITTEN):
        sys.stdout.write("Regenerating changes no file, so there is nothing to propose.\n")
        return 0
    gh("auth", "setup-git")
    pushed = _push(always=pull is None)
    if pull is None:
        where = ("--base", os.environ["GITHUB_REF_NAME"], "--head", BRANCH)
        title = "Regenerate from what is published now"
        gh("pr", "create", *where, "--title", title, "--body-file", "-", given=os.environ["REPORT"])
    elif _lines(pull["body"]) != _lines(os.environ["REPORT"]):
        gh("pr", "edit", str(pull["number"]), "--body-file", "-", given=os.environ["REPORT"])
    if pushed:
        # A push with the workflow's own token starts nothing by itself; this does.
        gh("workflow", "run", "ci.yml", "--ref", BRANCH)
    return 0


def _open_pull_request() -> dict[str, Any] | None:
    """Return the one from our own branch; a fork may have a branch of that name too."""
    wanted = "number,body,isCrossRepository"
    listing = gh("pr", "list", "--head", BRANCH, *("--state", "open", "--json", wanted))
    ours = [pull for pull in json.loads(listing) if not pull["isCrossRepository"]]
    return ours[0] if ours else None


def _push(*, always: bool) -> bool:
    """Commit and push what was regenerated; unless told otherwise, only if it is news.

    A person may have worked on the branch since the last night, so what was
    published has to have changed again before that is replaced.
    """
    git("switch", "--quiet", "--force-create", BRANCH)
    git("add", "--", *WRITTEN)
    git(*_BOT, "commit", "--quiet", "--message", "Regenerate from the published documents")
    if not always:
        git("fetch", "--quiet", "--depth=1", "origin", BRANCH)
        if not git("diff", "--name-only", "FETCH_HEAD", "HEAD", "--", PUBLISHED):
            return False
    git("push", "--quiet", "--force", "origin", f"HEAD:refs/heads/{BRANCH}")
    return True


def gh(*arguments: str, given: str | None = None) -> str:
    """Run ``gh``; the workflow's step fails with it."""
    return _run(["gh", *arguments], given)


def git(*arguments: str) -> str:
    """Run ``git`` in the current folder; the workflow's step fails with it."""
    return _run(["git", *arguments], None)


def _run(command: list[str], given: str | None) -> str:
    done = subprocess.run(
        command, input=given, stdout=subprocess.PIPE, encoding="utf-8", check=False
    )
    if done.returncode:
        sys.exit(f"{command[0]} {command[1]} failed with exit code {done.returncode}.")
    return done.stdout.strip()


def main(arguments: Sequence[str]) -> int:
    """Carry out one verb; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("look").add_argument("sources", nargs="*", metavar="SOURCE")
    others = {"tell": tell, "regenerate": regenerate, "propose": propose, "trouble": trouble}
    for verb, function in others.items():
        verbs.add_parser(verb, help=function.__doc__)
    options = parser.parse_args(arguments)
    return look(options.sources) if options.verb == "look" else others[options.verb]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
