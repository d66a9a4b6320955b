"""Checks whether the traffic in a recording honors the contract.

Each entry is judged for itself. One that was not recorded completely or cannot be read
proves nothing, and is listed with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from wan_ergonomic import _spec
from wan_ergonomic._errors import ContractError

from ._check import Conformance, role_of
from ._data import Part, Violation
from ._exchange import EntryError, Exchange, Target, exchange_of, origin, target_of
from ._gateway import is_from_gateway
from ._recordings import read_entries
from ._secrets import without_likely_keys

# Browsers and proxies send these on their own.
_INCIDENTAL = frozenset({"CONNECT", "HEAD", "OPTIONS"})


@dataclass(slots=True, kw_only=True)
class Verification:
    """The result of checking a recording. Entries are numbered from 1.

    Attributes:
        checked: The number of exchanges with this API.
        others: The number of all others.
        outside: Of those, the requests to the API's own server that are not in the contract, as
            "METHOD path", with their number.
        unclear: The entries that cannot be checked completely, each with the reason.
        skipped: The same for entries that are no exchange with this API: nothing was requested
            from it.
        gateway: The entries whose response is not the API's own, but that of a gateway.
        unanswered: The entries without a response, or with one that has no content (304).
        violations: Each departure from the contract.
    """

    checked: int = 0
    others: int = 0
    outside: Counter[str] = field(default_factory=Counter)
    unclear: dict[int, str] = field(default_factory=dict)
    skipped: dict[int, str] = field(default_factory=dict)
    gateway: list[int] = field(default_factory=list)
    unanswered: list[int] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)

    @property
    def verdict(self) -> Literal["honoured", "violated", "unknown"]:
        """Whether the contract was honored, as far as the recording shows."""
        if self.violations:
            return "violated"
        return "honoured" if self.checked and not self.unclear else "unknown"

    def as_json(self) -> dict[str, Any]:
        """Return the result as JSON data."""
        return {
            "verdict": self.verdict,
            "checked": self.checked,
            "others": self.others,
            "outside": dict(self.outside),
            "unclear": _listed(self.unclear),
            "skipped": _listed(self.skipped),
            "gateway": list(self.gateway),
            "unanswered": list(self.unanswered),
            "violations": [one.as_json() for one in self.violations],
        }


def _listed(entries: Mapping[int, str]) -> list[dict[str, Any]]:
    return [{"entry": number, "reason": reason} for number, reason in entries.items()]


def verify(lines: Iterable[bytes], name: str, *, servers: Sequence[str] = ()) -> Verification:
    """Check a recording against the vendored contract.

    Args:
        lines: The recording, such as an open file.
        name: Its name, for messages.
        servers: More URLs of the API, beside the contract's own.

    Raises:
        ContractError: It is not a recording, or is a HAR that is incomplete.
    """
    bases = [_base(server) for server in (_spec.server_url(), *servers)]
    hosts = {urlsplit(server).hostname for server, _ in bases}
    conformance, result = Conformance(), Verification()
    for number, entry in enumerate(read_entries(lines, name), start=1):
        try:
            _add(result, number, entry, bases, conformance)
        except EntryError as error:
            is_ours = error.is_damaged or error.host in hosts
            (result.unclear if is_ours else result.skipped)[number] = str(error)
            result.others += not is_ours
    return result


def _add(
    result: Verification,
    number: int,
    entry: Any,
    bases: Iterable[tuple[str, str]],
    conformance: Conformance,
) -> None:
    """Check one entry, and add what is found to the result.

    Raises:
        EntryError: It cannot be read.
    """
    target = _below(target_of(entry), bases)
    role = role_of(target.method, target.path) if target else None
    if target and role:
        exchange = exchange_of(entry, target)
        result.checked += 1
        if exchange.response is None:
            result.unanswered.append(number)
        elif is_from_gateway(exchange.response):
            result.gateway.append(number)
            exchange = replace(exchange, response=None)
        found = _check(conformance, role, exchange)
        result.violations += (replace(one, entry=number) for one in found)
        if reasons := list(_lost(role, exchange)):
            result.unclear[number] = ", and ".join(reasons)
        return
    result.others += 1
    if target and target.method not in _INCIDENTAL:
        result.outside[without_likely_keys(f"{target.method} {target.path}")] += 1


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


def _below(target: Target, bases: Iterable[tuple[str, str]]) -> Target | None:
    """Return a target with its path relative to the server; None for another server."""
    for server, prefix in bases:
        if target.server == server and target.path.startswith(f"{prefix}/"):
            return replace(target, path=target.path[len(prefix) :])
    return None


def _check(conformance: Conformance, role: _spec.Role, exchange: Exchange) -> list[Violation]:
    """Return the violations in an exchange."""
    response = exchange.response
    found = conformance.check_request(role, exchange.request)
    if response is None or response.status != 401:
        # Recorders omit credentials; any other status than 401 shows that there were some.
        found = [one for one in found if one.place != "security"]
    if response is not None:
        found += conformance.check_response(role, response)
    return found


def _lost(role: _spec.Role, exchange: Exchange) -> Iterator[str]:
    """Yield why a part of an exchange could not be checked."""
    checked: Mapping[Part, bool] = {
        "request": "requestBody" in _spec.operation(role),
        "response": exchange.response is not None,
    }
    for part, reason in exchange.lost.items():
        if checked[part]:
            yield f"has a {part} whose body {reason}"
