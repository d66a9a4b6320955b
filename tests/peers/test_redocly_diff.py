"""Redocly's comparison finds no breaking change in the catalogue that this project's does not."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.contract.diff.catalogue.changes import catalogue
from tests.contract.diff.catalogue.mutations import METHOD, Json, Mutation, contract
from wan_ergonomic.contract import Document, compare

pytestmark = [pytest.mark.node, pytest.mark.usefixtures("documents_as_they_were")]

REDOCLY = "@redocly/cli@2.77.0"
SECONDS = 120.0
IMPACTS = ("none", "patch", "minor", "major")
# In the table, one change of a schema is one line, wherever the schema is.
PLACES = r"^(request|response)-(body|property|parameter-property|parameter|header)-"

# Where Redocly says major and this project does not say breaking, and why.
MILDER = {
    r"^api-operation-id-": "Programs go by paths; overlays name the operations for the client.",
    r"^api-security-added$": "A warning where the scheme was published before.",
    r"^document-invalid$": "A document that is broken tells nothing of what is promised.",
    r"^(optional-response-header|response-optional-property)-removed$": "It may be missing anyway.",
    r"^response-property-renamed$": "A warning where the property could be missing before.",
    r"^response-non-success-status-removed$": "An error less to expect, and errors come unlisted.",
    r"^response-success-status-changed$": "2XX includes the status from before.",
    r"^response-.*-(became-not-enum|enum-value-added)$": "Readers here expect unlisted values.",
    r"^request-property-removed$": "Milder only for what is read-only, and so is never sent.",
    r"-changed$": "Two restrictions cannot be weighed against each other: a warning.",
    r"^request-.*-(any-of|one-of)-added$": "In a request one more variant takes nothing away.",
    r"^response-.*-(any-of|one-of)-removed$": "In a response, one variant less is nothing new.",
    r"^request-.*-(multiple-of|type)-generalized$": "In a request more is taken than before.",
    r"^request-.*-values-widened$": "In a request more is taken than before.",
    r"^response-.*-values-narrowed$": "A response says less than before.",
    r"-values-undecided$": "What two unions accept cannot always be decided: a warning.",
    r"-media-type-name-(generalized|specialized)$": "The content can be sent, or read, as before.",
    r"^response-.*-(multiple-of|type)-specialized$": "A response says less than before.",
}


@pytest.fixture(scope="module")
def command() -> list[str]:
    """The command that runs Redocly; skip where it cannot be had."""
    found = shutil.which("npx")
    if not found or not shutil.which("node"):
        pytest.skip("Node.js and npx are not installed")
    # What npx fetches is run without it, which is three times as fast.
    line = [found, "--yes", "--package", REDOCLY, "--call", "command -v redocly"]
    try:
        where = subprocess.run(line, capture_output=True, timeout=SECONDS, check=True, text=True)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"npx cannot fetch {REDOCLY}: {error}")
    return [where.stdout.strip()]


class Redocly:
    """Runs Redocly's comparison, on very many mutations at a time where that can be done."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.command, self.folder = command, folder

    def changes(self, old: Json, new: Json) -> list[Json]:
        """Return what Redocly finds between two documents."""
        files = [self.folder / "old.json", self.folder / "new.json"]
        for file, document in zip(files, (old, new), strict=True):
            file.write_text(json.dumps(document), "utf-8")
        line = [*self.command, "diff", *map(str, files), "--format", "json"]
        done = subprocess.run(line, capture_output=True, timeout=SECONDS, check=False)
        found: list[Json] = json.loads(done.stdout)["changes"]
        return found

    def impacts(self, mutations: list[Mutation]) -> list[str]:
        """Return the worst impact that Redocly gives each mutation."""
        found = ["none"] * len(mutations)
        for version in ("3.0.0", "3.1.0"):
            chosen = {n: pair for n, pair in batch(mutations) if pair[0]["openapi"] == version}
            both = [self._joined(chosen, mutations, side, version) for side in (0, 1)]
            for change in self.changes(*both):
                number = int(re.findall(r"^#/paths/~1m(\d+)~1", change["path"])[0])
                found[number] = worst(found[number], change["impact"])
        alone = {number for number, _ in batch(mutations)}
        for number in set(range(len(mutations))) - alone:
            for change in self.changes(*mutations[number].documents()):
                found[number] = worst(found[number], change["impact"])
        return found

    def _joined(
        self,
        chosen: dict[int, tuple[Json, Json]],
        mutations: list[Mutation],
        side: int,
        version: str,
    ) -> Json:
        """Return one document with the paths of many, each with a name of its own."""
        joined = contract() | {"openapi": version, "paths": {}}
        for number, pair in chosen.items():
            method = METHOD[mutations[number].expected.role]
            for path, item in pair[side]["paths"].items():
                if method in item:
                    joined["paths"][f"/m{number}{path}"] = item
        return joined


def batch(mutations: list[Mutation]) -> Iterator[tuple[int, tuple[Json, Json]]]:
    """Yield the documents of those mutations that change nothing outside of their paths."""
    usual = {**contract(), "openapi": "", "paths": ""}
    for number, mutation in enumerate(mutations):
        old, new = mutation.documents()
        rest = [{**document, "openapi": "", "paths": ""} for document in (old, new)]
        if rest == [usual, usual] and old["paths"].keys() == new["paths"].keys():
            yield number, (old, new)


def worst(*impacts: str) -> str:
    """Return the worst of some impacts."""
    return max(impacts, key=IMPACTS.index)


def table(rows: Sequence[tuple[str, str, str]]) -> str:
    """Return one line for each sort of change, with what either tool says of it."""
    seen: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for kind, theirs, ours in rows:
        seen[re.sub(PLACES, r"\1: ", kind)].add((theirs, ours))
    lines = [
        f"{kind:52} {theirs:8} {ours}"
        for kind in sorted(seen)
        for theirs, ours in sorted(seen[kind])
    ]
    return "\n".join(("", f"{'change':52} {'redocly':8} ours", *lines, ""))


def test_no_breaking_change_is_missed(command, tmp_path, capsys):
    """What is major for Redocly is found here, and is breaking here but for listed reasons."""
    mutations = catalogue()
    impacts = Redocly(command, tmp_path).impacts(mutations)
    rows, missed, milder = [], [], set()
    for mutation, impact in zip(mutations, impacts, strict=True):
        old, new = (Document("", document, "a") for document in mutation.documents())
        found = compare([old], [new]).findings
        severity = found[0].severity if found else "none"
        rows.append((mutation.expected.rule, impact, severity))
        if impact == "major" and not found:
            missed.append(mutation.name)
        if impact == "major" and severity != "breaking":
            milder.add(mutation.expected.rule)
    with capsys.disabled():
        sys.stdout.write(table(rows))
    unexplained = {k for k in milder if not any(re.search(pattern, k) for pattern in MILDER)}
    idle = [pattern for pattern in MILDER if not any(re.search(pattern, k) for k in milder)]
    assert (missed, unexplained, idle) == ([], set(), [])
