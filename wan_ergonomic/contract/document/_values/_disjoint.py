"""Whether no value matches two schemas. ``True`` is proved, ``False`` may only be not known."""

from __future__ import annotations

from wan_ergonomic.contract.document._bounds import bound
from wan_ergonomic.contract.document._schema import view
from wan_ergonomic.contract.document._view import TYPES, SchemaView

from ._accepts import COUNTED, Reading, accepts
from ._effort import Effort
from ._parts import finite
from ._samples import alternatives

# More steps than these decide nothing.
_MAX_WORK = 500
_MAX_DEPTH = 3
_MAX_CHOICES = 8


class Disjoint:
    """Proves that no value matches two schemas."""

    def __init__(self, reading: Reading, effort: Effort) -> None:
        self._reading = reading
        self._effort = effort
        self._work = 0

    def start(self) -> None:
        """Begin a new question, with as much work as one may take."""
        self._work = 0

    def proves(self, one: SchemaView, other: SchemaView, depth: int = 0) -> bool:
        """Whether it is proved that no value matches both schemas."""
        if one.never or other.never:
            return True
        for a, b in ((one, other), (other, one)):
            values = finite(a, self._reading)
            if values is not None:
                return all(
                    accepts(a, value, self._reading) is False
                    or accepts(b, value, self._reading) is False
                    for value in values
                )
        self._work += 1
        if depth > _MAX_DEPTH or self._work > _MAX_WORK or not self._effort.spend():
            return False
        choices = [alternatives(side, _MAX_CHOICES) for side in (one, other)]
        if None in choices:
            return False
        return all(self._are_apart(a, b, depth) for a in choices[0] or () for b in choices[1] or ())

    def _are_apart(self, a: SchemaView, b: SchemaView, depth: int) -> bool:
        if a.never or b.never:
            return True
        kinds = (kind for kind in (*TYPES, "integer")
                 if self._reading.allows(a, kind) and self._reading.allows(b, kind))  # fmt: skip
        return all(self._apart_in(kind, a, b, depth) for kind in kinds)

    def _apart_in(self, kind: str, a: SchemaView, b: SchemaView, depth: int) -> bool:
        """Whether no value of one type matches both schemas."""
        if kind in {"integer", "number"}:
            return _ranges_apart(a, b) or _ranges_apart(b, a)
        if kind in COUNTED:
            for x, y in ((a, b), (b, a)):
                most, least = x.count(f"max{COUNTED[kind]}"), y.count(f"min{COUNTED[kind]}")
                if most is not None and least is not None and most < least:
                    return True
        return kind == "object" and any(
            self._property_apart(name, a, b, depth) for name in {**a.required, **b.required}
        )

    def _property_apart(self, name: str, a: SchemaView, b: SchemaView, depth: int) -> bool:
        nodes = a.of_property(name), b.of_property(name)
        if any(node is not None and view(node).never for node in nodes):
            return True
        if nodes[0] is None or nodes[1] is None:
            return False
        return self.proves(view(nodes[0]), view(nodes[1]), depth + 1)


def _ranges_apart(a: SchemaView, b: SchemaView) -> bool:
    """Whether the range of one schema ends before that of the other one begins."""
    upper, lower = bound(a, "maximum", 1), bound(b, "minimum", -1)
    if upper is None or lower is None:
        return False
    least = -lower.extent[0]
    both_in = upper.extent[1] and lower.extent[1]
    return upper.extent[0] < least or (upper.extent[0] == least and not both_in)
