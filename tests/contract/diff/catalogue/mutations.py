"""A catalogue of single changes of the contract, each with the one finding that it has to give.

Places are found by role, never by the vendor's paths or names, so that the
catalogue outlives the vendor's changes. Each change is there in both
directions, with a finding of its own for each.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from wan_ergonomic import _spec
from wan_ergonomic._json import escape
from wan_ergonomic._spec import METHODS

Json = dict[str, Any]
METHOD = {str(role): method for role, method in METHODS.items()}
Edit = Callable[["Draft"], object]


def contract() -> Json:
    """Return a copy of the vendored contract."""
    read: Json = json.loads((_spec.openapi_folder() / "contract.json").read_text("utf-8"))
    return read


class Expected(NamedTuple):
    """What has to be found, and nothing else."""

    rule: str
    role: str
    severity: str
    sides: tuple[str, ...]
    old_pointer: str | None
    new_pointer: str | None


@dataclass(frozen=True)
class Mutation:
    """Two documents that differ in one thing, and what has to be found."""

    name: str
    documents: Callable[[], tuple[Json, Json]]
    expected: Expected


class Draft:
    """A contract that is being changed, its parts by role."""

    def __init__(self, document: Json) -> None:
        self.document = document

    def path(self, role: str) -> str:
        """Return where the operation of a role is."""
        return next(str(p) for p, item in self.document["paths"].items() if METHOD[role] in item)

    def operation(self, role: str) -> Any:
        """Return the operation of a role."""
        return self.document["paths"][self.path(role)][METHOD[role]]

    def body(self) -> Any:
        """Return the media type of the request."""
        return self.operation("create")["requestBody"]["content"]["application/json"]

    def request(self) -> Any:
        """Return the schema of the request."""
        return self.body()["schema"]

    def success(self, role: str) -> Any:
        """Return the answer to a call that went well."""
        responses = self.operation(role)["responses"]
        return responses[next(s for s in responses if s.startswith("2"))]

    def answer(self, role: str) -> Any:
        """Return the schema of the answer to a call that went well."""
        return self.success(role)["content"]["application/json"]["schema"]

    def parameter(self) -> Any:
        """Return the parameter that polling has."""
        return self.operation("poll")["parameters"][0]

    def scheme(self) -> Any:
        """Return how a caller shows who it is."""
        return next(iter(self.document["components"]["securitySchemes"].values()))


def _operation_pointer(role: str) -> str:
    return f"/paths/{escape(Draft(contract()).path(role))}/{METHOD[role]}"


def _success_pointer(role: str) -> str:
    status = next(s for s in Draft(contract()).operation(role)["responses"] if s.startswith("2"))
    return f"{_operation_pointer(role)}/responses/{status}"


CREATE, POLL = _operation_pointer("create"), _operation_pointer("poll")
BODY = f"{CREATE}/requestBody/content/application~1json"
CREATED, POLLED = _success_pointer("create"), _success_pointer("poll")
JSON_SCHEMA = "content/application~1json/schema"


class Change(NamedTuple):
    """A change of the contract, kinds and severities there and back, and where.

    Attributes:
        name: What happens.
        role: The operation it happens to.
        side: Whom it can break: ``sender``, ``parser`` or ``both``.
        edit: Does it.
        there: The kind to be found, and how bad it is.
        back: The same, when the change is undone.
        at: Where, before and after.
        prepare: Makes the contract one that can be so changed.
        region: What else may not be changed beside it; what ``at`` says if empty.
    """

    name: str
    role: str
    side: str
    edit: Edit
    there: tuple[str, str]
    back: tuple[str, str]
    at: tuple[str | None, ...]
    prepare: Edit = lambda _: None
    region: str = ""

    def documents(self) -> tuple[Json, Json]:
        """Return the contract before and after."""
        return changed(self)

    def expected(self) -> Expected:
        """Return what has to be found."""
        return self._expected(self.there, self.at)

    def expected_back(self) -> Expected:
        """Return what has to be found when the change is undone."""
        return self._expected(self.back, self.at[::-1])

    def _expected(self, found: tuple[str, str], at: tuple[str | None, ...]) -> Expected:
        kind, severity = found
        sides = ("sender", "parser") if self.side == "both" else (self.side,)
        old, new = at
        broken = severity in {"breaking", "warning"}
        return Expected(kind, self.role, severity, sides if broken else (), old, new)


def bind(edit: Callable[..., object], *values: Any) -> Edit:
    """Return an edit with the values that it has now."""
    return lambda draft: edit(draft, *values)


def changed(*changes: Change) -> tuple[Json, Json]:
    """Return the contract before and after some changes."""
    old = contract()
    for change in changes:
        change.prepare(Draft(old))
    new = copy.deepcopy(old)
    for change in changes:
        change.edit(Draft(new))
    return old, new


def mutations(change: Change) -> Iterator[Mutation]:
    """Yield a change there and back."""
    yield Mutation(change.name, change.documents, change.expected())
    back = change.expected_back()
    yield Mutation(f"{change.name}, undone", lambda: change.documents()[::-1], back)
