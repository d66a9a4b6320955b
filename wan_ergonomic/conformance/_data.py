"""The data of a check: a request, a response, and a violation of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from wan_ergonomic._spec import Role

Part = Literal["request", "response"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request.

    Attributes:
        method: GET, POST, …
        path: The path below the server's URL.
        query: The query parameters.
        headers: By lower-case name; None if they are not known.
        content_type: The body's media type.
        body: The bytes sent; None if they are not known.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] | None = None
    content_type: str = ""
    body: bytes | None = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One response.

    Attributes:
        status: The HTTP status.
        headers: By lower-case name.
        content_type: The body's media type.
        body: The bytes received, decoded; None if they are not known.
    """

    status: int
    headers: Mapping[str, str]
    content_type: str = ""
    body: bytes | None = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One departure from the contract. It shows no key and no signed link.

    Attributes:
        entry: The number of the exchange in a recording, from 1.
        role: The operation.
        part: Whether the request or the response departs from the contract.
        place: The place in the contract, in the same terms as a comparison's findings.
        pointer: JSON pointer (RFC 6901) into the body; None if it is not about the body.
        expected: What the contract requires.
        found: What the message holds, shortened.
        note: How this package handles it, if that is worth knowing.
    """

    entry: int | None = None
    role: Role
    part: Part
    place: str
    pointer: str | None
    expected: str
    found: str
    note: str | None = None

    @property
    def message(self) -> str:
        """One sentence for a person."""
        where = self.place if self.pointer is None else self.pointer or "the body"
        return f"{self.role} {self.part}, {where}: expected {self.expected}, found {self.found}"

    def as_json(self) -> dict[str, Any]:
        """Return the violation as JSON data."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**values, "message": self.message}

    def __str__(self) -> str:
        return f"{self.message} ({self.note})" if self.note else self.message
