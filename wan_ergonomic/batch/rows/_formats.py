"""Which format a list has: by the suffix of its file, else by its first line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain
from pathlib import PurePath

from wan_ergonomic._errors import ConfigurationError
from wan_ergonomic._names import did_you_mean

from ._csv import delimiter_of
from ._source import Text

FORMATS = ("csv", "json", "jsonl", "text", "toml", "tsv", "yaml")

_ALIASES: Mapping[str, str] = {"ndjson": "jsonl", "tab": "tsv", "txt": "text", "yml": "yaml"}
_KEYS = "prompt|axes|options|seeds|count|name|exclude"
# How a matrix begins. Read as plain text, each of its lines would be a prompt to pay for.
_TOML = re.compile(rf"(?:{_KEYS})\s*=|\[\[?(?:axes|options|exclude)\]")
_YAML = re.compile(rf"(?:---|(?:{_KEYS}):(?:\s|$))")


def check_format(name: str) -> str:
    """Return a format by its name or suffix, with or without a dot.

    Raises:
        ConfigurationError: There is no such format.
    """
    spelled = name.lower().removeprefix(".")
    found = _ALIASES.get(spelled, spelled)
    if found not in FORMATS:
        raise ConfigurationError(
            f"There is no format {name!r}.{did_you_mean(name, FORMATS)} "
            f"Formats: {', '.join(FORMATS)}. Nothing was sent."
        )
    return found


def format_by_suffix(source: str) -> str | None:
    """Return the format that the suffix of a file's name stands for; None if it is no other."""
    suffix = PurePath(source).suffix.lower().removeprefix(".")
    found = _ALIASES.get(suffix, suffix)
    return found if found in FORMATS else None


def with_format(text: Text) -> tuple[Text, str]:
    """Return a text, from its beginning on, and the format that it has by its first line.

    Blank lines, and those that begin with #, do not count.
    """
    read = []
    first = ""
    for _, line in text.lines():
        read.append(line)
        if line.strip() and not line.startswith("#"):
            first = line.strip()
            break
    return Text(text.where, chain(read, text.pieces)), _format_of(first)


def _format_of(line: str) -> str:
    if _TOML.match(line):
        return "toml"
    if _YAML.match(line):
        return "yaml"
    # A header row in quotes begins as a line of JSON does.
    if delimiter := delimiter_of(line):
        return "tsv" if delimiter == "\t" else "csv"
    return "json" if line.startswith(("{", "[", '"')) else "text"
