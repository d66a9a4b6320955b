"""A matrix: one prompt with fields, and the values that each of them takes.

::

    prompt = "a {animal} in {place}"    # required
    name = "{animal} {seed}"            # what each row is called
    resolution = "480P"                 # an option of every row; also under [options]
    seeds = "1..4"                      # or [1, 2]: each combination once for each seed
    count = 4                           # or so many rows for each, without a fixed seed
    exclude = [{ animal = "owl", place = "sea" }]

    [axes]
    animal = ["fox", "owl"]
    place = ["snow", "sea"]
    aspect_ratio = ["16:9", "9:16"]     # an option: not part of the prompt

An axis that is used nowhere is an error, and so is a value that stands twice in one: either
would pay several times for one request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count as count_from
from itertools import product
from math import prod
from typing import Any

from wan_ergonomic._files import Template

from ._fields import option_schemas
from ._row import BadRow, Row

# Stands for all values of an axis that no exclusion names.
_OTHER = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """A matrix that has been checked.

    Attributes:
        prompt: The prompt, with fields.
        name: What each row is called, with fields; None if rows have no name.
        options: The options of every row, as in the contract.
        axes: The values of each axis by its name, a range of seeds too; the last varies fastest.
        count: How many rows there are of each combination.
        exclude: Combinations that are left out, each by the values of some axes.
    """

    prompt: Template
    name: Template | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    axes: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    count: int = 1
    exclude: tuple[Mapping[str, Any], ...] = ()


def count_of(matrix: Matrix) -> int:
    """Return how many rows a matrix has, without making any."""
    combinations = prod(map(len, matrix.axes.values())) - _excluded(matrix)
    return combinations * matrix.count


def _excluded(matrix: Matrix) -> int:
    """Return how many combinations are left out; one that two exclusions name counts once."""
    named: dict[str, list[tuple[Any, int]]] = {}
    for axis, values in matrix.axes.items():
        own = {one[axis]: 1 for one in matrix.exclude if axis in one}
        named[axis] = [*own.items(), (_OTHER, len(values) - len(own))]
    return sum(
        prod(number for _, number in choice)
        for choice in product(*named.values())
        if _is_excluded(matrix, dict(zip(named, (value for value, _ in choice), strict=True)))
    )


def _is_excluded(matrix: Matrix, values: Mapping[str, Any]) -> bool:
    return any(one.items() <= values.items() for one in matrix.exclude)


def expand(matrix: Matrix) -> Iterator[Row | BadRow]:
    """Yield the rows of a matrix, one at a time; their lines are their numbers, from 1."""
    known = option_schemas()
    numbers = count_from(1)
    for values in _combinations(matrix, [*matrix.axes], {}):
        for _ in range(matrix.count):
            yield _row(matrix, values, known, next(numbers))


def _combinations(
    matrix: Matrix, axes: Sequence[str], chosen: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """Yield the combinations that begin with the chosen values.

    Unlike itertools.product, this makes no tuple of a range of seeds, and passes over everything
    that an exclusion of the first axes leaves out.
    """
    if _is_excluded(matrix, chosen):
        return
    if not axes:
        yield chosen
        return
    for value in matrix.axes[axes[0]]:
        yield from _combinations(matrix, axes[1:], {**chosen, axes[0]: value})


def _row(
    matrix: Matrix, values: Mapping[str, Any], known: Mapping[str, Any], number: int
) -> Row | BadRow:
    fields = {**matrix.options, **values}
    prompt = matrix.prompt.fill(fields).strip()
    if not prompt:
        return BadRow(number, "The prompt is empty.")
    return Row(
        prompt,
        options={name: value for name, value in fields.items() if name in known},
        name=(matrix.name.fill(fields).strip() or None) if matrix.name else None,
        variables={name: value for name, value in values.items() if name not in known},
        line=number,
    )
