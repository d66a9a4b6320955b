"""Compares fields that many objects of OpenAPI have: required, deprecated, texts for people."""

from __future__ import annotations

from wan_ergonomic.contract.document._equality import text

from ._context import Location, Pair


def compare_required(pair: Pair, location: Location) -> None:
    """Report something that is required now, or no longer."""
    match pair.flags():
        case (False, True):
            location.add_change("became-required", pair, "is required now")
        case (True, False):
            location.add_change("became-optional", pair, "is no longer required")


def compare_deprecated(pair: Pair, location: Location) -> None:
    """Report something that is deprecated now, or no longer."""
    match pair.flags():
        case (False, True):
            location.add_change("deprecated", pair, "is deprecated")
        case (True, False):
            location.add_change("reactivated", pair, "is no longer deprecated")


def compare_text(pair: Pair, field: str, rule: str, location: Location) -> None:
    """Report a text for people that changed in more than its white space."""
    before, after = text(pair.old), text(pair.new)
    if before == after:
        return
    article = "an" if field[0] in "aeiou" else "a"
    if before and after:
        message = f"has another {field}"
    else:
        message = f"has {article} {field} now" if after else f"no longer has {article} {field}"
    location.add(rule, pair, message)
