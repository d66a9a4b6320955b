"""Adds the rows of a list to a batch: each with its exact request, its seed and its files' name."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from random import SystemRandom
from typing import Any

from wan_ergonomic._errors import ConfigurationError
from wan_ergonomic._limits import MAX_SEED
from wan_ergonomic._prompts import PromptDefaults
from wan_ergonomic._spec import request_schema

from ._scratch import Scratch
from .rows import BadRow, NameTemplate, Row, preview_rows
from .store import BatchRow, NewRow

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
        warnings: What the model will ignore or does not support, each once; the first ones. After
            the last row also how many repeat another one, as each is paid for.
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
        # The vendor may drop the seed.
        self._draw_seeds = draw_seeds and "seed" in request_schema()["properties"]
        self._allow_unsupported = allow_unsupported
        self._random = SystemRandom()
        self._repeats = 0
        self._first_repeat = ""

    def rows(
        self, rows: Iterable[Row | BadRow], scratch: Scratch, *, after: int = 0
    ) -> Iterator[NewRow]:
        """Yield the rows to add; a bad one too, with its reason.

        Args:
            rows: The rows of the list.
            scratch: Knows the names that are there.
            after: The number of the last row that is there.

        Raises:
            ConfigurationError: Two rows have one name, or a price is no number.
        """
        previewed = preview_rows(
            rows, self._defaults, allow_unsupported=self._allow_unsupported, names=None
        )
        for number, found in enumerate(previewed, after + 1):
            if isinstance(found, BadRow):
                self.bad.add(found)
                yield _bad(found, number)
            else:
                self._warn(found.preview.warnings)
                self._compare(found.row, found.preview.body, scratch)
                yield self._row(found.row, found.preview.body, number, scratch)
        if self._repeats:
            ask = "1 row asks" if self._repeats == 1 else f"{self._repeats:,} rows ask"
            self.warnings.add(
                f"{ask} for the same as an earlier one ({self._first_repeat}). Each is a video of "
                "its own, and is paid for."
            )

    def _compare(self, row: Row, request: Mapping[str, Any], scratch: Scratch) -> None:
        """Count a row that asks for the same as an earlier one."""
        text = json.dumps(dict(request), sort_keys=True)
        # No name holds a slash.
        before = scratch.line_before(f"/{hashlib.sha256(text.encode()).hexdigest()}", row.line)
        if before is not None:
            self._repeats += 1
            self._first_repeat = self._first_repeat or f"line {row.line} as line {before}"

    def _row(self, row: Row, request: Mapping[str, Any], number: int, scratch: Scratch) -> NewRow:
        body = dict(request)
        own_seed = "seed" in body
        if not own_seed and self._draw_seeds:
            # So that each video can be made again.
            body["seed"] = self._random.randint(0, MAX_SEED)
        stem = self._names.stem(row, number, body.get("seed"))
        # Many file systems do not tell upper from lower case.
        before = scratch.line_before(stem.casefold(), row.line)
        if before is not None:
            raise ConfigurationError(
                f"Lines {before} and {row.line} would both be named {stem!r}. Add {{n}} to the "
                "template of names. Nothing was sent or spent."
            )
        return NewRow(
            line=row.line,
            stem=stem,
            name=row.name,
            prompt=row.prompt,
            body=body,
            options=row.options,
            variables=row.variables,
            own_seed=own_seed,
            price_usd=_checked(self._price(body)),
        )

    def _warn(self, texts: Iterable[str]) -> None:
        for text in texts:
            if len(self.warnings) < _MOST_SHOWN:
                self.warnings.add(text)


class Marks:
    """What a list holds, as a short text: the same rows in the same order give the same."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def marked(self, rows: Iterable[Row | BadRow]) -> Iterator[Row | BadRow]:
        """Yield the rows, and take each into account."""
        for row in rows:
            self._digest.update(_mark_of(row))
            yield row

    def text(self) -> str:
        """Return the text, after the last row."""
        return self._digest.hexdigest()


def storable(rows: Iterable[Row | BadRow]) -> Iterator[Row | BadRow]:
    """Yield the rows as a database gives them back; what none can hold as BadRow."""
    for row in rows:
        yield row if isinstance(row, BadRow) else _storable(row)


def know(scratch: Scratch, rows: Iterable[BatchRow]) -> int:
    """Let a scratch know the rows that are there; return the number of the last one."""
    last = 0
    for row in rows:
        last = row.n
        scratch.line_before(row.stem.casefold(), row.line)
        known: Row | BadRow = BadRow(row.line, row.reason or "")
        if row.state != "bad":
            known = Row(row.prompt, name=row.name, options=row.options, variables=row.variables)
        scratch.know(_mark_of(known))
    return last


def not_known(rows: Iterable[Row | BadRow], scratch: Scratch) -> Iterator[Row | BadRow]:
    """Yield the rows of a list that a batch does not have yet; equal ones are counted."""
    for row in rows:
        if not scratch.take(_mark_of(row)):
            yield row


def keep(scratch: Scratch, rows: Iterable[NewRow]) -> int:
    """Keep rows to add; return how many."""
    number = 0
    for number, row in enumerate(rows, 1):  # noqa: B007 - it counts them
        scratch.keep(json.dumps(asdict(row)))
    return number


def kept(scratch: Scratch) -> Iterator[NewRow]:
    """Yield the rows that were kept."""
    for text in scratch.kept():
        yield NewRow(**json.loads(text))


def _storable(row: Row) -> Row | BadRow:
    if "\0" in row.prompt or "\0" in (row.name or ""):
        return BadRow(row.line, "The prompt or the name contains a null character.")
    try:
        variables = json.dumps(dict(row.variables), default=str, allow_nan=False, sort_keys=True)
    except (TypeError, ValueError) as error:
        return BadRow(row.line, f"The variables cannot be kept as JSON: {error}.")
    return replace(row, variables=json.loads(variables))


def _checked(price: float | None) -> float | None:
    number = isinstance(price, int | float) and not isinstance(price, bool)
    if price is None or (number and 0 <= price < math.inf):
        return price
    raise ConfigurationError(
        f"A price must be a number of US dollars from 0 on, or None, not {price!r:.60}. Nothing "
        "was sent or spent."
    )


def _mark_of(row: Row | BadRow) -> bytes:
    """Return a short mark of what a row asks for."""
    if isinstance(row, BadRow):
        asked: list[Any] = ["bad", row.reason]
    else:
        asked = [row.prompt, row.name, dict(row.options), dict(row.variables)]
    text = json.dumps(asked, sort_keys=True)
    return hashlib.sha256(text.encode()).digest()[:16]


def _bad(row: BadRow, number: int) -> NewRow:
    return NewRow(
        line=row.line,
        # No file is called so, hence no other row either.
        stem=f"/{number}",
        prompt="",
        body={},
        options={},
        variables={},
        state="bad",
        reason=row.reason,
    )
