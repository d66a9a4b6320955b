"""Reads ``contract/accepted.yaml``: findings that a project accepts, and severities of its own.

    accepted:
      - rule: request-property-enum-value-removed
        place: create request/resolution
        reason: We only send 1080P.
        until: 2027-01-31
    severities:
      response-property-enum-value-added: info

The whole file is checked. An error names the line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from wan_ergonomic._errors import ContractError
from wan_ergonomic._json import escape, unescape
from wan_ergonomic._spec import METHODS
from wan_ergonomic.contract.diff._finding import SEVERITIES, Finding, Severity
from wan_ergonomic.contract.diff._rules import RULES
from wan_ergonomic.contract.document import _yaml
from wan_ergonomic.contract.source._account import account_operations, read_account

DEFAULT = "contract/accepted.yaml"
_FIELDS = ("rule", "place", "reason", "until")
_SECTIONS = ("accepted", "severities")


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A finding that is accepted until a day.

    Attributes:
        rule: The finding's rule.
        place: Its operation and place, as in ``create request/resolution``.
        reason: Why it is accepted.
        until: The last day on which it is.
    """

    rule: str
    place: str
    reason: str
    until: date

    @property
    def role(self) -> str:
        """The operation that it is about."""
        return self.place.partition(" ")[0]

    def covers(self, finding: Finding) -> bool:
        """Whether this is about a finding."""
        return (self.rule, self.place) == (finding.rule, f"{finding.role} {finding.place}")

    def as_json(self) -> dict[str, str]:
        """Return it as an object for the JSON report."""
        until = self.until.isoformat()
        return {"rule": self.rule, "place": self.place, "reason": self.reason, "until": until}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a project accepts.

    Attributes:
        file: Where it is written.
        accepted: The accepted findings.
        severities: The severities that replace those of rules.
    """

    file: str
    accepted: tuple[Acceptance, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)


def read_policy(file: str | None = None) -> Policy | None:
    """Return what a file accepts; None if no file is given and the default one does not exist.

    Raises:
        ContractError: The file cannot be read, or is wrong; names the line.
    """
    path = Path(file or DEFAULT)
    if file is None and not path.exists():
        return None
    try:
        text = path.read_text("utf-8-sig")
        data = _yaml.load(text)
    except (OSError, ValueError) as error:
        raise ContractError(f"{path.as_posix()} cannot be read: {error}.") from error
    return _Reader(path.as_posix(), text).policy({} if data is None else data)


class _Reader:
    """Checks the content of one file."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._text = text

    def policy(self, data: Any) -> Policy:
        self._check_keys(data, _SECTIONS, (), "")
        accepted = data.get("accepted") or []
        severities = data.get("severities") or {}
        if not isinstance(accepted, list):
            self._fail("/accepted", "'accepted' is not a list")
        if not isinstance(severities, Mapping):
            self._fail("/severities", "'severities' is not a mapping of rules to severities")
        return Policy(
            file=self._file,
            accepted=tuple(self._acceptance(each, i) for i, each in enumerate(accepted)),
            severities={rule: self._severity(rule, value) for rule, value in severities.items()},
        )

    def _acceptance(self, entry: Any, index: int) -> Acceptance:
        pointer = f"/accepted/{index}"
        self._check_keys(entry, _FIELDS, _FIELDS, pointer)
        for name in _FIELDS:
            if not isinstance(entry[name], str) or not entry[name].strip():
                self._fail(f"{pointer}/{name}", f"{name!r} is not a text")
        self._check_rule(entry["rule"], f"{pointer}/rule")
        role, _, place = entry["place"].partition(" ")
        if not place or not (role in METHODS or role in account_operations(read_account())):
            self._fail(
                f"{pointer}/place",
                f"{entry['place']!r} is not a place. Write the operation and the place that a "
                "finding has, as in 'create request/resolution'",
            )
        return Acceptance(
            rule=entry["rule"],
            place=entry["place"],
            reason=" ".join(entry["reason"].split()),
            until=self._date(entry["until"], f"{pointer}/until"),
        )

    def _date(self, written: str, pointer: str) -> date:
        try:
            return date.fromisoformat(written)
        except ValueError:
            self._fail(pointer, f"{written!r} is not a date. Write it as 2027-01-31")

    def _severity(self, rule: str, value: Any) -> Severity:
        pointer = f"/severities/{escape(rule)}"
        self._check_rule(rule, pointer)
        found = next((severity for severity in SEVERITIES if severity == value), None)
        if found is None:
            known = ", ".join(SEVERITIES)
            self._fail(pointer, f"{value!r} is not a severity. The severities are {known}")
        return found

    def _check_rule(self, rule: str, pointer: str) -> None:
        if rule not in RULES:
            close = get_close_matches(rule, RULES, 1)
            hint = f". Did you mean {close[0]!r}?" if close else ""
            self._fail(pointer, f"there is no rule {rule!r}{hint}")

    def _check_keys(
        self, data: Any, allowed: Sequence[str], needed: Sequence[str], pointer: str
    ) -> None:
        if not isinstance(data, Mapping):
            self._fail(pointer, f"this is not a mapping with {', '.join(allowed)}")
        for key in data:
            if key not in allowed:
                known = ", ".join(allowed)
                self._fail(f"{pointer}/{escape(key)}", f"{key!r} is not one of {known}")
        for key in needed:
            if key not in data:
                self._fail(pointer, f"{key!r} is missing")

    def _fail(self, pointer: str, reason: str) -> NoReturn:
        line = self._line_of(pointer)
        where = f"{self._file}, line {line}" if line else self._file
        end = "" if reason.endswith("?") else "."
        raise ContractError(f"{where}: {reason}{end}")

    def _line_of(self, pointer: str) -> int | None:
        """Return the line of a key, or of an element of a list."""
        line = _yaml.line_of(self._text, pointer)
        key = unescape(pointer.rpartition("/")[2])
        if line is None or not key or key.isdecimal():
            return line
        # A value may begin below its key.
        above = self._text.splitlines()[:line]
        return next((n for n in range(line, 0, -1) if key in above[n - 1]), line)
