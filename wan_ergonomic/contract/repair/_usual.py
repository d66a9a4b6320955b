"""Writes what is valid, but unusual, in the way in which our vendor's documents are written.

All that reads the contract relies on it: values are an enum, a body of JSON is called so, and
paths are complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from wan_ergonomic._errors import ContractError
from wan_ergonomic._json import escape, pointer_to, type_of
from wan_ergonomic._spec import address, choices, types
from wan_ergonomic.contract.document._validate import schemas_in

from ._document import Correction
from ._values import same

_CONTENT = frozenset({"content"})
_CONSTANTS = frozenset({"const", "oneOf", "anyOf"})
_NULLABLE = frozenset({"nullable"})
_DEFAULT = frozenset({"default"})
# What may stand beside the values of a union without saying anything about them.
_WORDS = frozenset({"type", "enum", "nullable", "title", "description", "example", "examples"})
# Media types that say nothing.
_ANY = frozenset({"*/*", "application/*"})


def usual(
    document: dict[str, Any], model: str | None = None
) -> tuple[dict[str, Any], tuple[Correction, ...]]:
    """Return a document in the usual form, and what was rewritten.

    Args:
        document: A corrected document; changed in place.
        model: The model that this package is for, if it is known.

    Raises:
        ContractError: Which of several models this package is for is not known.
    """
    result, moved = _below_hosts(document)
    rules = (_listed, _null_in_unions, _without_null, _filled, _json_named)
    rewritten = [*moved, *(found for rule in rules for found in rule(result))]
    return result, (*rewritten, *_of_one_model(result, model))


def _below_hosts(document: dict[str, Any]) -> tuple[dict[str, Any], tuple[Correction, ...]]:
    """Write the path of the server at the start of each path.

    The client's base URL has no version of the API, and other operations are not below it.
    """
    servers = document["servers"]
    start = urlsplit(address(servers[0])).path
    if not start:
        return document, ()
    urls = [address(server) for server in servers]
    paths = {f"{start}{path}": item for path, item in document["paths"].items()}
    kept = [{"url": url.removesuffix(start)} for url in urls if url.endswith(start)]
    what = f"Its path, {start!r}, was written at the start of each path."
    lost = [url for url in urls if not url.endswith(start)]
    if lost:
        what += f" Servers without that path were left out: {', '.join(lost)}."
    return {**document, "paths": paths, "servers": kept}, (Correction("/servers/0/url", what),)


def _null_in_unions(document: dict[str, Any]) -> Iterator[Correction]:
    """Allow null, in place, in the first branch with a type: beside a union it has no effect."""
    for pointer, schema in schemas_in(document, _NULLABLE):
        branches = [each for word in ("oneOf", "anyOf") for each in schema.get(word, ())]
        first = next((branch for branch in branches if "type" in branch), None)
        if "type" not in schema and first is not None:
            first["nullable"] = first.get("nullable", False) or schema.pop("nullable")
            yield Correction(f"{pointer}/nullable", "It was moved beside a type, as it needs one.")


def _filled(document: dict[str, Any]) -> Iterator[Correction]:
    """Write, in place, each parameter of a path that has only one value into the path."""
    for path, item in list(document["paths"].items()):
        parameters = [each for o in item.values() for each in o.get("parameters", ())]
        fixed = {each["name"]: each["schema"] for each in parameters if _is_fixed(each)}
        better = path
        for name, schema in fixed.items():
            better = better.replace(f"{{{name}}}", quote(str(choices(schema)[0])))
        for operation in item.values() if fixed else ():
            kept = [each for each in operation.get("parameters", ()) if not _is_fixed(each)]
            operation["parameters"] = kept
        if fixed:
            document["paths"][better] = document["paths"].pop(path)
            what = f"What has only one value was written into the path: {better!r}."
            yield Correction(f"/paths/{escape(path)}", what)


def _is_fixed(parameter: Mapping[str, Any]) -> bool:
    return parameter["in"] == "path" and len(choices(parameter.get("schema", {}))) == 1


def _json_named(document: dict[str, Any]) -> Iterator[Correction]:
    """Name, in place, the type of each body that is documented as one of any type."""
    for pointer, holder in schemas_in(document["paths"], _CONTENT, "/paths"):
        content = holder["content"]
        if len(content) == 1 and content.keys() <= _ANY:
            content["application/json"] = content.popitem()[1]
            what = "It may be of any type; 'application/json', as the API sends it, was named."
            yield Correction(f"{pointer}/content", what)


def _listed(document: dict[str, Any]) -> Iterator[Correction]:
    """Write, in place, a constant, and a union of constants, as an enum."""
    newer = document["openapi"] >= "3.1"
    for pointer, schema in schemas_in(document, _CONSTANTS):
        word, branches = _union(schema)
        of_each = [_values(branch) for branch in branches]
        if of_each and all(of_each):
            del schema[word]
            _list(schema, [value for values in of_each for value in values], newer=newer)
            what = f"Its values were written as an enum: {schema['enum']!r}."
            yield Correction(f"{pointer}/{word}", what)


def _union(schema: dict[str, Any]) -> tuple[str, list[Any]]:
    """Return the one keyword of a schema that may list its values, and its branches."""
    words = [word for word in ("const", "enum", "oneOf", "anyOf") if word in schema]
    if len(words) != 1 or "enum" in words:
        return "", []
    return words[0], [{"enum": [schema["const"]]}] if "const" in words else schema[words[0]]


def _values(branch: Any) -> list[Any]:
    """Return the values that a branch of a union lists; none if it allows others."""
    if not isinstance(branch, dict) or branch.keys() - _WORDS:
        return []
    listed: list[Any] = [None] if branch.get("type") == "null" else branch.get("enum", [])
    return listed


def _list(schema: dict[str, Any], values: list[Any], *, newer: bool) -> None:
    """Write an enum, and the type of its values, for which code is made."""
    listed: list[Any] = []
    for value in values:
        if not any(same(value, other) for other in listed):
            listed.append(value)
    is_nullable = schema.pop("nullable", False) or None in listed or "null" in types(schema)
    schema["enum"] = [*(value for value in listed if value is not None), *[None] * is_nullable]
    kinds = {type_of(value) for value in listed if value is not None}
    if len(kinds) == 1:
        schema["type"] = [*kinds, "null"] if newer and is_nullable else kinds.pop()
    if "type" in schema and is_nullable and not newer:
        schema["nullable"] = True


def _without_null(document: dict[str, Any]) -> Iterator[Correction]:
    """Remove, in place, each default of null: it says no more than none, and would be sent."""
    for pointer, schema in schemas_in(document, _DEFAULT):
        if schema["default"] is None:
            del schema["default"]
            yield Correction(f"{pointer}/default", "A default of null was removed.")


def _of_one_model(document: dict[str, Any], model: str | None) -> Iterator[Correction]:
    """Name, in place, only the model that this package is for, where several or none are named.

    Raises:
        ContractError: It is not known, or not among several.
    """
    for pointer, properties in _requested(document):
        if "model" not in properties:
            continue
        listed = choices(properties["model"])
        if len(listed) == 1:
            continue
        if not model or (listed and model not in listed):
            named_there = ", ".join(map(str, listed)) or "any model"
            known = model or "which openapi/lock.json does not name"
            raise ContractError(
                f"The document is for {named_there}; this package is for one, {known}. Give a "
                "document that names it, or write an overlay."
            )
        described = properties["model"] if isinstance(properties["model"], dict) else {}
        properties["model"] = {**described, "type": "string", "enum": [model]}
        what = f"This package is for one model: {model!r} was named as the only one."
        yield Correction(f"{pointer}/model", what)


def _requested(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the properties of each request itself, not of an object within it."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for name, media in operation.get("requestBody", {}).get("content", {}).items():
                schema = media.get("schema", {})
                place = (path, method, "requestBody", "content", name, "schema", "properties")
                if isinstance(schema, dict) and "properties" in schema:
                    yield f"/paths{pointer_to(place)}", schema["properties"]
