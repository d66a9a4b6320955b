"""Programs about the options of today's contract, and the lines with mistakes in a program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.contract import VALUES_OF
from wan_ergonomic import Options, _spec

SAMPLES = Path(__file__).parent / "samples"
# Each way to set options, with the rest of its arguments.
CALLS = (
    'wan.generate("A boat", ',
    'wan.submit("A boat", ',
    'wan.preview("A boat", ',
    "wan.price(",
    "PromptDefaults(",
    "Options(",
    'await later.generate("A boat", ',
    'await later.submit("A boat", ',
    'later.preview("A boat", ',
    "await later.price(",
)
_START = """\
from wan_ergonomic import AsyncWanClient, Options, OptionValue, PromptDefaults, WanClient

async def run(wan: WanClient, later: AsyncWanClient, text: str) -> None:
    print(OptionValue, Options, PromptDefaults, wan, later, text)
"""
_MARK = "# error"

# Options that are types, each with its schema.
KNOWN: dict[str, Any] = {
    name: _spec.request_schema()["properties"][name] for name in sorted(Options.__optional_keys__)
}


def programs() -> dict[str, str]:
    """Return the text of each program, by the name of its file."""
    samples = {file.name: file.read_text("utf-8") for file in sorted(SAMPLES.glob("*.py"))}
    return {
        **samples,
        "values.py": _program(_values()),
        "typing_errors.py": _program(_typing_errors()),
    }


def mistakes(program: str) -> list[int]:
    """Return the numbers of the lines that are marked as mistakes."""
    lines = enumerate(program.splitlines(), 1)
    return [number for number, line in lines if _MARK in line]


def has_listed_texts(name: str) -> bool:
    """Whether an option has a list of texts as its values."""
    listed = [value for value in KNOWN[name].get("enum", ()) if value is not None]
    return bool(listed) and all(isinstance(value, str) for value in listed)


def _program(arguments: Iterator[str]) -> str:
    """Return a program that makes each call with each of these arguments."""
    lines = []
    for argument in arguments:
        value, mark, reason = argument.partition(f"  {_MARK}")
        lines += [f"    {call}{value}){mark}{reason}\n" for call in CALLS]
    return _START + "".join(lines)


def _values() -> Iterator[str]:
    """Yield arguments that are right: each value of each option, and none."""
    for name in KNOWN:
        yield from (f"{name}={value!r}" for value in (*VALUES_OF[name], None))
        if has_listed_texts(name):
            yield f"{name}=OptionValue(text)"


def _typing_errors() -> Iterator[str]:
    """Yield arguments that are wrong: names, types, and values that are not listed."""
    for name, schema in KNOWN.items():
        yield f"{name}x=None  {_MARK}: no such option"
        if "Any" not in str(Options.__annotations__[name]):
            yield f"{name}=object()  {_MARK}: another type"
        if has_listed_texts(name):
            (first, *_) = (value for value in schema["enum"] if value is not None)
            yield f"{name}={f'{first}x'!r}  {_MARK}: not a value"
            yield f"{name}=text  {_MARK}: perhaps not a value"
