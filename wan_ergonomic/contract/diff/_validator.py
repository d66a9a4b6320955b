"""Applies OpenAPI's own JSON Schemas, as openapi-spec-validator ships them, to parts of a document.

A part ends wherever OpenAPI allows a reference or a schema. There the next part
begins, which the caller checks, so nesting costs no stack.
"""

from __future__ import annotations

import json
import re
from ast import literal_eval
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import distribution
from typing import Any

from jsonschema import Draft4Validator, Draft202012Validator, ValidationError
from jsonschema.validators import extend
from jsonschema_specifications import REGISTRY

# A JSON Schema that a part has to fit.
Form = Mapping[str, Any]
Path = tuple[str | int, ...]
# Where in a part, and what is wrong there, as the end of a sentence about the place.
Flaw = tuple[Path, str]

_REFERENCES = ({"$ref": "#/definitions/Reference"}, {"$ref": "#/$defs/reference"})
# The form of a schema.
SCHEMAS = ({"$ref": "#/definitions/Schema"}, {"$ref": "#/$defs/schema"})
_VOCABULARIES = ("applicator", "content", "core", "meta-data", "unevaluated", "validation")
# Parsers accept empty and repeated entries, also where OpenAPI forbids them.
_ACCEPTED = ("minItems", "minProperties", "uniqueItems")
# Reported only if nothing else is wrong in the part.
_INDIRECT = frozenset({"not", "oneOf", "unevaluatedProperties"})
# A name, as jsonschema quotes it.
_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")


def check(value: Any, form: Form, version: str) -> tuple[list[Flaw], list[tuple[Path, Form]]]:
    """Return what is wrong in a part of a document, and where other parts begin, with their forms.

    Args:
        value: The part.
        form: What it has to fit; empty for a whole document.
        version: The version of OpenAPI: ``3.0``, ``3.1`` or ``3.2``.
    """
    validators = (v.evolve(schema=form) if form else v for v in _validators(version))
    errors = [error for validator in validators for error in validator.iter_errors(value)]
    parts = [(tuple(e.path), e.validator_value) for e in errors if e.validator == "part"]
    return _flaws(error for error in errors if error.validator != "part"), parts


@cache
def _validators(version: str) -> tuple[Any, ...]:
    openapi = _published(version)
    if version == "3.0":
        rules = extend(Draft4Validator, {**_without(*_ACCEPTED), "oneOf": _one_of})
        return (rules(openapi),)
    ends = {"$dynamicRef": _dynamic_ref, "if": _if}
    unused = _without(*_ACCEPTED, "unevaluatedProperties")
    rules = extend(Draft202012Validator, unused | ends)
    # In a run of its own: a marker counts as an error, which leaves fields unevaluated.
    fields = extend(Draft202012Validator, _without(*_ACCEPTED, *ends))
    schema = _with_keywords(openapi)
    return rules(schema), fields(schema)


def _published(version: str) -> dict[str, Any]:
    """Return OpenAPI's schema, without an import of its package, which takes 0.3 seconds."""
    name = f"openapi_spec_validator/resources/schemas/v{version}/schema.json"
    path = distribution("openapi-spec-validator").locate_file(name)
    with open(str(path), encoding="utf-8") as file:
        schema: dict[str, Any] = json.load(file)
    return schema


def _with_keywords(openapi: Mapping[str, Any]) -> dict[str, Any]:
    """Return OpenAPI's schema with the keywords of schemas, which it leaves open."""
    keywords: dict[str, Any] = {}
    objects = {**openapi["$defs"], "schema": {"type": ["object", "boolean"]}}
    objects["schema"]["properties"] = keywords
    for name in _VOCABULARIES:
        vocabulary = REGISTRY.contents(f"https://json-schema.org/draft/2020-12/meta/{name}")
        keywords |= vocabulary["properties"]
        objects |= vocabulary.get("$defs", {})
    return {**openapi, "$defs": objects}


def _without(*keywords: str) -> dict[str, Any]:
    """Return keywords that every value satisfies."""
    return dict.fromkeys(keywords, lambda *_: ())


def _part(form: Form) -> ValidationError:
    """Return a marker where another part begins; jsonschema handles it as an error."""
    return ValidationError("", validator="part", validator_value=form)


def _one_of(validator: Any, branches: Any, instance: Any, schema: Form) -> Iterator[Any]:
    """End a part where OpenAPI 3.0 allows a reference."""
    others = [branch for branch in branches if branch not in _REFERENCES]
    if len(others) == len(branches):
        yield from Draft4Validator.VALIDATORS["oneOf"](validator, branches, instance, schema)
    elif not (isinstance(instance, bool) and {"type": "boolean"} in others):
        yield _part(others[0])


def _if(validator: Any, condition: Any, instance: Any, schema: Form) -> Iterator[Any]:
    """End a part where OpenAPI 3.1 allows a reference."""
    if schema.get("then") in _REFERENCES:
        yield _part(schema["else"])
    else:
        yield from Draft202012Validator.VALIDATORS["if"](validator, condition, instance, schema)


def _dynamic_ref(*_: object) -> Iterator[Any]:
    """End a part where OpenAPI 3.1 has a schema."""
    yield _part(SCHEMAS[1])


def _flaws(errors: Iterable[ValidationError]) -> list[Flaw]:
    direct: dict[Flaw, None] = {}
    indirect: dict[Flaw, None] = {}
    for error in errors:
        into = indirect if error.validator in _INDIRECT else direct
        path = tuple(error.absolute_path)
        own = ((path, reason) for reason in _reasons(error))
        into |= dict.fromkeys(_of_branches(error) if error.context else own)
    return list(direct or indirect)


def _of_branches(error: ValidationError) -> list[Flaw]:
    """Return the flaws that all possible branches share, else those of the best branch."""
    branches: dict[object, list[ValidationError]] = {}
    for held in error.context:
        branches.setdefault(held.schema_path[0], []).append(held)
    # A branch is not possible if it is for another ``type`` or ``in``.
    possible = [
        errors
        for errors in branches.values()
        if not any(held.validator == "enum" and held.path for held in errors)
    ]
    found = [_flaws(errors) for errors in possible or branches.values()]
    common = [flaw for flaw in found[0] if all(flaw in flaws for flaws in found)]
    return common or min(found, key=len)


def _reasons(error: Any) -> list[str]:
    keyword, wanted, value = error.validator, error.validator_value, error.instance
    if keyword == "required":
        return [f"has no {name!r}" for name in wanted if name not in value]
    if keyword in {"additionalProperties", "unevaluatedProperties"}:
        # jsonschema has the names nowhere else.
        quoted = _QUOTED.findall(error.message.rpartition(" match ")[0] or error.message)
        names = map(literal_eval, quoted)
        return [f"has the field {name!r}, which OpenAPI does not define" for name in names]
    if keyword == "enum" and error.schema.get("type") == "string" and not isinstance(value, str):
        # Its wrong type is reported already.
        return []
    return [_reason(keyword, wanted, value)]


def _reason(keyword: str, wanted: Any, value: Any) -> str:
    if keyword == "type":
        return f"is not of type {wanted if isinstance(wanted, str) else ' or '.join(wanted)}"
    if keyword in {"const", "enum"}:
        return f"has the value {json.dumps(value)}, which OpenAPI does not allow"
    if keyword in _INDIRECT:
        return "has fields that OpenAPI does not allow together"
    return f"does not fit {keyword} {json.dumps(wanted)} of OpenAPI's own schema"
