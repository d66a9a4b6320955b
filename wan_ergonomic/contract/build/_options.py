"""Writes the options of the contract as Python types, and their descriptions into docstrings.

Editors show a docstring as it stands in the file, so what the vendor says of each option
is written there, too. The contract has been validated before.
"""

from __future__ import annotations

import keyword
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic._spec import METHODS, Schema, choices, fits, is_json, types

from ._generator import environ
from ._install import write_text

# A folder of its own, like the generated client.
OPTIONS = "wan_ergonomic/_options"
# Modules with docstrings that list the options.
DESCRIBED = (
    "wan_ergonomic/_client.py",
    "wan_ergonomic/_prompts.py",
    "wan_ergonomic/account/_questions.py",
)

# Arguments of the methods that take options, and other fields of PromptDefaults.
_TAKEN = frozenset(
    {"model", "prompt", "timeout", "on_submit", "on_update", "extra_headers", "allow_unsupported"}
    | {"progress", "recover", "self", "prefix", "suffix", "options"}
)
# A field of such a name would hide the type from the fields after it.
_TYPES = frozenset({"Any", "Literal", "OptionValue", "bool", "dict", "float", "int", "list", "str"})
_WIDTH = 100
_LIST = re.compile(r"^( *)(.*as the vendor describes them:\n)(?:\1 +.*\n)*", re.MULTILINE)

_PLAIN: Mapping[str, str] = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "array": "list[Any]",
    "object": "dict[str, Any]",
}

_MODULE = '''\
"""The options of a call, and the values that each can have.

scripts/regenerate.py writes this file from openapi/contract.json: do not edit it.
"""

# Types are objects here, not strings: a class that inherits them has no names to resolve strings.
from dataclasses import dataclass
from typing import {typing}

OptionValue = NewType("OptionValue", str)
"""Text for an option that is known only when the program runs, and is checked when it is used.

Type checkers accept only the values that are documented, and this: ``OptionValue(text)``.
"""


class Options(TypedDict, total=False):
    """The options of one call, beside its prompt; the descriptions are the vendor's.

{listed}    """
{typed}

@dataclass(frozen=True, slots=True, kw_only=True)
class OptionDefaults:
    """The options that ``PromptDefaults`` can set; None leaves one unset."""
{defaulted}'''


def write_options(root: Path, stage: Path, contract: Mapping[str, Any]) -> None:
    """Write the options of a contract into a staging folder.

    Args:
        root: The project's folder, with the modules whose docstrings list the options.
        stage: Where the types and those modules are written.
        contract: The contract.

    Raises:
        ContractError: The formatter rejects what was written.
    """
    options = options_of(contract)
    write_text(stage / OPTIONS / "__init__.py", _formatted(as_module(options)))
    for name in DESCRIBED:
        if (root / name).is_file():
            write_text(stage / name, with_descriptions((root / name).read_text("utf-8"), options))


def options_of(contract: Mapping[str, Any]) -> dict[str, Schema]:
    """Return the schema of each option that can be an argument of a call, by its name."""
    properties = properties_of(contract)
    # In an order that does not change when the vendor's does.
    return {name: properties[name] for name in sorted(properties) if _can_be_argument(name)}


def properties_of(contract: Mapping[str, Any]) -> Mapping[str, Schema]:
    """Return the schema of each property of a request, by its name."""
    create = METHODS["create"]
    operation = next(item[create] for item in contract["paths"].values() if create in item)
    content = operation.get("requestBody", {}).get("content", {})
    bodies: Iterator[Schema] = (content[name] for name in content if is_json(name))
    properties: Mapping[str, Schema] = next(bodies, {}).get("schema", {}).get("properties", {})
    return properties


def _can_be_argument(name: str) -> bool:
    usable = name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")
    return usable and name not in _TAKEN | _TYPES


def as_module(options: Mapping[str, Schema]) -> str:
    """Return the source of the module, not yet formatted."""
    hints = {name: _hint(schema) for name, schema in options.items()}
    used = " ".join(hints.values())
    names = [name for name in ("Any", "Literal") if re.search(rf"\b{name}\b", used)]
    about = {name: _wrapped(_description(each), "    ") for name, each in options.items()}
    return _MODULE.format(
        typing=", ".join([*names, "NewType", "TypedDict"]),
        listed=_listed(options, "    "),
        typed="".join(f"\n    {n}: {hint} | None\n{about[n]}" for n, hint in hints.items()),
        defaulted="".join(
            f"\n    {n}: {hint} | None = None\n{about[n]}" for n, hint in hints.items()
        ),
    )


def with_descriptions(source: str, options: Mapping[str, Schema]) -> str:
    """Return a module's source whose lists of options are those of the contract.

    A list is what is indented below a line that ends with "as the vendor describes them:".
    """
    return _LIST.sub(
        lambda found: f"{found[1]}{found[2]}{_listed(options, found[1] + '    ')}", source
    )


def _hint(schema: Schema) -> str:
    """Return the type of an option's values, but null.

    A text that is not documented is an error before anything is sent, so type checkers report it,
    too. A number may have been computed, so any is accepted.
    """
    values = [value for value in choices(schema) if fits(value, schema)]
    if not values or not all(isinstance(value, str | int) for value in values):
        names = {_PLAIN.get(kind, "Any") for kind in types(schema) - {"null"}}
        return "Any" if not names or "Any" in names else " | ".join(sorted(names))
    known = f"Literal[{', '.join(map(repr, values))}]"
    kinds = sorted({type(value).__name__ for value in values})
    return " | ".join([known, *("OptionValue" if kind == "str" else kind for kind in kinds)])


def _listed(options: Mapping[str, Schema], indent: str) -> str:
    """Return lines with each option and its description."""
    described = (f"{name}: {_description(schema)}" for name, schema in options.items())
    return "".join(_lines(text, indent, indent + "    ") for text in described)


def _wrapped(text: str, indent: str) -> str:
    """Return the docstring of a field."""
    return _lines(f'"""{text}"""', indent, indent)


def _lines(text: str, first: str, rest: str) -> str:
    lines = textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines) + "\n"


def _description(schema: Schema) -> str:
    """Return what the vendor says of an option, and its values, for a docstring."""
    return _escaped(" ".join(_sentences(schema)) or "The vendor does not describe it.")


def _sentences(schema: Schema) -> Iterator[str]:
    if text := " ".join(str(schema.get("description") or "").split()):
        yield text if text.endswith((".", "!", "?", "。")) else f"{text}."
    if values := choices(schema):
        yield f"One of {', '.join(map(str, values))}."
    if "default" in schema:
        yield f"By default {schema['default']}."


def _escaped(text: str) -> str:
    """Return a text as it is written between triple quotes.

    Python does not accept a docstring with half of a character.
    """
    text = text.encode(errors="replace").decode().replace("\\", "\\\\").replace('"""', r"\"\"\"")
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def _formatted(source: str) -> str:
    # As the generated client is formatted.
    command = [sys.executable, "-I", "-m", "ruff", "format", "--isolated", "--no-cache"]
    command += ["--line-length", str(_WIDTH), "--config", "format.line-ending='lf'", "-"]
    done = subprocess.run(
        command, input=source, capture_output=True, encoding="utf-8", check=False, env=environ()
    )
    if done.returncode:
        raise ContractError(f"The options cannot be written as Python: {done.stderr.strip()}")
    return done.stdout
