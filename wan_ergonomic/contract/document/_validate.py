"""Whether a document is valid OpenAPI, its default values included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from wan_ergonomic._errors import ContractError
from wan_ergonomic._json import escape

_NEXT = "Correct it in a copy, or with an action in openapi/overlays/."
# These hold values, not schemas.
_VALUES = frozenset({"const", "default", "enum", "example", "examples", "mapping"})
# The keys of these objects are names, not keywords.
_BY_NAME = frozenset({"$defs", "content", "paths", "properties", "responses", "schemas"})


def validate(document: Mapping[str, Any], next_step: str = _NEXT) -> None:
    """Check that a document is valid OpenAPI, and that its schemas allow their own defaults.

    Args:
        document: The document.
        next_step: What to do about an error, as a sentence.

    Raises:
        ContractError: It is not; says where and why.
    """
    from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

    kind = OpenAPIV31SpecValidator if document["openapi"] >= "3.1" else OpenAPIV30SpecValidator
    validator = kind(dict(document))
    try:
        problem = next(validator.iter_errors(), None)
    except RecursionError:
        # The validator cannot finish some recursive schemas; then only the structure is checked.
        problem = next(validator.schema_validator.iter_errors(dict(document)), None)
    except ValueError as error:
        # The validator treats paths as Python format strings, and not all of them are.
        raise ContractError(
            f"Not valid OpenAPI: a path cannot be read: {error}. {next_step}"
        ) from error
    if problem is not None:
        where = "/".join(str(part) for part in problem.absolute_path)
        reason = str(problem.message).partition("\n")[0]
        raise ContractError(f"Not valid OpenAPI at /{where}: {reason.rstrip('.')}. {next_step}")
    for pointer, schema in schemas_in(document, frozenset({"default"})):
        if not default_allowed(document, pointer, schema):
            raise ContractError(
                f"Not valid OpenAPI at {pointer}: its schema does not allow the default "
                f"{schema['default']!r}. {next_step}"
            )


def schemas_in(
    node: Any, keywords: frozenset[str], pointer: str = "", *, by_name: bool = False
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each object with one of these keywords and its JSON pointer, the innermost first."""
    if isinstance(node, dict):
        for key, value in list(node.items()):
            if by_name or key not in _VALUES:
                named = key in _BY_NAME and not by_name
                yield from schemas_in(value, keywords, f"{pointer}/{escape(key)}", by_name=named)
        if not by_name and not keywords.isdisjoint(node):
            yield pointer, node
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from schemas_in(item, keywords, f"{pointer}/{index}")


def default_allowed(document: Mapping[str, Any], pointer: str, schema: Mapping[str, Any]) -> bool:
    """Whether a schema allows its own default; null is allowed wherever it is nullable."""
    null = schema.get("nullable") and schema["default"] is None
    return bool(null) or allows(document, pointer, schema["default"])


def allows(document: Mapping[str, Any], pointer: str, value: Any) -> bool:
    """Whether the schema at a pointer of a document allows a value."""
    from openapi_schema_validator import (
        OAS30Validator,
        OAS31Validator,
        oas30_format_checker,
        oas31_format_checker,
    )
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    newer = document["openapi"] >= "3.1"
    kind = OAS31Validator if newer else OAS30Validator
    formats = oas31_format_checker if newer else oas30_format_checker
    resource = DRAFT202012.create_resource(document)
    registry: Registry[Any] = Registry().with_resource("urn:document", resource)
    validator = kind(
        {"$ref": f"urn:document#{quote(pointer)}"}, registry=registry, format_checker=formats
    )
    try:
        return bool(validator.is_valid(value))
    except RecursionError:
        return False
