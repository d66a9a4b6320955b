"""Finds the live document of a model in the vendor's catalogue of models.

The catalogue is public: no key is sent, neither to it nor to the address that it
names. It is no part of the contract, so its form is read tolerantly.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from wan_ergonomic._errors import ContractError
from wan_ergonomic._settings import is_loopback

from ._fetch import follow, retrieve, shown

_LISTS = ("data", "models", "items")


class NoLiveDocumentError(ContractError):
    """The catalogue lists the model, and names no live document of it."""


def catalogue_url(base_url: str, model: str) -> str:
    """Return the address of a model's entry in the catalogue of an API."""
    return f"{base_url}/v1/models?{urlencode({'id': model, 'include': 'pricing'})}"


def live_document(catalogue: str, model: str) -> str:
    """Return the URL of the live OpenAPI document of a model.

    Args:
        catalogue: The address of the catalogue.
        model: The model's id, or another name of it.

    Raises:
        NoLiveDocumentError: The catalogue names none.
        ContractError: The catalogue cannot be read or does not list the model, or the URL
            cannot be used.
    """
    content = retrieve(catalogue)
    try:
        models = list(_models(json.loads(content.text)))
    except (ValueError, RecursionError) as error:
        raise ContractError(f"{content.name} is not a catalogue of models: not JSON.") from error
    found = _find(models, model)
    if found is None:
        raise ContractError(
            f"{content.name} does not list {model}; it lists {len(models)} other models."
        )
    written = _docs_json(found)
    if not written:
        raise NoLiveDocumentError(f"{content.name} names no live document of {model}.")
    if not isinstance(written, str):
        raise ContractError(f"{content.name} names a live document, but not by a URL.")
    return _checked(follow(content.location, written), content.location)


def _models(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the models of a catalogue: a list, an object that has one, or a single model."""
    if isinstance(value, Mapping):
        held = next((value[name] for name in _LISTS if name in value), value)
        value = [held] if isinstance(held, Mapping) else held
    elements: Iterable[Any] = value if isinstance(value, list) else ()
    return (each for each in elements if isinstance(each, Mapping))


def _find(models: Iterable[Mapping[str, Any]], name: str) -> Mapping[str, Any] | None:
    """Return the model with an id; else the first one with such an alias."""
    by_id = (model for model in models if model.get("id") == name)
    by_alias = (model for model in models if name in _aliases(model))
    return next(by_id, None) or next(by_alias, None)


def _aliases(model: Mapping[str, Any]) -> list[Any]:
    aliases = model.get("aliases")
    return aliases if isinstance(aliases, list) else [aliases]


def _docs_json(model: Mapping[str, Any]) -> Any:
    info = model.get("info")
    held = info if isinstance(info, Mapping) else model
    written = held.get("docsJson")
    return written.strip() if isinstance(written, str) else written


def _checked(url: str, catalogue: str) -> str:
    """Return a URL, unless it leads from a catalogue elsewhere to this machine."""
    host, other = (urlsplit(each).hostname or "" for each in (url, catalogue))
    if is_loopback(host) and not is_loopback(other):
        raise ContractError(
            f"{shown(url)} was not fetched: a catalogue may not lead to this machine."
        )
    return url
