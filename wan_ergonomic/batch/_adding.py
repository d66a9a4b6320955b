"""Adds the rows of a list to a batch: each with its exact request, its seed and its files' name."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import SystemRandom
from typing import Any

from wan_ergonomic._errors import ConfigurationError
from wan_ergonomic._prompts import PromptDefaults

from .rows import BadRow, NameTemplate, Row, preview_rows
from .store import BatchRow, NewRow

# Every seed that the model takes, by its document.
_SEEDS = 2**31 - 1
_MOST_SHOWN = 20


@dataclass(slots=True)
class Bad:
    """The bad rows of a list; only the first ones are kept."""

    count: int = 0
    first: list[BadRow] = field(default_factory=list)

    def add(self, row: BadRow) -> None:
        """Count a row."""
        self.count += 1
        if len(self.first) < _MOST_SHOWN:
            self.first.append(row)


class BadRowsError(ConfigurationError):
    """A list has bad rows; nothing was added or sent.

    Attributes:
        bad: They.
    """

    def __init__(self, bad: Bad) -> None:
        rows = "1 row" if bad.count == 1 else f"{bad.count:,} rows"
        shown = "".join(f"\n  line {row.line}: {row.reason}" for row in bad.first)
        more = f"\n  and {bad.count - len(bad.first):,} more" if bad.count > len(bad.first) else ""
        super().__init__(
            f"{rows} of the list cannot be sent. Nothing was sent or spent.{shown}{more}"
        )
        self.bad = bad


class Adding:
    """Turns the rows of a list into rows of a batch, one at a time.

    Attributes:
        bad: The bad rows so far.
        warnings: What the model will ignore or does not support, each once.
    """

    def __init__(
        self,
        defaults: PromptDefaults,
        names: NameTemplate,
        *,
        price: Callable[[Mapping[str, Any]], float | None],
        draw_seeds: bool = True,
        allow_unsupported: bool = False,
    ) -> None:
        self.bad = Bad()
        self.warnings: set[str] = set()
        self._defaults = defaults
        self._names = names
        self._price = price
        self._draw_seeds = draw_seeds
        self._allow_unsupported = allow_unsupported
        self._stems: dict[str, int] = {}
        self._random = SystemRandom()

    def know(self, rows: Iterable[BatchRow]) -> Counter[bytes]:
        """Learn the names of rows that are there; return how often each row of a list is there."""
        there: Counter[bytes] = Counter()
        for row in rows:
            self._stems[row.stem.casefold()] = row.line
            there[_mark(row.prompt, row.name, row.options, row.variables)] += 1
        return there

    def rows(self, rows: Iterable[Row | BadRow], *, after: int = 0) -> Iterator[NewRow]:
        """Yield the rows to add; a bad one too, with its reason.

        Args:
            rows: The rows of the list.
            after: The number of the last row that is there.

        Raises:
            ConfigurationError: Two rows have one name.
        """
        previewed = preview_rows(
            rows, self._defaults, allow_unsupported=self._allow_unsupported, names=None
        )
        for number, found in enumerate(previewed, after + 1):
            if isinstance(found, BadRow):
                self.bad.add(found)
                yield _bad(found, number)
                continue
            row, preview = found.row, found.preview
            self.warnings.update(preview.warnings)
            body = dict(preview.body)
            own_seed = "seed" in body
            if not own_seed and self._draw_seeds:
                # So that each video can be made again.
                body["seed"] = self._random.randint(0, _SEEDS)
            yield NewRow(
                line=row.line,
                stem=self._stem(row, number, body.get("seed")),
                name=row.name,
                prompt=row.prompt,
                body=body,
                options=row.options,
                variables=row.variables,
                own_seed=own_seed,
                price_usd=self._price(body),
            )

    def _stem(self, row: Row, number: int, seed: int | None) -> str:
        stem = self._names.stem(row, number, seed)
        # Many file systems do not tell upper from lower case.
        folded = stem.casefold()
        if folded in self._stems:
            raise ConfigurationError(
                f"Lines {self._stems[folded]} and {row.line} would both be named {stem!r}. Add "
                "{n} to the template of names. Nothing was sent or spent."
            )
        self._stems[folded] = row.line
        return stem


class Marks:
    """What a list holds, as a short text: the same rows in the same order give the same."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def marked(self, rows: Iterable[Row | BadRow]) -> Iterator[Row | BadRow]:
        """Yield the rows, and take each into account."""
        for row in rows:
            self._digest.update(mark_of(row))
            yield row

    def text(self) -> str:
        """Return the text, after the last row."""
        return self._digest.hexdigest()


def mark_of(row: Row | BadRow) -> bytes:
    """Return a short mark of what a row asks for."""
    if isinstance(row, BadRow):
        return _mark("", row.reason, {}, {})
    return _mark(row.prompt, row.name, row.options, row.variables)


def not_there(rows: Iterable[Row | BadRow], there: Counter[bytes]) -> Iterator[Row | BadRow]:
    """Yield the rows of a list that a batch does not have yet; equal ones are counted."""
    left = Counter(there)
    for row in rows:
        mark = mark_of(row)
        if left[mark]:
            left[mark] -= 1
        else:
            yield row


def _mark(
    prompt: str, name: str | None, options: Mapping[str, Any], variables: Mapping[str, Any]
) -> bytes:
    text = json.dumps([prompt, name, dict(options), dict(variables)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).digest()[:16]


def _bad(row: BadRow, number: int) -> NewRow:
    return NewRow(
        line=row.line,
        stem=f"bad-{number}",
        prompt="",
        body={},
        options={},
        variables={},
        state="bad",
        reason=row.reason,
    )
