"""Spans of OpenTelemetry for a client's calls, where the program has set OpenTelemetry up.

Nothing of it is a dependency or imported here: a program that has set it up has imported
it. In any other, a call looks into ``sys.modules`` once, and nothing else is different.
"""

from __future__ import annotations

import sys
from typing import Any, TypeVar

R = TypeVar("R")


def observe(steps: Any, runner: R, base_url: str) -> tuple[Any, R]:
    """Return steps and their runner with spans, or as they are if nobody wants any.

    Args:
        steps: What a call does; its ``__name__`` says which call it is.
        runner: What runs them.
        base_url: The API's address.
    """
    api = sys.modules.get("opentelemetry.trace")
    if api is None:
        return steps, runner
    provider = api.get_tracer_provider()
    # Without a provider of the program's own, no span would be recorded.
    if isinstance(provider, api.ProxyTracerProvider | api.NoOpTracerProvider):
        return steps, runner
    from ._spans import observed

    return observed(steps, runner, base_url, api, provider)


__all__ = ["observe"]
