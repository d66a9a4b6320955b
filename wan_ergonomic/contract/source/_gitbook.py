"""Finds the parts of a GitBook page that may hold or link OpenAPI documents.

A page is either rendered (fenced blocks of code) or source (``{% openapi-operation %}``
blocks and older ones). Reads no file, and does not parse what the parts hold. A page
that ends inside a part is incomplete, which is a flaw.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Blocks that show an operation of a linked document.
_OPERATIONS = frozenset({"openapi", "openapi-operation", "swagger"})
# Blocks that must be closed: if the end of one is missing, more may be missing. Blocks for the
# layout are sometimes left open.
_PAIRED = _OPERATIONS | {"openapi-schemas", "openapi-webhook"}
# Blocks are not meant to be nested, and each level is scanned again.
_MAX_NESTED = 100

# A fence may be in a list or a quotation. Inline code hides a tag. At each place, this pattern and
# those below can match in one way only, so that their time is linear.
_TOKEN = re.compile(
    r"""
    ^(?P<lead>(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])))*[ \t]*)
        (?P<marks>`{3,}(?=[^`\n]*$)|~{3,})(?P<info>[^\n]*)$
    | (?P<ticks>`++)(?:[^`\n]++(?P=ticks))?
    | (?P<tag>\{%)-?\s*
        (?:(?P<name>[a-z][a-z-]*)(?=\s|-?%\}|\Z)(?P<attributes>(?:(?!\{%|%\})(?s:.))*)(?P<shut>%\})?|\Z)
    """,
    re.MULTILINE | re.VERBOSE,
)
_CLOSING = re.compile(r"^[ \t>]*(?P<marks>`{3,}|~{3,})[ \t\r]*$", re.MULTILINE)
_QUOTED = re.compile(r"^[ \t]*>[ ]?", re.MULTILINE)
_ATTRIBUTE = re.compile(r"""(?<![a-z])([a-z]++)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_DESTINATION = re.compile(
    r"""\]\(\s*+(?:<(?P<angled>[^<>\n]*)>"""
    r"""|(?P<plain>(?:[^()<>\s]|\([^()\n]*\))++(?:[^\S\n]++(?:[^()<>\s]|\([^()\n]*\))++)*?))"""
    r"""(?:\s++(?:"[^"\n]*"|'[^'\n]*'))?\s*+\)"""
)
_FILE = re.compile(r"\.(?:json|ya?ml)(?:[?#]|$)", re.IGNORECASE)
_ADDRESS = re.compile(r"""https?://[^\s<>()\[\]"']+""")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block of code.

    Attributes:
        language: The first word after the fence, in lower case and without the braces of
            ``{.json}``; may be empty.
        text: The content, byte for byte.
        line: The line of the page on which it begins, from 1.
    """

    language: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Link:
    """A block that shows operations of a linked document.

    Attributes:
        target: The path or URL, as the page has it.
        only: The one operation that is shown, as (METHOD, path); None for all of them.
        line: The line of the page on which the block begins, from 1.
    """

    target: str
    only: tuple[str, str] | None
    line: int


@dataclass(frozen=True, slots=True)
class Flaw:
    """A flaw that makes the page unreadable.

    Attributes:
        reason: What is wrong, and on which line, as the end of a sentence about the page.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class _Tag:
    """The tag that opens a block; ``end`` is the offset at which the block's content begins."""

    name: str
    attributes: str
    end: int
    line: int


def read_page(text: str) -> Iterator[Fence | Link | Flaw]:
    """Yield the fences, links and flaws of a page, in the page's order."""
    opened: list[_Tag] = []
    position, line, counted = 0, 1, 0
    while token := _TOKEN.search(text, position):
        position = token.end()
        line += text.count("\n", counted, token.start())
        counted = token.start()
        if token["marks"]:
            closing = _closing(text, token)
            if closing is None:
                yield _incomplete("the block of code", line)
                return
            yield _fence(text, token, closing, line)
            position = closing.end()
        elif token["tag"]:
            yield from _tag(text, token, opened, line)
    for tag in opened:
        yield _incomplete(f"the block {tag.name}", tag.line)


def linked_files(text: str) -> list[str]:
    """Return the targets of a page's links to files in JSON or YAML, each once."""
    links = map(_target, _DESTINATION.finditer(text))
    return [link for link in dict.fromkeys(links) if _FILE.search(link)]


def _target(destination: re.Match[str]) -> str:
    # Between angle brackets there may be nothing.
    return _unescaped((destination["angled"] or destination["plain"] or "").strip())


def _incomplete(part: str, line: int) -> Flaw:
    return Flaw(f"is incomplete: {part} opened on line {line} is never closed")


def _closing(text: str, opening: re.Match[str]) -> re.Match[str] | None:
    """Return the line that closes a block of code: the same marks, as many or more."""
    lines = _CLOSING.finditer(text, opening.end())
    return next((line for line in lines if line["marks"].startswith(opening["marks"])), None)


def _fence(text: str, opening: re.Match[str], closing: re.Match[str], line: int) -> Fence:
    language = [*opening["info"].split(), ""][0].lower().removeprefix("{.").rstrip("}")
    content = text[opening.end() + 1 : closing.start()]
    if ">" in opening["lead"]:
        content = _QUOTED.sub("", content)
    return Fence(language, content, line)


def _tag(text: str, token: re.Match[str], opened: list[_Tag], line: int) -> Iterator[Link | Flaw]:
    """Handle a tag: remember the block that it opens, or yield the link of the one it closes."""
    name = token["name"] or ""
    if not token["shut"]:
        # Any other unfinished tag is prose, unless the page ends in it.
        if name in _PAIRED or token.end() == len(text):
            yield _incomplete("the tag", line)
    elif name in _PAIRED and len(opened) == _MAX_NESTED:
        yield Flaw(f"has more than {_MAX_NESTED} blocks within one another on line {line}")
    elif name in _PAIRED:
        opened.append(_Tag(name, token["attributes"], token.end(), line))
    elif name.startswith("end"):
        index = max((i for i, tag in enumerate(opened) if tag.name == name[3:]), default=None)
        if index is not None:
            first, *unclosed = opened[index:]
            del opened[index:]
            # A block that was opened inside this one should have been closed before it.
            for tag in unclosed:
                yield _incomplete(f"the block {tag.name}", tag.line)
            if first.name in _OPERATIONS:
                yield _link(first, text[first.end : token.start()])


def _link(tag: _Tag, content: str) -> Link | Flaw:
    """Return the link of a block, or a flaw if it has none."""
    pairs = {name: one or other for name, one, other in _ATTRIBUTE.findall(tag.attributes)}
    attributes = {name: _unescaped(value) for name, value in pairs.items()}
    method, path = attributes.get("method"), attributes.get("path")
    target = attributes.get("src", "").strip("<>") or _destination(content)
    if not target:
        operation = f"the operation {method} {path}" if path else "an operation"
        return Flaw(f"shows {operation} on line {tag.line}, but links no document")
    return Link(target, (method.upper(), path) if method and path else None, tag.line)


def _destination(content: str) -> str:
    """Return the target of the first link in a block, or the first bare URL."""
    if link := _DESTINATION.search(content):
        return _target(link)
    address = _ADDRESS.search(content)
    return _unescaped(address[0]) if address else ""


def _unescaped(text: str) -> str:
    """Return a text without Markdown's backslash escapes and HTML's ``&amp;``."""
    return _ESCAPED.sub(r"\1", text).replace("&amp;", "&")
