"""The ends of a range of numbers, in each of the forms that OpenAPI has for them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from ._equality import is_number
from ._node import Node
from ._view import SchemaView

# Each end of a range, and the direction in which it allows more.
ENDS = (("maximum", 1), ("minimum", -1))


class Bound(NamedTuple):
    """An end of a range.

    Attributes:
        extent: Grows with what the bound allows.
        rule: The first words of the rules for it.
        node: Where the number is written.
        exclusive: Where a flag excludes the number.
    """

    extent: tuple[float, bool]
    rule: str
    node: Node
    exclusive: Node | None


def exclusive_of(name: str) -> str:
    """Return the keyword for an end that is not in the range itself."""
    return f"exclusive{name.capitalize()}"


def bound(side: SchemaView, name: str, sign: int) -> Bound | None:
    """Return the tighter one of a limit and an exclusive limit."""
    found = min(_bounds(side, name, sign), key=lambda each: each.extent, default=None)
    if found and side.types == {"integer"}:
        return found._replace(extent=_whole(found.extent))
    return found


def _bounds(side: SchemaView, name: str, sign: int) -> Iterator[Bound]:
    rule = "max" if sign > 0 else "min"
    inclusive, exclusive = side.keywords.get(name), side.keywords.get(exclusive_of(name))
    if inclusive is not None and is_number(inclusive.value):
        flagged = exclusive is not None and exclusive.value is True
        extent = (inclusive.value * sign, not flagged)
        yield Bound(extent, rule, inclusive, exclusive if flagged else None)
    if exclusive is not None and is_number(exclusive.value):
        yield Bound((exclusive.value * sign, False), f"exclusive-{rule}", exclusive, None)


def _whole(extent: tuple[float, bool]) -> tuple[float, bool]:
    """Return the same end for integers: below 5 is up to 4."""
    limit, inclusive = extent
    if not inclusive or (isinstance(limit, float) and not math.isinf(limit)):
        limit = math.floor(limit) if inclusive else math.ceil(limit) - 1
    return limit, True
