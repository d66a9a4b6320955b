"""Turns the cells or keys of one row into a Row.

A name that is not ``prompt``, ``name``, ``options`` or an option is a variable. Three kinds
of names are taken for a mistake instead, because a mistyped option would be paid for without
its effect: one that is nearly an option's (``resolutoin``), one that is a word of an option's
(``ratio``, ``negative``), and one that other models or the client have as an option
(``duration``, ``preset``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from math import isfinite
from typing import Any

from wan_ergonomic._errors import ConfigurationError, PromptError
from wan_ergonomic._names import why_absent
from wan_ergonomic._prompts import check_options
from wan_ergonomic._spec import Schema, request_schema

from ._row import BadRow, Row

# Names of a row's own fields, beside the options.
OWN = ("prompt", "name", "options")

# How similar a name must be to an option's: "scene" is not meant as "seed", "sed" is.
_SIMILAR = 0.8
_VARIABLE = "If it is a variable of your prompts, give it another name."
_UNSENT = re.compile(r" Nothing was sent( or spent)?\.")


def option_schemas() -> dict[str, Schema]:
    """Return the schema of each option of a call, by its name."""
    described = request_schema()["properties"]
    return {name: schema for name, schema in described.items() if name not in {"model", "prompt"}}


def canonical(name: str) -> str:
    """Return which field or option a name stands for: ``Aspect Ratio`` is ``aspect_ratio``.

    Any other name is returned as it is, without spaces around it.
    """
    return _canonical(name, tuple(option_schemas()))


# Each row of a list has the same names.
@lru_cache(maxsize=1024)
def _canonical(name: str, options: tuple[str, ...]) -> str:
    spelled = re.sub(r"[\s-]+", "_", name.strip().lower())
    return spelled if spelled in (*OWN, *options) else name.strip()


def make_row(fields: Mapping[str, Any], line: int) -> Row | BadRow:
    """Return the row with these cells or keys; None is an empty cell."""
    try:
        return _row(fields, line)
    except PromptError as error:
        return BadRow(line, without_unsent(error))


def without_unsent(error: Exception) -> str:
    """Return an error's message without the sentence that nothing was sent, true of every row."""
    return _UNSENT.sub("", str(error))


def why_no_variable(name: str) -> str:
    """Return why a name is taken for a mistake and not for a variable; empty if it is not."""
    if reason := why_absent(name):
        return f"There is no option {name!r}: {reason}. {_VARIABLE}"
    if meant := _option_meant_by(name, tuple(option_schemas())):
        return f"There is no option {name!r}. Did you mean {meant!r}? {_VARIABLE}"
    return ""


def no_prompt(columns: Sequence[str]) -> str:
    """Return sentences about columns of which none is the prompt."""
    similar = get_close_matches("prompt", columns, n=1)
    advice = f" Rename {similar[0]!r} if that is meant." if similar else ""
    return f"There is no column 'prompt' among {', '.join(filter(None, columns))}.{advice}"


@lru_cache(maxsize=1024)
def _option_meant_by(name: str, options: tuple[str, ...]) -> str | None:
    spelled = re.sub(r"[\s-]+", "_", name.lower())
    similar = get_close_matches(spelled, [*options, "options"], n=1, cutoff=_SIMILAR)
    # Of a short name, two letters that changed places make much.
    similar += [option for option in options if sorted(option) == sorted(spelled)]
    of_words = (option for option in options if spelled in option.split("_"))
    return similar[0] if similar else next(of_words, None)


def _row(fields: Mapping[str, Any], line: int) -> Row:
    named = _by_name(fields)
    prompt = _prompt(named.pop("prompt", None))
    name = _name(named.pop("name", None))
    options = _options(named)
    variables = dict(_variables(named))
    for field, value in {"prompt": prompt, "name": name, **variables}.items():
        _check_text(field, value)
    return Row(prompt, options=options, name=name, variables=variables, line=line)


def _by_name(fields: Mapping[str, Any]) -> dict[str, Any]:
    options = tuple(option_schemas())
    named = {_canonical(key, options): value for key, value in fields.items()}
    if len(named) < len(fields):
        raise PromptError(f"{twice(map(canonical, fields))} is set twice.")
    return named


def twice(values: Iterable[Any]) -> Any:
    """Return the first value that is there more than once; None if there is none."""
    seen = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None


def _prompt(value: Any) -> str:
    if value is None:
        raise PromptError("There is no prompt.")
    if not isinstance(value, str):
        raise PromptError(f"The prompt must be text, not {value!r:.100}.")
    if not value.strip():
        raise PromptError("The prompt is empty.")
    return value.strip()


def _name(value: Any) -> str | None:
    if value is None:
        return None
    # A column of numbers names videos as well as one of texts.
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise PromptError(f"name must be text, not {value!r:.100}.")
    return str(value).strip() or None


def _options(named: dict[str, Any]) -> dict[str, Any]:
    """Take the options out of a row, those under "options" too, and check them."""
    inner = named.pop("options", None)
    if not isinstance(inner, Mapping | None):
        raise PromptError(f"options must be an object of options, not {inner!r:.100}.")
    known = option_schemas()
    beside = {name: named.pop(name) for name in known if name in named}
    under = _by_name(inner or {})
    given = [
        (name, value)
        for options in (beside, under)
        for name, value in options.items()
        if value is not None
    ]
    if again := twice(name for name, _ in given):
        raise PromptError(f"{again} is set twice.")
    return check_options(dict(given))


def _variables(named: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in named.items():
        if reason := why_no_variable(name):
            raise PromptError(reason)
        if isinstance(value, float) and not isfinite(value):
            raise PromptError(f"{name} is {value}, which JSON does not have.")
        yield name, value


def _check_text(field: str, value: Any) -> None:
    try:
        (value if isinstance(value, str) else "").encode()
    except UnicodeEncodeError as error:
        raise PromptError(
            f"{field} contains an unpaired surrogate at position {error.start} and cannot be "
            "encoded as UTF-8."
        ) from error


def stop(where: str, reason: str) -> ConfigurationError:
    """Return the error for a list that cannot be read on.

    Args:
        where: What the list is called.
        reason: Sentences that can follow its name and a colon.
    """
    return ConfigurationError(f"{where}: {reason} Nothing was sent.")
