"""Checks one request or response against the vendored contract.

Every violation is reported, even if this package can use the response; then a note
says so.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from wan_ergonomic import _spec
from wan_ergonomic._errors import UnreadableResponseError
from wan_ergonomic._generation import Generation
from wan_ergonomic._parsing import parse_generation
from wan_ergonomic._spec import Role

from ._data import Request, Response, Violation

if TYPE_CHECKING:
    from ._openapi_core import Checker

_USABLE = "this package can use the response all the same"
_DRIFT = "this package uses the response and reports this as drift"
_UNREADABLE = "this package cannot use such a response"


def role_of(method: str, path: str) -> Role | None:
    """Return the role of the operation with a method and a path, or None."""
    roles = (role for role, known in _spec.METHODS.items() if method.lower() == known)
    return next((role for role in roles if _matches(path, _spec.path(role))), None)


def _matches(path: str, template: str) -> bool:
    parts = re.split(r"\{[^}]*\}", template)
    return re.fullmatch("[^/]+".join(map(re.escape, parts)), path) is not None


class Conformance:
    """Checks requests and responses against the vendored contract."""

    @cached_property
    def _checker(self) -> Checker:
        # Importing openapi-core takes half a second.
        from ._openapi_core import Checker

        return Checker()

    def check_request(self, role: Role, request: Request) -> list[Violation]:
        """Return the violations in a request; its unknown parts are not checked."""
        unknown = {
            "security" if request.headers is None else "",
            "request" if request.body is None else "",
        }
        found = self._checker.check_request(role, request)
        return [one for one in found if one.place.partition("/")[0] not in unknown]

    def check_response(self, role: Role, response: Response) -> list[Violation]:
        """Return the violations in a response, each with a note on how this package handles it."""
        found = self._checker.check_response(role, response)
        if response.body is None:
            found = [one for one in found if one.pointer is None]
        return [replace(one, note=_note(one, response)) for one in found]


def _note(violation: Violation, response: Response) -> str | None:
    if response.status in range(300, 400):
        return None
    if response.status not in range(200, 300):
        return _USABLE
    # A poll knows its id beforehand; the response to a submission must have one.
    before = Generation(id="known") if violation.role == "poll" else None
    try:
        generation = parse_generation(
            response.body or b"", response.headers, violation.role, before
        )
    except UnreadableResponseError:
        return _UNREADABLE
    reported = {drift.pointer for drift in generation.drift}
    return _DRIFT if violation.pointer in reported else _USABLE
