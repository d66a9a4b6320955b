"""Each setting that is in force, and where it comes from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from wan_ergonomic import WanError
from wan_ergonomic._api_key import URL_VARIABLE, find_key
from wan_ergonomic._environment import read_environment
from wan_ergonomic._settings import CONFIG_VARIABLE, ConfigFile, find_base_url, read_config
from wan_ergonomic.ledger import LEDGER_VARIABLE, find_ledger

# As much of a key as tells it from another one, and a whole one that is so short is none.
_SHOWN, _SHORTEST = 4, 16


@dataclass(frozen=True, slots=True)
class Value:
    """A setting that is in force.

    Attributes:
        name: Its name.
        value: Its value; None if it is not set. Of the key, only its end.
        source: Where it is from, or why there is none.
    """

    name: str
    value: Any
    source: str


def values_in_force() -> Iterator[Value]:
    """Yield the settings in force.

    Raises:
        ConfigurationError: The configuration file, an address or a proxy is not valid.
    """
    yield _key()
    url = find_base_url(None)
    is_named = bool(os.environ.get(URL_VARIABLE, "").strip())
    yield Value("base_url", url, URL_VARIABLE if is_named else "the contract")
    config = read_config()
    named = os.environ.get(CONFIG_VARIABLE)
    where = CONFIG_VARIABLE if named else "the default place"
    yield Value("config", config.file and str(config.file), where if config.file else "no file")
    yield from _of_file(config)
    ledger = find_ledger()
    source = LEDGER_VARIABLE if os.environ.get(LEDGER_VARIABLE, "").strip() else "the default place"
    yield Value("ledger", ledger and str(ledger.path), source)
    yield from _network(url)


def masked(key: str) -> str:
    """Return the end of a key, and how long it is."""
    end = key[-_SHOWN:] if len(key) >= _SHORTEST else ""
    return f"…{end} ({len(key)} characters)"


def _key() -> Value:
    try:
        key = find_key(None)
    except WanError as error:
        return Value("key", None, str(error).removesuffix(" Nothing was sent or spent."))
    return Value("key", masked(key.text), key.source)


def _of_file(config: ConfigFile) -> Iterator[Value]:
    for table in ("defaults", "limits"):
        for name, value in getattr(config, table).items():
            yield Value(f"{table}.{name}", value, f"[{table}] of {config.file}")
    if config.presets:
        yield Value("presets", ", ".join(sorted(config.presets)), f"[presets] of {config.file}")


def _network(url: str) -> Iterator[Value]:
    environment = read_environment(url)
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    proxy = environment.proxies.choose(parts.scheme, parts.hostname or "", port)
    where = proxy and f"{proxy.scheme}://{proxy.netloc}"
    yield Value("proxy", where, proxy.variable if proxy else "none for the API")
    trust = environment.trust
    yield Value("certificates", trust.file or trust.folder, trust.variables or "the system's")
