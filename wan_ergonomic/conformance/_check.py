"""Does one request or answer honour the vendored contract, in plain terms.

The one place where traffic is held against ``contract.json``; recordings and
users' own suites ask here, and ``_openapi_core`` knows how openapi-core says it.
Says what the contract says and no more: that this package reads an answer all
the same is a note beside a violation, never a reason to leave it out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from wan_ergonomic import _spec
from wan_ergonomic._errors import UnreadableResponseError
from wan_ergonomic._generation import Generation
from wan_ergonomic._parsing import parse_generation
from wan_ergonomic._spec import Role

if TYPE_CHECKING:
    from ._openapi_core import Judge

Part = Literal["request", "response"]

_READ = "this package reads it all the same"
_DRIFT = "this package reads the answer and reports this as drift"
_UNREADABLE = "this package cannot read such an answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One request.

    Attributes:
        method: GET, POST, …
        path: Its path below the server's address.
        query: The query's parameters.
        headers: By lower-case name; None where they are not known.
        content_type: The body's media type.
        body: The bytes sent; None where they are not known.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] | None = None
    content_type: str = ""
    body: bytes | None = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One answer.

    Attributes:
        status: The HTTP status.
        headers: By lower-case name.
        content_type: The body's media type.
        body: The bytes that came, decoded; None where they are not known.
    """

    status: int
    headers: Mapping[str, str]
    content_type: str = ""
    body: bytes | None = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One departure from the contract. It shows no key and no signed link.

    Attributes:
        role: The operation it is about.
        part: Which side departed.
        place: Where the contract speaks of it, in the words of a comparison's findings.
        pointer: JSON pointer (RFC 6901) into the body; None where it is not about the body.
        expected: What the contract says.
        found: What came, shortened.
        note: What this package makes of it, where that is worth knowing.
        entry: Which exchange of a recording it is in, counted from 1.
    """

    role: Role
    part: Part
    place: str
    pointer: str | None
    expected: str
    found: str
    note: str | None = None
    entry: int | None = None

    @property
    def message(self) -> str:
        """One sentence for a person."""
        where = self.place if self.pointer is None else self.pointer or "the body"
        return f"{self.role} {self.part}, {where}: expected {self.expected}, came {self.found}"

    def __str__(self) -> str:
        return f"{self.message} ({self.note})" if self.note else self.message


def role_of(method: str, path: str) -> Role | None:
    """Return the role of the operation with a method and a path, if there is one."""
    roles: tuple[Role, ...] = get_args(Role)
    fitting = (
        role
        for role in roles
        if method.lower() == _spec.METHODS[role] and _fits(path, _spec.path(role))
    )
    return next(fitting, None)


def _fits(path: str, template: str) -> bool:
    parts = re.split(r"\{[^}]*\}", template)
    return re.fullmatch("[^/]+".join(map(re.escape, parts)), path) is not None


class Conformance:
    """Holds requests and answers against the vendored contract."""

    def __init__(self) -> None:
        self._made: Judge | None = None

    @property
    def _judge(self) -> Judge:
        if self._made is None:
            # Half a second of imports, for those who check something.
            from ._openapi_core import Judge

            self._made = Judge()
        return self._made

    def of_request(self, role: Role, sent: Sent) -> list[Violation]:
        """Return where a request departs; what is not known of it is not held against it."""
        unknown = {
            "security" if sent.headers is None else "",
            "request" if sent.body is None else "",
        }
        found = self._judge.of_request(role, sent)
        return [one for one in found if one.place.partition("/")[0] not in unknown]

    def of_answer(self, role: Role, answered: Answered) -> list[Violation]:
        """Return where an answer departs, with a note of what this package makes of it."""
        found = self._judge.of_answer(role, answered)
        if answered.body is None:
            found = [one for one in found if one.pointer is None]
        return [replace(one, note=_note(one, answered)) for one in found]


def _note(violation: Violation, answered: Answered) -> str | None:
    if answered.status in range(300, 400):
        return None
    if answered.status not in range(200, 300):
        return _READ
    # A look keeps the id that it asked about; a submission has to be told one.
    before = Generation(id="known") if violation.role == "poll" else None
    try:
        generation = parse_generation(
            answered.body or b"", answered.headers, violation.role, before
        )
    except UnreadableResponseError:
        return _UNREADABLE
    reported = {drift.pointer for drift in generation.drift}
    return _DRIFT if violation.pointer in reported else _READ
