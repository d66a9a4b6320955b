"""Media types as they are written in a document: names, ranges and parameters."""

from __future__ import annotations

from typing import NamedTuple

from wan_ergonomic.contract.diff._context import Form

# These say nothing about the content: UTF-8 is the usual encoding, a boundary is made up each time.
_USUAL = frozenset({("charset", "utf-8"), ("charset", "utf8")})
_WITHOUT_MEANING = frozenset({"boundary", ""})
_FORM = ("application", "x-www-form-urlencoded")
# Their values are the same in either case.
_ANY_CASE = frozenset({"charset"})


class MediaType(NamedTuple):
    """A media type or a range of them, in a normal form.

    Attributes:
        kind: The part before the slash; ``*`` for any.
        subtype: The part after it; ``*`` for any, ``*+json`` for any with that suffix.
        parameters: Names and values.
    """

    kind: str
    subtype: str
    parameters: frozenset[tuple[str, str]] = frozenset()

    def covers(self, other: MediaType) -> bool:
        """Whether content of another type is always of this type, too."""
        any_subtype = self.subtype == "*" or (
            self.subtype.startswith("*+") and other.subtype.endswith(self.subtype[1:])
        )
        return (
            self.kind in {"*", other.kind}
            and (any_subtype or self.subtype == other.subtype)
            and self.parameters <= other.parameters
        )

    def has_syntax_of(self, other: MediaType) -> bool:
        """Whether its suffix is another type, as that of ``application/problem+json`` is."""
        same_suffix = self.subtype.endswith(f"+{other.subtype}")
        return same_suffix and self.kind == other.kind and other.parameters <= self.parameters

    def is_range(self) -> bool:
        """Whether it stands for several types."""
        return "*" in f"{self.kind}{self.subtype}"

    def form(self) -> Form:
        """Return how its content is written, as far as that is known."""
        if self.subtype.rpartition("+")[2] == "xml":
            return "xml"
        return "multipart" if self.kind == "multipart" else ""

    def is_opaque(self) -> bool:
        """Whether its content is neither text nor made of values."""
        made_of_values = self.is_json() or self.form() or self.is_form()
        return not made_of_values and self.kind not in {"text", "*"}

    def is_form(self) -> bool:
        """Whether its content is a form, the fields of which may have encodings."""
        return self.kind == "multipart" or self[:2] == _FORM

    def is_json(self) -> bool:
        """Whether its content is JSON."""
        return self.subtype.rpartition("+")[2] == "json"


def media_type(name: str) -> MediaType:
    """Return a media type by its name in a document."""
    written, *parameters = name.split(";")
    kind, _, subtype = written.strip().lower().partition("/")
    found = {_parameter(each) for each in parameters} - _USUAL
    meant = frozenset(each for each in found if each[0] not in _WITHOUT_MEANING)
    return MediaType(kind, "*" if kind == "*" else subtype, meant)


def _parameter(written: str) -> tuple[str, str]:
    name, _, value = written.partition("=")
    name, value = name.strip().lower(), value.strip().strip('"')
    return name, value.lower() if name in _ANY_CASE else value
