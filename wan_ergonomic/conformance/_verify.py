"""Checks whether the traffic in a recording honours the contract.

An exchange that was not recorded completely proves nothing, and is listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from wan_ergonomic import _spec
from wan_ergonomic._errors import ContractError

from ._check import Conformance, role_of
from ._data import Violation
from ._recordings import Exchange, origin, read_recording
from ._secrets import without_likely_keys

# Browsers and proxies send these on their own.
_INCIDENTAL = frozenset({"CONNECT", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The result of checking a recording.

    Attributes:
        checked: The number of exchanges with this API.
        others: The number of all others.
        outside: Of those, the requests to the API's own server that are not in the contract, as
            "METHOD path", with their number.
        unrecorded: The entries whose body the recorder left out or cut short.
        violations: Each departure from the contract.
    """

    checked: int
    others: int
    outside: Mapping[str, int]
    unrecorded: Sequence[int]
    violations: Sequence[Violation]

    @property
    def verdict(self) -> Literal["honoured", "violated", "unknown"]:
        """Whether the contract was honoured, as far as the recording shows."""
        if self.violations:
            return "violated"
        return "honoured" if self.checked and not self.unrecorded else "unknown"

    def as_json(self) -> dict[str, Any]:
        """Return the result as JSON data."""
        return {
            "verdict": self.verdict,
            "checked": self.checked,
            "others": self.others,
            "outside": dict(self.outside),
            "unrecorded": list(self.unrecorded),
            "violations": [one.as_json() for one in self.violations],
        }


def verify(lines: Iterable[bytes], name: str, *, servers: Sequence[str] = ()) -> Verification:
    """Check a recording against the vendored contract.

    Args:
        lines: The recording, such as an open file.
        name: Its name, for messages.
        servers: More URLs of the API, beside the contract's own.

    Raises:
        ContractError: It is not a recording, or is incomplete.
    """
    bases = [_base(server) for server in (_spec.server_url(), *servers)]
    conformance = Conformance()
    checked, others, unrecorded = 0, 0, []
    outside: Counter[str] = Counter()
    violations: list[Violation] = []
    for exchange in read_recording(lines, name):
        inside = _below(exchange, bases)
        role = role_of(inside.request.method, inside.request.path) if inside else None
        if inside and role:
            checked += 1
            violations += _check(conformance, role, inside)
            if _is_partial(role, inside):
                unrecorded.append(exchange.number)
            continue
        others += 1
        if inside and inside.request.method not in _INCIDENTAL:
            outside[without_likely_keys(f"{inside.request.method} {inside.request.path}")] += 1
    return Verification(
        checked=checked,
        others=others,
        outside=outside,
        unrecorded=unrecorded,
        violations=violations,
    )


def _base(server: str) -> tuple[str, str]:
    parts = urlsplit(server)
    try:
        if parts.scheme in {"http", "https"} and parts.hostname:
            return origin(server), parts.path.rstrip("/")
    except ValueError:
        pass
    raise ContractError(
        f"A server must look like https://host, not {without_likely_keys(repr(server))}."
    )


def _below(exchange: Exchange, bases: Iterable[tuple[str, str]]) -> Exchange | None:
    """Return an exchange with its path relative to the server; None for another server."""
    path = exchange.request.path
    for server, prefix in bases:
        if exchange.server == server and path.startswith(f"{prefix}/"):
            return replace(exchange, request=replace(exchange.request, path=path[len(prefix) :]))
    return None


def _check(conformance: Conformance, role: _spec.Role, exchange: Exchange) -> list[Violation]:
    """Return the violations in an exchange, with its number."""
    response = exchange.response
    found = conformance.check_request(role, exchange.request)
    if response is None or response.status != 401:
        # Recorders omit credentials; any other status than 401 shows that there were some.
        found = [one for one in found if one.place != "security"]
    if response is not None:
        found += conformance.check_response(role, response)
    return [replace(one, entry=exchange.number) for one in found]


def _is_partial(role: _spec.Role, exchange: Exchange) -> bool:
    lost_body = exchange.request.body is None and "requestBody" in _spec.operation(role)
    return lost_body or (exchange.response is not None and exchange.response.body is None)
