"""Decides what a text is: an OpenAPI document, one that is broken, or something else.

The text alone is judged, by the words that OpenAPI demands; whether the
document is valid is for others. Nothing here reads a file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.document import _yaml
from wan_ergonomic.contract.document._document import Document

# By these, a text shows that it was to be a document, in JSON and in YAML.
_MEANT = re.compile(r'"(?:openapi|swagger)"\s*:\s*["\d]|"paths"\s*:\s*\{\s*"/')
_MEANT_YAML = re.compile(r"""^["']?(?:openapi|swagger)["']?\s*:\s*["']?[23]""", re.MULTILINE)
_PARTS = re.compile(r"""^["']?(?:components|openapi|paths|swagger)["']?\s*:""", re.MULTILINE)
_JSON = re.compile(r'\s*\{\s*["}]')
# What begins with a key, after comments, and holds no block of a page, is no page.
_YAML = re.compile(r"""(?:\s*(?:\#|---|%)[^\n]*\n)*\s*["']?[\w-]+["']?\s*:(?:\s|\Z)""")
_PAGE = re.compile(r"^(?:```|~~~|\{%)", re.MULTILINE)
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def is_bare(text: str, name: str) -> bool:
    """Whether a file is a document, or other data, and no page."""
    return bool(
        name.lower().endswith((".json", ".yaml", ".yml"))
        or _JSON.match(text)
        or (_MEANT_YAML.search(text) and _YAML.match(text) and not _PAGE.search(text))
    )


def read_bare(text: str, origin: str) -> Document | ContractError | None:
    """Return the document that a text in JSON or YAML is, or what is wrong; None for other data."""
    is_json = _JSON.match(text) or (
        origin.lower().endswith(".json") and not _MEANT_YAML.search(text)
    )
    if not is_json and not _PARTS.search(text):
        return None
    try:
        return _judged(_load_json(text) if is_json else _yaml.load(text), text, origin)
    except ValueError as error:
        form = "JSON" if is_json else "YAML"
        return ContractError(f"{origin} is broken, or cut short: as {form}, {error}.")


def read_fence(text: str, origin: str) -> Document | ContractError | None:
    """Return the document in a page's block of code, or what is wrong; None for other code."""
    try:
        data = _load_json(text)
        shown_alone = isinstance(data, dict) and data.keys() & {"components", "webhooks"}
        # A rendered page shows a schema by itself as a document that has nothing else.
        return None if shown_alone and "paths" not in data else _judged(data, text, origin)
    except ValueError as error:
        if not _MEANT.search(text):
            return None
        return ContractError(f"{origin} holds an OpenAPI document that is broken: {error}.")


def _load_json(text: str) -> Any:
    """Return what a JSON text stands for.

    Raises:
        ValueError: It is no JSON, or too deep.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _judged(data: Any, text: str, origin: str) -> Document | ContractError | None:
    """Return the document that data is, or why it is none; None if it was not to be one.

    Raises:
        ValueError: It is too deep.
    """
    if not isinstance(data, dict):
        return None
    version, paths = data.get("openapi"), data.get("paths")
    reason = None
    if version is None:
        reason = _relation(data)
        if reason is None:
            return None
    elif not isinstance(version, str) or not version.startswith("3."):
        reason = f'a document that gives its version of OpenAPI as {version!r:.20}, not as "3.x.y"'
    elif not isinstance(paths, dict) or not paths:
        reason = "an OpenAPI document without paths"
    elif _HALF.search(text) and not _is_unicode(data):
        reason = "an OpenAPI document with half a character in it"
    return ContractError(f"{origin} holds {reason}.") if reason else Document(text, data, origin)


def _relation(data: Mapping[str, Any]) -> str | None:
    """Return what data is that looks like OpenAPI and does not say that it is."""
    if isinstance(data.get("swagger"), str | float):
        return f"a document of Swagger {data['swagger']}, not of OpenAPI 3"
    paths = data.get("paths")
    if isinstance(paths, dict) and any(path.startswith("/") for path in paths):
        return "paths, but does not say in which version of OpenAPI"
    return None


def _is_unicode(data: Any) -> bool:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    except RecursionError as error:
        # Writing takes a little more of the stack than reading.
        raise ValueError("it is nested too deeply") from error
    return True
