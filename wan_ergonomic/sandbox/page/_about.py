"""What the page shows that never changes: the form's fields, the scenarios, what to copy."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from wan_ergonomic import _spec
from wan_ergonomic._api_key import URL_KEY_VARIABLE, URL_VARIABLE

from .._named_scenario import SCENARIOS
from .._scenario import STAGES, Scenario
from ..account import ACCOUNT_SCENARIOS, ACCOUNT_STAGES, AccountScenario

_KINDS = ("string", "integer", "number", "boolean")
_IN_SCHEMA = ("enum", "default", "minimum", "maximum", "maxLength")

_PYTHON = """\
from wan_ergonomic import PollingPolicy, WanClient

polling = PollingPolicy(min_interval=0.1, max_interval=1.0)
with WanClient({key!r}, base_url={url!r}, polling=polling) as wan:
    generation = wan.generate("A paper boat")
    wan.download(generation, "boat.mp4")
"""


def export(url: str, key: str) -> str:
    """Return a shell command that makes `wan` and clients use a sandbox, with its key."""
    return f"export {URL_VARIABLE}={shlex.quote(url)} {URL_KEY_VARIABLE}={shlex.quote(key)}"


def about(url: str, key: str) -> dict[str, Any]:
    """Return what the page needs to know once.

    Args:
        url: The sandbox's own URL, as the page is open.
        key: The key that it accepts.
    """
    return {
        "url": url,
        "key": key,
        "create": {"method": _spec.METHODS["create"].upper(), "path": _spec.path("create")},
        "model": _spec.model(),
        "fields": list(_fields()),
        "scenarios": _listed(SCENARIOS.values(), STAGES),
        "accounts": _listed(ACCOUNT_SCENARIOS.values(), ACCOUNT_STAGES),
        "shell": export(url, key),
        "python": _PYTHON.format(key=key, url=url),
    }


def _fields() -> Iterable[dict[str, Any]]:
    """Yield the options of a request that a form can have."""
    schema = _spec.request_schema()
    for name, part in schema["properties"].items():
        kind = next((kind for kind in _KINDS if kind in _spec.types(part)), None)
        if kind and name not in {"model", "prompt"}:
            limits = {limit: part[limit] for limit in _IN_SCHEMA if part.get(limit) is not None}
            required = name in schema.get("required", ())
            yield {"name": name, "kind": kind, "required": required, **limits}


def _listed(
    scenarios: Iterable[Scenario | AccountScenario], stages: Mapping[Any, str]
) -> list[dict[str, str]]:
    return [
        {"name": one.name, "summary": one.summary, "stage": stages[one.stage]} for one in scenarios
    ]
