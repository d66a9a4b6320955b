"""Checks the table that describes a matrix, so that what is wrong is said before it is expanded."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from wan_ergonomic._errors import PromptError
from wan_ergonomic._files import Template, as_text
from wan_ergonomic._names import did_you_mean, why_absent
from wan_ergonomic._prompts import check_options

from ._fields import OWN, canonical, option_schemas, stop, twice, without_unsent
from ._matrix import Matrix, count_of

_KEYS = ("prompt", "name", "axes", "options", "seeds", "count", "exclude")
# What a video's name has beside the axes.
_RESERVED = (*OWN, "n", "slug")
_RANGE = re.compile(r"\s*(\d{1,15})\s*\.\.\s*(\d{1,15})\s*", re.ASCII)


class _MistakeError(ValueError):
    """Something in the table is wrong; the text is sentences."""


def matrix_of(table: Mapping[str, Any], where: str = "The matrix") -> Matrix:
    """Return the matrix that a table describes.

    Args:
        table: What the file holds, or the same as a mapping in Python.
        where: What the matrix is called in messages.

    Raises:
        ConfigurationError: A key is missing or unknown, an axis is empty or used nowhere, a value
            is invalid, or no row is left.
    """
    try:
        return _matrix(table)
    except (_MistakeError, PromptError) as error:
        raise stop(where, without_unsent(error)) from error


def _matrix(table: Mapping[str, Any]) -> Matrix:
    options = _options(table)
    axes, seeds = _axes(_section(table, "axes")), _seeds(table)
    if "seed" in axes and seeds:
        raise _MistakeError("seed is set twice: as seeds and as an axis.")
    axes |= seeds
    if again := twice([*axes, *options]):
        raise _MistakeError(f"{again} is set twice: as an axis and as an option.")
    fields = [*axes, *options]
    prompt = _template(table, "prompt", fields)
    if prompt is None:
        raise _MistakeError('It has no prompt, such as prompt = "a {animal} in {place}".')
    matrix = Matrix(
        prompt=prompt,
        name=_template(table, "name", fields),
        options=options,
        axes=axes,
        count=_count(table, fields),
        exclude=_exclude(table, axes),
    )
    _check_used(matrix)
    if not count_of(matrix):
        raise _MistakeError("Its exclusions leave no row.")
    return matrix


def _section(table: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a table within the table, with canonical names."""
    section = table.get(name, {})
    if not isinstance(section, Mapping):
        raise _MistakeError(f"{name} must be a table of names and values, not {section!r:.60}.")
    return _canonical(section)


def _canonical(table: Mapping[str, Any]) -> dict[str, Any]:
    names = [canonical(str(name)) for name in table]
    if again := twice(names):
        raise _MistakeError(f"{again} is set twice.")
    return dict(zip(names, table.values(), strict=True))


def _options(table: Mapping[str, Any]) -> dict[str, Any]:
    above = _canonical({name: value for name, value in table.items() if name not in _KEYS})
    under = _section(table, "options")
    for name in above:
        if name not in option_schemas():
            reason = why_absent(name)
            known = [*_KEYS, *option_schemas()]
            more = f": {reason}." if reason else f".{did_you_mean(name, known)}"
            raise _MistakeError(
                f"It sets {name!r}, which does not exist{more} A variable is an axis, under [axes]."
            )
    if again := twice([*above, *under]):
        raise _MistakeError(f"{again} is set twice: at the top and under [options].")
    for name, value in {**above, **under}.items():
        if isinstance(value, list | tuple):
            raise _MistakeError(f"{name} is a list. Values to combine stand under [axes].")
    given = {**above, **under}.items()
    return check_options({name: value for name, value in given if value is not None})


def _axes(section: Mapping[str, Any]) -> dict[str, Sequence[Any]]:
    for name in section:
        if name in _RESERVED or not name:
            raise _MistakeError(f"An axis cannot be called {name!r}. Choose another name.")
    return {name: _values(name, values) for name, values in section.items()}


def _values(name: str, values: Any) -> tuple[Any, ...]:
    if not isinstance(values, list | tuple):
        raise _MistakeError(f"The axis {name} must be a list, not {values!r:.60}.")
    if not values:
        raise _MistakeError(f"The axis {name} is empty. Remove it, or list its values.")
    for value in values:
        if not _is_scalar(value):
            raise _MistakeError(
                f"The axis {name} holds {value!r:.60}; a value is text, a number, true or false."
            )
    if name in option_schemas():
        values = [check_options({name: value})[name] for value in values]
    # 1 and true are equal in Python, 1 and "1" are the same in a prompt.
    if (again := twice(values) or twice([as_text(value) for value in values])) is not None:
        raise _MistakeError(f"The axis {name} has {again!r} twice, which would be paid for twice.")
    return tuple(values)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int) or (isinstance(value, float) and isfinite(value))


def _seeds(table: Mapping[str, Any]) -> dict[str, Sequence[Any]]:
    if (seeds := table.get("seeds")) is None:
        return {}
    if isinstance(seeds, list | tuple):
        return {"seed": _values("seed", seeds)}
    found = _RANGE.fullmatch(seeds) if isinstance(seeds, str) else None
    if not found:
        raise _MistakeError(
            f'seeds must be a list such as [1, 2] or a range such as "1..4", not {seeds!r:.60}.'
        )
    first, last = map(int, found.groups())
    if first > last:
        raise _MistakeError(f"seeds is {seeds}, but the first seed must not be above the last.")
    check_options({"seed": first})
    return {"seed": range(first, last + 1)}


def _count(table: Mapping[str, Any], fields: Sequence[str]) -> int:
    count = table.get("count", 1)
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise _MistakeError(f"count must be a whole number from 1 on, not {count!r:.60}.")
    if count > 1 and "seed" in fields:
        raise _MistakeError(
            "It has a count and a seed: the rows of one combination would be the same request. "
            "Remove one of them."
        )
    return count


def _template(table: Mapping[str, Any], key: str, fields: Sequence[str]) -> Template | None:
    if (text := table.get(key)) is None:
        return None
    if not isinstance(text, str) or not text.strip():
        raise _MistakeError(f"{key} must be text, not {text!r:.60}.")
    try:
        template = Template(text)
    except ValueError as error:
        raise _MistakeError(f"{key} cannot be used: {error}.") from error
    for name in template.names:
        if name not in fields:
            there = f"There are {', '.join(fields)}." if fields else "There are no axes."
            raise _MistakeError(
                f"{key} has the field {{{name}}}, but there is no axis or option of that name."
                f"{did_you_mean(name, fields)} {there} Literal braces are written {{{{ and }}}}."
            )
    return template


def _check_used(matrix: Matrix) -> None:
    used = {*matrix.prompt.names, *(matrix.name.names if matrix.name else ()), *option_schemas()}
    for name in matrix.axes:
        if name not in used:
            raise _MistakeError(
                f"The axis {name} is used nowhere, so each of its values would pay for the same "
                f"video again.{did_you_mean(name, option_schemas())} Write {{{name}}} in the "
                "prompt, or remove the axis."
            )


def _exclude(
    table: Mapping[str, Any], axes: Mapping[str, Sequence[Any]]
) -> tuple[Mapping[str, Any], ...]:
    listed = table.get("exclude", [])
    if not isinstance(listed, list | tuple):
        raise _MistakeError(f"exclude must be a list of tables, not {listed!r:.60}.")
    return tuple(_exclusion(one, axes) for one in listed)


def _exclusion(one: Any, axes: Mapping[str, Sequence[Any]]) -> Mapping[str, Any]:
    if not isinstance(one, Mapping) or not one:
        raise _MistakeError(
            f'exclude holds {one!r:.60}; it is a list of tables such as {{ animal = "owl" }}.'
        )
    exclusion = _canonical(one)
    for name in exclusion:
        if name not in axes:
            raise _MistakeError(
                f"exclude names {name!r}, which is no axis.{did_you_mean(name, axes)}"
            )
        if name in option_schemas():
            exclusion |= check_options({name: exclusion[name]})
        value = exclusion[name]
        if not _is_scalar(value) or value not in axes[name]:
            meant = did_you_mean(str(value), axes[name][:1000])
            raise _MistakeError(
                f"exclude names the {name} {value!r:.60}, which the axis does not have.{meant}"
            )
    return exclusion
