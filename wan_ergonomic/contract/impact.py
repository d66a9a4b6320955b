"""Which names of this package a change of the contract touches, and where they are defined.

A table maps places in the contract to names, or to the reason why no code depends on
them. It contains only those names of the API that the wrapper itself depends on, so a
renamed usage field or a moved path needs no new row.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wan_ergonomic._options import Options
from wan_ergonomic._spec import Role
from wan_ergonomic.contract.diff._finding import Finding

_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A place in the contract, and the names that depend on it.

    Attributes:
        place: A pattern for ``Finding.place``: ``*`` matches within a segment, ``**`` any
            segments, and ``{option}`` each option in ``Options``.
        names: The names, with ``{option}`` for the option.
        unused: Why no name depends on the place; None if one does.
        role: The operation; None for both.
    """

    place: str
    names: tuple[str, ...] = ()
    unused: str | None = None
    role: Role | None = None


_COMMAND_LINE = "PromptOptions"
_OPTION = ("PromptDefaults.{option}", "Options.{option}", f"{_COMMAND_LINE}.{{option}}")
_NEW_OPTION = ("PromptDefaults", "Options", _COMMAND_LINE)
# Regenerating writes what these classes have of options.
_GENERATED = frozenset({"Options", "PromptDefaults"})
_SUBMITTING = ("WanClient.submit", "WanClient.generate")
_POLLING = ("WanClient.status", "WanClient.wait")

# The first row that matches is used.
PLACES: tuple[Row, ...] = (
    Row(place="request", names=_SUBMITTING),
    Row(place="request/model/**", names=("Preview.body",)),
    Row(place="request/prompt/**", names=(*_SUBMITTING, "_READ_CHARACTERS")),
    Row(place="request/negative_prompt/**", names=(*_OPTION, "_READ_CHARACTERS")),
    Row(place="request/resolution/**", names=(*_OPTION, "PRESETS", "SIZES", "_MISSING_SIZES")),
    Row(place="request/aspect_ratio/**", names=(*_OPTION, "PRESETS", "SIZES", "_MISSING_SIZES")),
    Row(place="request/enhance_prompt/**", names=(*_OPTION, "PRESETS")),
    Row(place="request/seed/**", names=(*_OPTION, "MAX_SEED")),
    Row(place="request/{option}/**", names=_OPTION),
    Row(place="parameter/**", names=_POLLING, role="poll"),
    Row(place="response/*/header/x-request-id", names=("Generation.request_id",)),
    Row(place="response/*/header/x-inference-id", names=("Generation.inference_id",)),
    Row(place="response/*/header/x-aimlapi-*", names=("Generation.usage",)),
    Row(place="response/*/header/retry-after", names=("ApiError",)),
    Row(place="response/*/header/**", unused="No other header is read."),
    Row(place="response/2*", names=("Generation",)),
    Row(place="response/2*/id/**", names=("Generation.id",)),
    Row(place="response/2*/status/**", names=("Generation.status", "STATUSES")),
    Row(place="response/2*/video", names=("Generation.video",)),
    Row(place="response/2*/video/url/**", names=("Video.url",)),
    Row(place="response/2*/video/duration/**", names=("Video.duration",)),
    Row(place="response/2*/duration/**", names=("Video.duration",)),
    Row(place="response/2*/error/name/**", names=("Failure.name",)),
    Row(place="response/2*/error/message/**", names=("Failure.message",)),
    Row(place="response/2*/error/**", names=("Generation.error", "Failure")),
    Row(place="response/2*/meta", names=("Generation.usage",)),
    Row(place="response/2*/meta/usage", names=("Generation.usage",)),
    Row(place="response/2*/meta/usage/*usd*/**", names=("Usage.usd",)),
    Row(place="response/2*/meta/usage/**", names=("Usage.credits",)),
    # ``raw`` contains all other properties.
    Row(place="response/2*/**", names=("Generation.raw",)),
    Row(place="response/5*/**", names=("ServerError",)),
    Row(place="response/4*/**", names=("ApiError",)),
    Row(place="response/default/**", names=("ApiError",)),
    Row(place="operation", names=_SUBMITTING, role="create"),
    Row(place="operation", names=_POLLING, role="poll"),
    Row(place="server", names=("WanClient", "find_base_url")),
    Row(place="security", names=("authorization", "KEY_VARIABLES")),
    Row(
        place="path", unused="Only the generated client contains it; operations are found by role."
    ),
    Row(place="document", unused="No code depends on titles and versions."),
)


def touched(finding: Finding) -> tuple[str, ...]:
    """Return the names that a finding touches; empty if regenerating is enough."""
    return names_at(finding.role, finding.place)


def names_at(role: str, place: str) -> tuple[str, ...]:
    """Return the names that a change at a place touches."""
    row = find_row(role, place)
    if row is None:
        # A new place, which the table does not contain yet.
        if place.startswith("request/"):
            return _NEW_OPTION
        return _SUBMITTING if role == "create" else _POLLING
    option = place.partition("/")[2].partition("/")[0]
    return tuple(name.format(option=option) for name in row.names)


def find_row(role: str, place: str) -> Row | None:
    """Return the table's row for a place; None if there is none."""
    found = _pattern(role).fullmatch(place)
    # Each row is one group.
    return PLACES[found.lastindex - 1] if found and found.lastindex else None


@cache
def _pattern(role: str) -> re.Pattern[str]:
    """Return one pattern for the whole table, as a report can have thousands of places."""
    return re.compile("|".join(f"({_of_row(row, role)})" for row in PLACES), re.DOTALL)


def _of_row(row: Row, role: str) -> str:
    if row.role not in {None, role}:
        # Matches nothing.
        return "(?!)"
    text = re.escape(row.place).replace(r"/\*\*", "(?:/.*)?").replace(r"\*", "[^/]*")
    options = "|".join(map(re.escape, Options.__annotations__))
    return text.replace(re.escape("{option}"), f"(?:{options})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Where a name is defined.

    Attributes:
        name: The name, as ``touched`` returns it.
        file: Relative to the folder that contains the package, with forward slashes.
        line: The line's number, from 1.
    """

    name: str
    file: str
    line: int


def lines(names: Iterable[str]) -> list[Line]:
    """Return where each name is defined, each once, ordered by file and line.

    A name that regenerating writes is left out, for nobody edits it. An option that the command
    line does not have yet leads to the class of those that it has.

    Raises:
        KeyError: A name is not defined.
    """
    known = _definitions()
    found = {name: known.find(name) for name in names}
    places = [
        Line(name=name, file=place[0], line=place[1]) for name, place in found.items() if place
    ]
    return sorted(places, key=lambda line: (line.file, line.line, line.name))


@cache
def _definitions() -> _Definitions:
    """Read the whole package once."""
    known = _Definitions()
    # Modules at the top first: their names take precedence.
    for file in sorted(_PACKAGE.rglob("*.py"), key=lambda file: (len(file.parts), file)):
        name = file.relative_to(_PACKAGE.parent).as_posix()
        known.add(ast.parse(file.read_bytes()).body, name)
    return known


class _Definitions:
    """File and line of each class, function and variable, and each class's first base."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[str, int]] = {}
        self._base: dict[str, str] = {}

    def add(self, body: Iterable[ast.stmt], file: str, scope: str = "") -> None:
        """Add the definitions in the body of a module or a class."""
        for node in body:
            for name in _defined(node):
                self._places.setdefault(f"{scope}{name}", (file, node.lineno))
            if isinstance(node, ast.ClassDef):
                for base in node.bases[:1]:
                    self._base.setdefault(node.name, ast.unparse(base).partition("[")[0])
                self.add(node.body, file, f"{scope}{node.name}.")

    def find(self, name: str) -> tuple[str, int] | None:
        """Return the file and line of a name, which a class may have inherited; None: generated."""
        owner, dot, member = name.partition(".")
        if owner in _GENERATED:
            return None
        if name not in self._places and dot and owner in self._base:
            return self.find(f"{self._base[owner]}.{member}")
        return self._places[owner if owner == _COMMAND_LINE and name not in self._places else name]


def _defined(node: ast.stmt) -> list[str]:
    """Return the names that a statement defines."""
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [ast.unparse(target) for target in targets]
        case ast.AnnAssign(target=target):
            return [ast.unparse(target)]
    return []
