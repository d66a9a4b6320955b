"""Names for generated code: valid, readable and unique.

The module of a generated class has the class's name in another spelling, so names that
differ only in case count as equal.
"""

from __future__ import annotations

import builtins
import keyword
import re

# Names that generated modules import or define.
_IMPORTED = frozenset({
    "additionalproperties", "cls", "d", "fielddict", "params", "prop", "propdict", "propname",
    "srcdict",
    "any", "authenticatedclient", "binaryio", "bytesio", "cast", "client", "datetime", "errors",
    "field", "file", "filetypes", "generator", "httpstatus", "httpx", "isoparse", "json", "literal",
    "mapping", "model", "models", "quote", "requestfiles", "response", "t", "textio",
    "typechecking", "types", "typevar", "unset", "uuid",
})  # fmt: skip
_RESERVED = frozenset({*_IMPORTED, *map(str.lower, (*keyword.kwlist, *dir(builtins), "self"))})
_MAX_LENGTH = 60


def words(text: str) -> list[str]:
    """Return the ASCII words of a name in any spelling."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return re.findall(r"[A-Za-z0-9]+", spaced)


def snake(text: str) -> str:
    """Return a name in snake case, for a function."""
    joined = "_".join(word.lower() for word in words(text))
    return f"v{joined}" if joined[:1].isdigit() else joined


def pascal(text: str) -> str:
    """Return a name in Pascal case, for a class."""
    joined = "".join(word[0].upper() + word[1:].lower() for word in words(text))[:_MAX_LENGTH]
    return f"Model{joined}" if joined[:1].isdigit() else joined


class Names:
    """The names that are taken."""

    def __init__(self) -> None:
        self._taken: set[str] = set(_RESERVED)

    def take(self, wanted: str) -> str:
        """Take a name, with a number if it is taken already, and return it."""
        wanted = wanted or "Model"
        # Separates the number from a digit at the end of the name.
        before = "v" if wanted[-1].isdigit() else ""
        name, number = wanted, 1
        while name.lower().replace("_", "") in self._taken:
            number += 1
            name = f"{wanted}{before}{number}"
        self._taken.add(name.lower().replace("_", ""))
        return name
