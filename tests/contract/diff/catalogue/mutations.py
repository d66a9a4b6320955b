"""The parts of the catalogue: drafts of the contract, changes and mutations.

A change is one edit of the contract with the one finding that it has to give; as
mutations, it is applied and undone. Places are found by role, never by the
vendor's paths or names, so that the catalogue outlives the vendor's changes.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.support.first_contract import first_contract
from wan_ergonomic._json import escape
from wan_ergonomic._spec import METHODS

Json = dict[str, Any]
METHOD = {str(role): method for role, method in METHODS.items()}
Edit = Callable[["Draft"], object]


def contract() -> Json:
    """Return a copy of the contract that is edited: the first one."""
    return first_contract()


class Expected(NamedTuple):
    """The one finding that a comparison has to give."""

    rule: str
    role: str
    severity: str
    sides: tuple[str, ...]
    old_pointer: str | None
    new_pointer: str | None


@dataclass(frozen=True)
class Mutation:
    """Two documents that differ in one change, and the finding that they have to give."""

    name: str
    documents: Callable[[], tuple[Json, Json]]
    expected: Expected


class Draft:
    """A contract that is being edited; its parts are found by role."""

    def __init__(self, document: Json) -> None:
        self.document = document

    def path(self, role: str) -> str:
        """Return the path of the operation of a role."""
        return next(str(p) for p, item in self.document["paths"].items() if METHOD[role] in item)

    def operation(self, role: str) -> Any:
        """Return the operation of a role."""
        return self.document["paths"][self.path(role)][METHOD[role]]

    def media_type(self) -> Any:
        """Return the media type of the request body."""
        return self.operation("create")["requestBody"]["content"]["application/json"]

    def request_schema(self) -> Any:
        """Return the schema of the request body."""
        return self.media_type()["schema"]

    def response(self, role: str) -> Any:
        """Return the success response."""
        responses = self.operation(role)["responses"]
        return responses[next(s for s in responses if s.startswith("2"))]

    def response_schema(self, role: str) -> Any:
        """Return the schema of the success response."""
        return self.response(role)["content"]["application/json"]["schema"]

    def parameter(self) -> Any:
        """Return the first parameter of the poll operation."""
        return self.operation("poll")["parameters"][0]

    def security_scheme(self) -> Any:
        """Return the first security scheme."""
        return next(iter(self.document["components"]["securitySchemes"].values()))


def _operation_pointer(role: str) -> str:
    return f"/paths/{escape(Draft(contract()).path(role))}/{METHOD[role]}"


def _response_pointer(role: str) -> str:
    status = next(s for s in Draft(contract()).operation(role)["responses"] if s.startswith("2"))
    return f"{_operation_pointer(role)}/responses/{status}"


CREATE, POLL = _operation_pointer("create"), _operation_pointer("poll")
BODY = f"{CREATE}/requestBody/content/application~1json"
CREATE_RESPONSE, POLL_RESPONSE = _response_pointer("create"), _response_pointer("poll")
JSON_SCHEMA = "content/application~1json/schema"


class Change(NamedTuple):
    """A change of the contract, with the findings that it and its way back have to give.

    Attributes:
        name: What changes.
        role: The operation that changes.
        side: Whom it can break: ``sender``, ``parser`` or ``both``.
        edit: Makes the change.
        there: The rule and the severity of the finding.
        back: The same, when the change is undone.
        at: The pointers into the old and into the new document.
        prepare: Edits the contract first, so that the change can be made.
        region: The pointer to the part that no other change may touch; ``at`` if empty.
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
        """Return the finding that it has to give."""
        return self._expected(self.there, self.at)

    def expected_back(self) -> Expected:
        """Return the finding that the way back has to give."""
        return self._expected(self.back, self.at[::-1])

    def _expected(self, found: tuple[str, str], at: tuple[str | None, ...]) -> Expected:
        rule, severity = found
        sides = ("sender", "parser") if self.side == "both" else (self.side,)
        old, new = at
        broken = severity in {"breaking", "warning"}
        return Expected(rule, self.role, severity, sides if broken else (), old, new)


def bind(edit: Callable[..., object], *values: Any) -> Edit:
    """Return an edit with values that a loop changes later."""
    return lambda draft: edit(draft, *values)


def changed(*changes: Change) -> tuple[Json, Json]:
    """Return the contract before and after one or several changes."""
    old = contract()
    for change in changes:
        change.prepare(Draft(old))
    new = copy.deepcopy(old)
    for change in changes:
        change.edit(Draft(new))
    return old, new


def mutations(change: Change) -> Iterator[Mutation]:
    """Yield a change and its way back."""
    yield Mutation(change.name, change.documents, change.expected())
    back = change.expected_back()
    yield Mutation(f"{change.name}, undone", lambda: change.documents()[::-1], back)
