"""Parses a text as an OpenAPI document, or reports why it is a broken one.

Pure functions over texts. They check only for the fields that every document has;
whether the document is valid is checked elsewhere.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.document import _yaml
from wan_ergonomic.contract.document._document import Document

from ._gitbook import Fence
from ._syntax import next_step

# A text with one of these was meant to be an OpenAPI document, in JSON or in YAML.
_OPENAPI_JSON = re.compile(r'"(?:openapi|swagger)"\s*:\s*["\d]|"paths"\s*:\s*\{\s*"/')
_OPENAPI_JSON5 = re.compile(r"""["']?\b(?:openapi|swagger)["']?\s*:\s*["'\d]""")
_OPENAPI_YAML = re.compile(r"""^["']?(?:openapi|swagger)["']?\s*:\s*["']?[23]""", re.MULTILINE)
_PATHS_YAML = re.compile(r"""^["']?paths["']?\s*:""", re.MULTILINE)
# Blocks of code in these may be documents; "" is a block that names no language.
_LANGUAGES = frozenset({"", "json", "json5", "jsonc", "openapi", "yaml", "yml"})
_FIELDS = re.compile(r"""^["']?(?:components|openapi|paths|swagger)["']?\s*:""", re.MULTILINE)
_JSON = re.compile(r'\s*\{\s*["}]')
# YAML begins with a key, after comments. A page can begin like that, too, but has blocks.
_YAML = re.compile(r"""(?:\s*(?:\#|---|%)[^\n]*\n)*\s*["']?[\w-]+["']?\s*:(?:\s|\Z)""")
_PAGE = re.compile(r"^(?:```|~~~|\{%)", re.MULTILINE)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def is_data(text: str, name: str) -> bool:
    """Whether a file holds JSON or YAML, not a page."""
    return bool(
        name.lower().endswith((".json", ".yaml", ".yml"))
        or _JSON.match(text)
        or (_OPENAPI_YAML.search(text) and _YAML.match(text) and not _PAGE.search(text))
    )


def parse_document(text: str, origin: str) -> Document | ContractError | None:
    """Return the document in a JSON or YAML text, an error if it is broken, else None."""
    is_json = _JSON.match(text) or (
        origin.lower().endswith(".json") and not _OPENAPI_YAML.search(text)
    )
    if not is_json and not _FIELDS.search(text):
        return None
    try:
        data = _yaml.load_json(text) if is_json else _yaml.load(text)
        return _document(data, text, origin)
    except _yaml.DuplicateKeyError as error:
        return _ambiguous(origin, error)
    except ValueError as error:
        form = "JSON" if is_json else "YAML"
        return ContractError(
            f"{origin} is not valid {form}, or is incomplete: {error}. {next_step(text, error)}"
        )


def parse_fence(fence: Fence, origin: str) -> Document | ContractError | None:
    """Return the document in a page's block of code, an error if it is broken, else None.

    Blocks in JSON, in YAML and without a language are read; any other one is a sample.
    """
    text = fence.text
    if fence.language not in _LANGUAGES:
        return None
    is_yaml = _is_yaml(fence)
    form = "YAML" if is_yaml else "JSON"
    meant = _is_whole(text) if is_yaml else _is_meant(fence)
    if is_yaml and not meant:
        return None
    try:
        data = _yaml.load(text) if is_yaml else _yaml.load_json(text)
        is_schema = isinstance(data, dict) and data.keys() & {"components", "webhooks"}
        # A rendered page shows a single schema as a document without paths.
        return None if is_schema and "paths" not in data else _document(data, text, origin)
    except _yaml.DuplicateKeyError as error:
        return _ambiguous(origin, error) if meant else None
    except ValueError as error:
        if not meant:
            return None
        return ContractError(
            f"{origin} holds an OpenAPI document that is not valid {form}: {error}, in the block "
            f"of code on line {fence.line}. {next_step(text, error)}"
        )


def _is_yaml(fence: Fence) -> bool:
    """Whether a block of code is read as YAML, whatever it is said to be."""
    if fence.text.lstrip().startswith(("{", "//", "/*")) and not fence.language.startswith("y"):
        return False
    is_said = fence.language in {"openapi", "yaml", "yml"}
    return not _JSON.match(fence.text) and (is_said or _is_whole(fence.text))


def _is_whole(text: str) -> bool:
    """Whether a text in YAML was meant to be an OpenAPI document."""
    return bool(_OPENAPI_YAML.search(text) and _PATHS_YAML.search(text))


def _is_meant(fence: Fence) -> bool:
    """Whether a block of JSON was meant to be an OpenAPI document."""
    text = html.unescape(fence.text) if "&quot;" in fence.text else fence.text
    pattern = _OPENAPI_JSON5 if fence.language == "json5" else _OPENAPI_JSON
    return pattern.search(text) is not None


def _ambiguous(origin: str, error: ValueError) -> ContractError:
    return ContractError(
        f"{origin} can be read in two ways: {error}. Pass a copy without the wrong one."
    )


def _document(data: Any, text: str, origin: str) -> Document | ContractError | None:
    """Return a Document, a ContractError if it is a broken one, or None if it is unrelated data.

    Raises:
        ValueError: The data is nested too deeply.
    """
    if not isinstance(data, dict):
        return None
    if isinstance(data.get("openapi"), float):
        # Without quotes, 3.1 is a number.
        data = {**data, "openapi": str(data["openapi"])}
    version, paths = data.get("openapi"), data.get("paths")
    reason = None
    if version is None:
        reason = _resemblance(data)
        if reason is None:
            return None
    elif not isinstance(version, str) or not version.startswith("3."):
        reason = f'a document with the OpenAPI version {version!r:.20} instead of "3.x.y"'
    elif not isinstance(paths, dict) or not paths:
        reason = "an OpenAPI document without paths"
    elif _SURROGATE.search(text) and not _is_unicode(data):
        reason = "an OpenAPI document with an unpaired surrogate in it"
    if reason:
        return ContractError(f"{origin} holds {reason}. Correct it in a copy, and pass that.")
    return Document(text, data, origin)


def _resemblance(data: Mapping[str, Any]) -> str | None:
    """Return what data without an OpenAPI version is, if it resembles a document."""
    if isinstance(data.get("swagger"), str | float):
        return f"a Swagger {data['swagger']} document instead of OpenAPI 3"
    paths = data.get("paths")
    if isinstance(paths, dict) and any(path.startswith("/") for path in paths):
        return "paths, but no OpenAPI version"
    return None


def _is_unicode(data: Any) -> bool:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    except RecursionError as error:
        # Serialising needs a little more of the stack than parsing.
        raise ValueError("it is nested too deeply") from error
    return True
