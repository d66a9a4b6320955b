"""What both clients begin with: how they are set up, and what they make of arguments.

Nothing here sends or waits, so it has no colour.
"""

from __future__ import annotations

import logging
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from wan_ergonomic._flows._polling import PollingPolicy
from wan_ergonomic._flows._retrying import RetryPolicy
from wan_ergonomic._flows._steps import CallContext

from ._clock import Clock
from ._errors import ConfigurationError
from ._generation import Drift, Generation, Update, is_id
from ._prompts import PromptDefaults, PromptWarning, find_preset, from_table, layer, prepare
from ._settings import check_headers, find_base_url, find_key, read_config

if TYPE_CHECKING:
    from wan_ergonomic._http._transport import Origin

# The page's own sample waits 1000 seconds for a run that took about 370.
WAIT_SECONDS = 1200.0
SUBMIT_SECONDS = 300.0
STATUS_SECONDS = 60.0

OnUpdate = Callable[[Update], object]
OnSubmit = Callable[[Generation], object]

_log = logging.getLogger("wan_ergonomic")


class Setup(ABC):
    """A client's settings, resolved once when it is made."""

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        defaults: PromptDefaults | None = None,
        preset: str | None = None,
        polling: PollingPolicy | None = None,
        retrying: RetryPolicy | None = None,
        timeout: float = WAIT_SECONDS,
        transport: Any = None,
        allow_private_links: bool = False,
        on_drift: Callable[[Drift], object] | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Set a client up; nothing is sent.

        Args:
            api_key: The AIML API key; by default ``AIMLAPI_API_KEY``, ``AIML_API_KEY`` or
                ``AIMLAPI_KEY`` from the environment.
            base_url: The API's address; https, or http on this machine.
            defaults: What to say with every prompt.
            preset: The name of more of that, built in or from the configuration file.
            polling: How to watch a job.
            retrying: How to try again what may be tried again.
            timeout: Seconds that ``generate``, ``wait`` and ``watch`` may take by default.
            transport: An httpx transport to use in place of the network.
            allow_private_links: Whether a video's link may lead to an address that is not public.
                This machine's own are allowed where the API is on this machine. Through a
                proxy, what a name stands for is for the proxy to judge.
            on_drift: Told of each departure of an answer from the published contract.
            clock: The time to go by; for tests.

        Raises:
            ConfigurationError: The client cannot be used so; nothing was sent.
        """
        key = find_key(api_key)
        self.base_url = find_base_url(base_url)
        self.defaults = resolve_defaults(defaults, preset)
        self.polling = polling or PollingPolicy()
        self.retrying = retrying or RetryPolicy()
        self.timeout = _check_timeout(timeout)
        self._on_drift = on_drift
        self._clock = clock or Clock()
        self._logged: dict[tuple[str, str], object] = {}
        # The first import of httpx.
        from wan_ergonomic._http._transport import Origin

        origin = Origin(self.base_url, key, allow_private_links=allow_private_links)
        self._connect(origin, transport)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r}, defaults={self.defaults!r})"

    @abstractmethod
    def _connect(self, origin: Origin, transport: Any) -> None:
        """Make what performs this colour's steps."""

    def _body(self, prompt: str, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the body to submit; say what the model will not do as asked."""
        preview = prepare(prompt, self.defaults, options)
        for text in preview.warnings:
            # The caller's line, not this one: over the client's method.
            warnings.warn(text, PromptWarning, stacklevel=3)
        return preview.body

    def _context(
        self, timeout: float | None, default: float, extra_headers: Mapping[str, str] | None
    ) -> CallContext:
        """Return what one call's flow goes by; its time begins now."""
        return CallContext(
            now=self._clock.now,
            started=self._clock.now(),
            timeout=default if timeout is None else _check_timeout(timeout),
            polling=self.polling,
            retrying=self.retrying,
            extra_headers=check_headers(extra_headers),
        )

    def _calls(
        self, update: Update, on_submit: OnSubmit | None, on_update: OnUpdate | None
    ) -> Iterator[tuple[Callable[[Any], object], object]]:
        """Yield each callback that an update is for, with what it is told; log new drift."""
        if on_submit and not update.polls:
            yield on_submit, update.generation
        if on_update and update.polls:
            yield on_update, update
        for drift in () if update.error else update.generation.drift:
            # In one step, for many threads may see it at once.
            ours = object()
            if self._logged.setdefault((drift.kind, drift.pointer), ours) is ours:
                _log.warning("The API departs from its contract: %s", drift)
            if self._on_drift:
                yield self._on_drift, drift


def resolve_defaults(defaults: PromptDefaults | None, preset: str | None) -> PromptDefaults:
    """Combine the caller's defaults, a preset and the configuration file, in that order.

    Raises:
        ConfigurationError: The preset does not exist, or the file is wrong.
    """
    config, unset = read_config(), PromptDefaults()
    return layer(
        defaults or unset,
        unset if preset is None else find_preset(preset, config.presets),
        from_table(config.defaults, "The configuration file"),
    )


def as_generation(generation: Generation | str) -> Generation:
    """Return a Generation for one, or for an id.

    Raises:
        ConfigurationError: It is neither.
    """
    if isinstance(generation, Generation):
        return generation
    if not isinstance(generation, str) or not is_id(generation):
        raise ConfigurationError(f"Not a generation or its id: {generation!r}.")
    return Generation(id=generation.strip())


def _check_timeout(seconds: float) -> float:
    with suppress(TypeError, ValueError, OverflowError):
        if seconds > 0:
            return float(seconds)
    raise ConfigurationError(f"timeout must be a positive number of seconds, not {seconds!r:.60}.")
