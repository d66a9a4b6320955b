"""Which names of this package a change of the contract touches, and where those are defined.

A table leads from places in the contract to names, or to the reason why nothing
depends on them. It spells no name of the vendor's that the wrapper does not
itself go by, so a renamed usage field or a moved path needs no line here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wan_ergonomic._prompts import Options
from wan_ergonomic._spec import Role
from wan_ergonomic.contract.diff._findings import Finding

_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A part of the contract that the wrapper goes by.

    Attributes:
        place: Places as a finding's, with ``*`` for one segment or a part of it, ``**`` for
            whatever follows, and ``{option}`` for the options that ``Options`` has.
        names: The names that it touches, with ``{option}`` for the option.
        role: The operation; None for either.
    """

    place: str
    names: tuple[str, ...]
    role: Role | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """A part of the contract that no line of the wrapper goes by.

    Attributes:
        place: As that of a use.
        reason: Why not.
        role: The operation; None for either.
    """

    place: str
    reason: str
    role: Role | None = None


_OPTION = ("PromptDefaults.{option}", "Options.{option}", "PromptOptions.{option}")
_NEW_OPTION = ("PromptDefaults", "Options", "PromptOptions")
_SUBMITTING = ("WanClient.submit", "WanClient.generate")
_LOOKING = ("WanClient.status", "WanClient.wait")

# The first that matches counts.
PLACES: tuple[Use | Unused, ...] = (
    Use(place="request", names=_SUBMITTING),
    Use(place="request/model/**", names=("Preview.body",)),
    Use(place="request/prompt/**", names=(*_SUBMITTING, "_READ_CHARACTERS")),
    Use(place="request/negative_prompt/**", names=(*_OPTION, "_READ_CHARACTERS")),
    Use(place="request/resolution/**", names=(*_OPTION, "PRESETS", "_MISSING_SIZES")),
    Use(place="request/aspect_ratio/**", names=(*_OPTION, "PRESETS", "_MISSING_SIZES")),
    Use(place="request/enhance_prompt/**", names=(*_OPTION, "PRESETS")),
    Use(place="request/seed/**", names=(*_OPTION, "_MAX_SEED")),
    Use(place="request/{option}/**", names=_OPTION),
    Use(place="parameter/**", names=_LOOKING, role="poll"),
    Use(place="response/*/header/x-request-id", names=("Generation.request_id",)),
    Use(place="response/*/header/x-inference-id", names=("Generation.inference_id",)),
    Use(place="response/*/header/x-aimlapi-*", names=("Generation.usage",)),
    Use(place="response/*/header/retry-after", names=("ApiError",)),
    Unused(place="response/*/header/**", reason="No other header is read."),
    Use(place="response/2*", names=("Generation",)),
    Use(place="response/2*/id/**", names=("Generation.id",)),
    Use(place="response/2*/status/**", names=("Generation.status", "STATUSES")),
    Use(place="response/2*/video", names=("Generation.video",)),
    Use(place="response/2*/video/url/**", names=("Video.url",)),
    Use(place="response/2*/video/duration/**", names=("Video.duration",)),
    Use(place="response/2*/duration/**", names=("Video.duration",)),
    Use(place="response/2*/error/name/**", names=("Failure.name",)),
    Use(place="response/2*/error/message/**", names=("Failure.message",)),
    Use(place="response/2*/error/**", names=("Generation.error", "Failure")),
    Use(place="response/2*/meta", names=("Generation.usage",)),
    Use(place="response/2*/meta/usage", names=("Generation.usage",)),
    Use(place="response/2*/meta/usage/*usd*/**", names=("Usage.usd",)),
    Use(place="response/2*/meta/usage/**", names=("Usage.credits",)),
    # Whatever else is answered can be had there, with no line for it.
    Use(place="response/2*/**", names=("Generation.raw",)),
    Use(place="response/5*/**", names=("ServerError",)),
    Use(place="response/4*/**", names=("ApiError",)),
    Use(place="operation", names=_SUBMITTING, role="create"),
    Use(place="operation", names=_LOOKING, role="poll"),
    Use(place="server", names=("WanClient.base_url",)),
    Use(place="security", names=("ApiAuth.auth_flow", "KEY_VARIABLES")),
    Unused(place="path", reason="The generated client knows it; operations are found by role."),
    Unused(place="document", reason="Titles and versions: nothing is decided by them."),
)


def touched(finding: Finding) -> tuple[str, ...]:
    """Return the names that a finding touches; none where regenerating is all there is to do."""
    found = entry(finding.role, finding.place)
    if isinstance(found, Unused):
        return ()
    if found is None:
        # Nothing stands for it yet.
        if finding.place.startswith("request/"):
            return _NEW_OPTION
        return _SUBMITTING if finding.role == "create" else _LOOKING
    option = finding.place.partition("/")[2].partition("/")[0]
    return tuple(name.format(option=option) for name in found.names)


def entry(role: Role, place: str) -> Use | Unused | None:
    """Return the line of the table that stands for a place; None where there is none."""
    lines_for_role = (line for line in PLACES if line.role in {None, role})
    return next((line for line in lines_for_role if _pattern(line.place).fullmatch(place)), None)


@cache
def _pattern(place: str) -> re.Pattern[str]:
    text = re.escape(place).replace(r"/\*\*", "(/.*)?").replace(r"\*", "[^/]*")
    options = "|".join(map(re.escape, Options.__annotations__))
    return re.compile(text.replace(re.escape("{option}"), f"({options})"), re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Where a name is defined.

    Attributes:
        name: The name, as ``touched`` returns it.
        file: Beside the package's folder, with forward slashes.
        line: Its number, from 1.
    """

    name: str
    file: str
    line: int


def lines(names: Iterable[str]) -> list[Line]:
    """Return where each name is defined, each one once, in the order of files and lines.

    Raises:
        KeyError: There is no such name.
    """
    known, bases = _definitions()
    found = [_find(name, known, bases) for name in dict.fromkeys(names)]
    return sorted(found, key=lambda line: (line.file, line.line, line.name))


def _find(name: str, known: dict[str, Line], bases: dict[str, list[str]]) -> Line:
    """Return where a name is defined, in a class or in one that it is derived from."""
    owner, dot, member = name.partition(".")
    classes = [owner]
    while name not in known and dot and classes:
        classes += bases.get(owner := classes.pop(0), [])
        inherited = f"{owner}.{member}"
        if inherited in known:
            line = known[inherited]
            return Line(name=name, file=line.file, line=line.line)
    return known[name]


@cache
def _definitions() -> tuple[dict[str, Line], dict[str, list[str]]]:
    """Return where everything in this package is defined, and each class's bases."""
    known: dict[str, Line] = {}
    bases: dict[str, list[str]] = {}
    # The core's own modules before those of its extras.
    for file in sorted(_PACKAGE.rglob("*.py"), key=lambda one: (len(one.parts), one)):
        where = file.relative_to(_PACKAGE.parent).as_posix()
        module = ast.parse(file.read_bytes())
        for name, number in _defined(module, bases):
            known.setdefault(name, Line(name=name, file=where, line=number))
    return known, bases


def _defined(module: ast.Module, bases: dict[str, list[str]]) -> Iterator[tuple[str, int]]:
    """Yield each name that a module defines at its top or in a class, with its line."""
    for statement in module.body:
        yield from _bound(statement)
        if isinstance(statement, ast.ClassDef):
            bases.setdefault(statement.name, [_class_name(base) for base in statement.bases])
            for part in ast.walk(statement):
                if isinstance(part, ast.stmt) and (part in statement.body or _sets_attribute(part)):
                    bound = _bound(part)
                    yield from ((f"{statement.name}.{name}", number) for name, number in bound)


def _bound(part: ast.stmt) -> list[tuple[str, int]]:
    """Return the names that a statement defines, an attribute's without its object."""
    if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [(part.name, part.lineno)]
    return [
        (target.id if isinstance(target, ast.Name) else target.attr, part.lineno)
        for target in _targets(part)
        if isinstance(target, ast.Name | ast.Attribute)
    ]


def _targets(part: ast.stmt) -> list[ast.expr]:
    if isinstance(part, ast.Assign):
        return part.targets
    return [part.target] if isinstance(part, ast.AnnAssign) else []


def _sets_attribute(part: ast.stmt) -> bool:
    return any(isinstance(target, ast.Attribute) for target in _targets(part))


def _class_name(base: ast.expr) -> str:
    """Return a base's name, without what stands in brackets behind it."""
    return ast.unparse(base).partition("[")[0]
