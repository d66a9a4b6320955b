"""What a list would send, and what that costs, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wan_ergonomic._prompts import PromptDefaults

from ._adding import Adding, Bad, storable
from ._scratch import Scratch
from .rows import DEFAULT_NAMES, BadRow, NameTemplate, Row
from .store import NewRow


@dataclass(slots=True)
class Plan:
    """What a list would send.

    Attributes:
        rows: How many rows can be sent.
        usd: What they cost; None if the price of one is not known.
        first: The first rows.
        bad: The rows that cannot be sent.
        warnings: What the model will ignore or does not support.
    """

    rows: int = 0
    usd: float | None = 0.0
    first: list[NewRow] = field(default_factory=list)
    bad: Bad = field(default_factory=Bad)
    warnings: list[str] = field(default_factory=list)

    def add(self, row: NewRow, shown: int) -> None:
        """Count a row."""
        self.rows += 1
        price, so_far = row.price_usd, self.usd
        self.usd = None if price is None or so_far is None else so_far + price
        if len(self.first) < shown:
            self.first.append(row)

    def lines(self) -> Iterator[str]:
        """Yield the plan as text."""
        for row in self.first:
            options = " ".join(f"{name}={value}" for name, value in row.options.items())
            yield f"{row.line}\t{row.stem}.mp4\t{row.prompt}\t{options}".rstrip()
        if self.rows > len(self.first):
            yield f"… and {self.rows - len(self.first):,} more"
        for text in self.warnings:
            yield f"warning: {text}"
        for bad in self.bad.first:
            yield f"line {bad.line} cannot be sent: {bad.reason}"
        if self.bad.count > len(self.bad.first):
            yield f"… and {self.bad.count - len(self.bad.first):,} more that cannot be sent"
        cost = "at an unknown price" if self.usd is None else f"for ${self.usd:.2f}"
        yield f"{self.rows:,} videos {cost}"

    def as_data(self) -> dict[str, Any]:
        """Return the plan as JSON data."""
        return {
            "videos": self.rows,
            "usd": self.usd,
            "first": [
                {"line": row.line, "file": f"{row.stem}.mp4", "body": dict(row.body)}
                for row in self.first
            ],
            "bad": self.bad.count,
            "bad_rows": [{"line": row.line, "reason": row.reason} for row in self.bad.first],
            "warnings": self.warnings,
        }


def plan_of(
    rows: Iterable[Row | BadRow],
    defaults: PromptDefaults | None = None,
    *,
    names: str | None = None,
    price: Callable[[Mapping[str, Any]], float | None] = lambda _: None,
    shown: int = 20,
    allow_unsupported: bool = False,
) -> Plan:
    """Return what a list would send; nothing is sent or kept.

    Args:
        rows: The rows, as ``read_rows`` and ``rows_of`` give them.
        defaults: The options that apply unless a row sets them.
        names: The template of the files' names.
        price: Returns what a request costs, in US dollars.
        shown: How many of the first rows are kept.
        allow_unsupported: As in ``WanClient``.

    Raises:
        ConfigurationError: The list cannot be read, or names two rows alike.
    """
    adding = Adding(
        defaults or PromptDefaults(),
        NameTemplate(names or DEFAULT_NAMES),
        price=price,
        draw_seeds=False,
        allow_unsupported=allow_unsupported,
    )
    plan = Plan(bad=adding.bad)
    with Scratch() as scratch:
        for row in adding.rows(storable(rows), scratch):
            if row.state != "bad":
                plan.add(row, shown)
    plan.warnings = sorted(adding.warnings)
    return plan
