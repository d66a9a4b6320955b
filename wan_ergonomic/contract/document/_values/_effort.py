"""How much one comparison may still try; without an end, a few small schemas can take hours."""

from __future__ import annotations

# About two seconds. Published documents take a few hundred steps.
_STEPS = 20_000


class Effort:
    """Counts the steps of a comparison.

    Args:
        steps: How many it may take.
    """

    def __init__(self, steps: int = _STEPS) -> None:
        self._left = steps

    def spend(self, steps: int = 1) -> bool:
        """Take some steps; return whether that is allowed."""
        self._left -= steps
        return self._left >= 0
