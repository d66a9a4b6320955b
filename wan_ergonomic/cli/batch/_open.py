"""Opens a batch and the client that makes its videos."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from wan_ergonomic import PollingPolicy, WanClient
from wan_ergonomic._prompts import PromptDefaults, layer
from wan_ergonomic._settings import find_base_url, resolve_defaults
from wan_ergonomic.cli._connection import Connection, check_connection
from wan_ergonomic.cli._extras import load_sandbox, needs_extra
from wan_ergonomic.cli.session._options import PromptOptions, PromptSettings
from wan_ergonomic.cli.session._prompt import own_defaults
from wan_ergonomic.cli.session._session import EMBEDDED_SPEED

if TYPE_CHECKING:
    from wan_ergonomic.ledger import Ledger

_EMBEDDED_POLLING = PollingPolicy(min_interval=0.25, max_interval=0.5)
# Many rows write at once, and none of them is in a hurry.
_LEDGER_SECONDS = 30.0
# A person does not wait longer than this to be told a price.
_PRICE_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The API that a batch calls.

    Attributes:
        base_url: Its address.
        options: The arguments of a client for it.
    """

    base_url: str
    options: Mapping[str, Any]

    def price(self) -> Callable[[Mapping[str, Any]], float | None]:
        """Read the catalogue once; return what tells the price of a request by it."""
        with WanClient(**self.options) as wan:
            wan.price(timeout=_PRICE_SECONDS)
            pricing = wan._pricing

        def price(body: Mapping[str, Any]) -> float | None:
            known = pricing.last_read(body)
            return known.usd if known else None

        return price


@contextmanager
def api_of(connection: Connection) -> Iterator[Api]:
    """Give the API that the options name; an embedded sandbox lives as long as the context."""
    check_connection(connection)
    with ExitStack() as stack:
        options: dict[str, Any] = {
            "base_url": connection.base_url,
            "allow_private_links": connection.allow_private_links,
        }
        if connection.sandbox:
            sandbox = stack.enter_context(load_sandbox()(speed=EMBEDDED_SPEED))
            options |= {"base_url": sandbox.url, "api_key": sandbox.key}
            options["polling"] = _EMBEDDED_POLLING
        yield Api(base_url=find_base_url(options["base_url"]), options=options)


def defaults_of(options: PromptOptions, settings: PromptSettings) -> PromptDefaults:
    """Return the options of the command line, over those of presets and the configuration."""
    own = own_defaults(settings)
    chosen = PromptDefaults(prefix=own.prefix, suffix=own.suffix, **options.chosen())
    return layer(chosen, resolve_defaults(chosen, settings.preset))


def ledger_of(connection: Connection, trouble: Callable[[str], object]) -> Ledger | None:
    """Return the user's own ledger; an embedded sandbox bills nothing, so it has none."""
    if connection.sandbox or connection.no_ledger:
        return None
    from wan_ergonomic.ledger import find_ledger

    return find_ledger(on_trouble=trouble, patience=_LEDGER_SECONDS)


needs_batch = partial(needs_extra, "batch", "A batch")
