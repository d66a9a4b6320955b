"""Did the traffic in a recording honour the contract?

Finds this API's exchanges among all others, has each one checked, and adds up.
An exchange that was not recorded whole is no proof of anything, and said so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from wan_ergonomic import _spec
from wan_ergonomic._errors import ContractError

from ._check import Conformance, Violation, role_of
from ._recordings import Exchange, origin, read_recording

# What a browser and a proxy ask on their own account.
_INCIDENTAL = frozenset({"CONNECT", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a recording shows.

    Attributes:
        checked: How many exchanges of this API are in it.
        others: How many are not this API's.
        outside: Of those, what the API's own server was asked outside the contract, as
            "METHOD path", and how often.
        unrecorded: The entries whose body was left out or cut short by the recorder.
        violations: Each departure from the contract.
    """

    checked: int
    others: int
    outside: Mapping[str, int]
    unrecorded: Sequence[int]
    violations: Sequence[Violation]

    @property
    def verdict(self) -> Literal["honoured", "violated", "unknown"]:
        """Whether the contract was honoured, as far as the recording can tell."""
        if self.violations:
            return "violated"
        return "honoured" if self.checked and not self.unrecorded else "unknown"

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "verdict": self.verdict,
            "checked": self.checked,
            "others": self.others,
            "outside": dict(self.outside),
            "unrecorded": list(self.unrecorded),
            "violations": [
                {
                    "entry": one.entry,
                    "role": one.role,
                    "part": one.part,
                    "place": one.place,
                    "pointer": one.pointer,
                    "expected": one.expected,
                    "found": one.found,
                    "message": one.message,
                    "note": one.note,
                }
                for one in self.violations
            ],
        }


def verify(lines: Iterable[bytes], name: str, *, servers: Sequence[str] = ()) -> Verification:
    """Check a recording against the vendored contract.

    Args:
        lines: The recording, as an open file gives it.
        name: What to call it.
        servers: Addresses at which the API was reached, beside the contract's own.

    Raises:
        ContractError: It is no recording, or was cut short.
    """
    bases = [_base(server) for server in (_spec.server_url(), *servers)]
    conformance = Conformance()
    checked, others, unrecorded = 0, 0, []
    outside: Counter[str] = Counter()
    violations: list[Violation] = []
    for exchange in read_recording(lines, name):
        inside = _below(exchange, bases)
        role = None if inside is None else role_of(inside.sent.method, inside.sent.path)
        if inside is None or role is None:
            others += 1
            if inside is not None and inside.sent.method not in _INCIDENTAL:
                outside[f"{inside.sent.method} {inside.sent.path}"] += 1
            continue
        checked += 1
        found = [
            *_of_request(conformance, role, inside),
            *(conformance.of_answer(role, inside.answered) if inside.answered else ()),
        ]
        violations += [replace(one, entry=exchange.number) for one in found]
        if _is_partial(role, inside):
            unrecorded.append(exchange.number)
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
    raise ContractError(f"A server's address must look like https://host, not {server!r}.")


def _below(exchange: Exchange, bases: Iterable[tuple[str, str]]) -> Exchange | None:
    """Return an exchange with its path as the contract has it; None if it went elsewhere."""
    path = exchange.sent.path
    for server, prefix in bases:
        if exchange.server == server and path.startswith(f"{prefix}/"):
            return replace(exchange, sent=replace(exchange.sent, path=path[len(prefix) :]))
    return None


def _of_request(conformance: Conformance, role: _spec.Role, exchange: Exchange) -> list[Violation]:
    found = conformance.of_request(role, exchange.sent)
    if exchange.answered and exchange.answered.status == 401:
        return found
    # Recorders leave credentials out, and an answer other than this one shows that there were any.
    return [one for one in found if one.place != "security"]


def _is_partial(role: _spec.Role, exchange: Exchange) -> bool:
    asked = exchange.sent.body is None and "requestBody" in _spec.operation(role)
    return asked or (exchange.answered is not None and exchange.answered.body is None)
