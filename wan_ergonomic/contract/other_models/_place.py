"""Where a schema is used in a document."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Place:
    """Where a schema is used.

    Attributes:
        hint: The name for a schema without one.
        pointer: The JSON pointer, for notes.
        binary: Whether it is part of a form, which can contain files.
        trail: The components around it that are being inlined.
        depth: The number of alternatives around it, within one component.
    """

    hint: str
    pointer: str
    binary: bool = False
    trail: tuple[str, ...] = ()
    depth: int = 0

    def within(self, name: str) -> Place:
        """Return a place within this one."""
        return replace(self, hint=f"{self.hint}_{name}")
