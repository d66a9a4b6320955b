"""Names for generated code: valid, readable, and never the same twice.

A generated class and its module have one name in two spellings, so names that
differ in case alone count as the same.
"""

from __future__ import annotations

import builtins
import keyword
import re

# What generated modules import or define besides.
_IMPORTED = frozenset({
    "additionalproperties", "cls", "d", "fielddict", "params", "prop", "propdict", "propname",
    "srcdict",
    "any", "authenticatedclient", "binaryio", "bytesio", "cast", "client", "datetime", "errors",
    "field", "file", "filetypes", "generator", "httpstatus", "httpx", "isoparse", "json", "literal",
    "mapping", "model", "models", "quote", "requestfiles", "response", "t", "textio",
    "type_checking", "types", "typevar", "unset", "uuid",
})  # fmt: skip
_RESERVED = frozenset({*_IMPORTED, *map(str.lower, (*keyword.kwlist, *dir(builtins), "self"))})
_LONGEST = 60


def words(text: str) -> list[str]:
    """Return the words of a name in any spelling, in ASCII."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return re.findall(r"[A-Za-z0-9]+", spaced)


def snake(text: str) -> str:
    """Return a name as a function's."""
    joined = "_".join(word.lower() for word in words(text))
    return f"v{joined}" if joined[:1].isdigit() else joined


def pascal(text: str) -> str:
    """Return a name as a class's."""
    joined = "".join(word[0].upper() + word[1:].lower() for word in words(text))[:_LONGEST]
    return f"Model{joined}" if joined[:1].isdigit() else joined


class Names:
    """Names that are taken."""

    def __init__(self) -> None:
        self._taken: set[str] = set(_RESERVED)

    def take(self, wanted: str) -> str:
        """Return the wanted name, or one with a number, and take it."""
        wanted = wanted or "Model"
        # After a digit, a number would be part of it.
        before = "v" if wanted[-1].isdigit() else ""
        name, number = wanted, 1
        while name.lower().replace("_", "") in self._taken:
            number += 1
            name = f"{wanted}{before}{number}"
        self._taken.add(name.lower().replace("_", ""))
        return name
