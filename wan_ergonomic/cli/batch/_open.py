"""The API that makes the videos of a batch, and what it takes for them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from wan_ergonomic import PollingPolicy
from wan_ergonomic._prompts import PromptDefaults, check_options, layer
from wan_ergonomic._settings import find_base_url, resolve_defaults
from wan_ergonomic.cli._connection import ServerOptions, check_connection
from wan_ergonomic.cli._extras import load_sandbox, needs_extra
from wan_ergonomic.cli.session._options import PromptOptions, PromptSettings
from wan_ergonomic.cli.session._prompt import own_defaults
from wan_ergonomic.cli.session._session import EMBEDDED_SPEED, client_type, type_without_key

if TYPE_CHECKING:
    from wan_ergonomic.ledger import Ledger

# What stands for the address of an embedded sandbox, which is another one each time.
SANDBOX = "sandbox"

_EMBEDDED_POLLING = PollingPolicy(min_interval=0.25, max_interval=0.5)
# Many rows write at once, and none of them is in a hurry.
_LEDGER_SECONDS = 30.0
# A person does not wait longer than this to be told a price.
_PRICE_SECONDS = 10.0

needs_batch = partial(needs_extra, "batch", "A batch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What requests cost, by the catalogue as it was read once.

    Attributes:
        of: Returns the price of a request in US dollars; None if it is not known.
        reason: Why no price is known, or only by an older catalogue.
    """

    of: Callable[[Mapping[str, Any]], float | None]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The API that a batch calls.

    Attributes:
        base_url: Its address; ``SANDBOX`` for an embedded sandbox.
        options: The arguments of a client for it.
    """

    base_url: str
    options: Mapping[str, Any]

    def prices(self, *, needs_key: bool = True) -> Prices:
        """Read the catalogue, and return what things cost by it."""
        kind = client_type() if needs_key else type_without_key()
        with kind(**self.options) as wan:
            reason = wan.price(timeout=_PRICE_SECONDS).reason.rstrip(".")
            pricing = wan._pricing

        def of(body: Mapping[str, Any]) -> float | None:
            known = pricing.last_read(body)
            return known.usd if known else None

        return Prices(of=of, reason=reason)


@contextmanager
def api_of(connection: ServerOptions, *, needs_key: bool = True) -> Iterator[Api]:
    """Give the API that the options name; an embedded sandbox lives as long as the context.

    Raises:
        UsageError: Both a sandbox and an address are given.
        ConfigurationError: There is no key, and one is needed.
    """
    check_connection(connection, needs_key=needs_key)
    # Polls that fail and are repeated are not worth a line for each row.
    logging.getLogger("wan_ergonomic").addHandler(logging.NullHandler())
    with ExitStack() as stack:
        options: dict[str, Any] = {"allow_private_links": connection.allow_private_links}
        if connection.sandbox:
            sandbox = stack.enter_context(load_sandbox()(speed=EMBEDDED_SPEED))
            options |= {"base_url": sandbox.url, "api_key": sandbox.key}
            yield Api(base_url=SANDBOX, options={**options, "polling": _EMBEDDED_POLLING})
        else:
            base_url = find_base_url(connection.base_url)
            yield Api(base_url=base_url, options={**options, "base_url": connection.base_url})


def defaults_of(options: PromptOptions, settings: PromptSettings) -> PromptDefaults:
    """Return the options of the command line, over those of presets and the configuration."""
    own = own_defaults(settings)
    # The command line may still have an option that the contract has lost.
    checked = check_options(options.chosen())
    chosen = PromptDefaults(prefix=own.prefix, suffix=own.suffix, **checked)
    return layer(chosen, resolve_defaults(chosen, settings.preset))


def ledger_of(connection: ServerOptions, trouble: Callable[[str], object]) -> Ledger | None:
    """Return the user's own ledger; an embedded sandbox bills nothing, so it has none."""
    if connection.sandbox or connection.no_ledger:
        return None
    from wan_ergonomic.ledger import find_ledger

    return find_ledger(on_trouble=trouble, patience=_LEDGER_SECONDS)
