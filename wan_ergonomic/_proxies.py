"""The proxies of the environment, read and checked when a client is created.

A proxy's address may hold a password, which no message shows.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from ._errors import ConfigurationError

_SCHEMES = frozenset({"http", "https", "socks5", "socks5h"})
# The platforms on which the system's own settings may name a proxy.
_WITH_SETTINGS = frozenset({"darwin", "win32"})
_HOST = re.compile(r"[\w.:%-]+", re.ASCII)
_WITH_PORT = re.compile(r"(\[.*\]|[^:]*):(\d+)")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy.

    Attributes:
        variable: The environment variable that names it, or "the system's settings".
        scheme: The protocol to it: http, https, socks5 or socks5h.
        netloc: Its host and port.
        login: The user name and password for it.
    """

    variable: str
    scheme: str
    netloc: str
    login: tuple[str, str] | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"the proxy of {self.variable} ({self.netloc})"


class Proxies(NamedTuple):
    """Which hosts are reached through which proxy.

    Attributes:
        by_scheme: The proxies, by the scheme of a URL: http, https, or all.
        direct: The entries of ``NO_PROXY``, whose hosts are reached directly; None if the
            system's settings decide.
    """

    by_scheme: Mapping[str, Proxy] = MappingProxyType({})
    direct: tuple[str, ...] | None = ()

    def choose(self, scheme: str, host: str, port: int) -> Proxy | None:
        """Return the proxy for a URL, or None if it is requested directly."""
        proxy = self.by_scheme.get(scheme) or self.by_scheme.get("all")
        return None if proxy is None or self._is_direct(host, port) else proxy

    def _is_direct(self, host: str, port: int) -> bool:
        if self.direct is None:
            from urllib.request import proxy_bypass

            return bool(proxy_bypass(host))
        return any(_matches(entry.lower(), host.lower(), port) for entry in self.direct)


def read_proxies() -> Proxies:
    """Return the proxies of the environment, or else of the system's settings.

    Raises:
        ConfigurationError: One of them cannot be used; the text names its variable.
    """
    named = any(name.lower().endswith("_proxy") for name in os.environ)
    if not named and sys.platform not in _WITH_SETTINGS:
        return Proxies()
    # Slow to import, and rarely needed.
    from urllib.request import getproxies, getproxies_environment

    environment = getproxies_environment()
    found = environment or getproxies()
    by_scheme = {
        scheme: _parse(_variable(scheme), found[scheme])
        for scheme in ("http", "https", "all")
        if found.get(scheme, "").strip()
    }
    direct = re.split(r"[\s,]+", environment.get("no", "").strip()) if environment else None
    return Proxies(by_scheme=by_scheme, direct=None if direct is None else tuple(direct))


def _variable(scheme: str) -> str:
    """Return the name of the variable for a scheme; the lower-case one wins."""
    names = sorted((name for name in os.environ if os.environ[name].strip()), reverse=True)
    same = (name for name in names if name.lower() == f"{scheme}_proxy")
    return next(same, "the system's settings")


def _parse(variable: str, text: str) -> Proxy:
    address = text.strip() if "://" in text else f"http://{text.strip()}"
    scheme, _, rest = address.partition("://")
    authority = re.split("[/?#]", rest, maxsplit=1)[0]
    login, _, netloc = authority.rpartition("@")
    if mistake := _mistake(scheme.lower(), netloc, rest.removeprefix(authority)):
        raise ConfigurationError(
            f"The proxy of {variable} cannot be used: {mistake} Correct it or unset it. "
            "Nothing was sent."
        )
    user, _, password = login.partition(":")
    given = (unquote(user), unquote(password)) if login else None
    return Proxy(variable, scheme.lower(), netloc, given)


def _mistake(scheme: str, netloc: str, path: str) -> str | None:
    """Return what is wrong with a proxy's address."""
    if scheme not in _SCHEMES:
        return (
            "its address must begin with http://, https://, socks5:// or socks5h://, without "
            "quotes."
        )
    if "@" in path:
        return (
            "a /, ? or # in its user name or password must be written as %2F, %3F or %23, "
            "and an @ as %40."
        )
    try:
        parts = urlsplit(f"//{netloc}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", 0
    # With one slash after the scheme, "http:" is taken for a host with an empty port.
    if port == 0 or netloc.endswith(":"):
        return "its port must be a number from 1 to 65535."
    if not _HOST.fullmatch(host):
        return "its address has no valid host."
    if scheme.startswith("socks") and find_spec("socksio") is None:
        return "a SOCKS proxy needs another package: pip install 'httpx[socks]'."
    return None


def _matches(entry: str, host: str, port: int) -> bool:
    """Whether an entry of ``NO_PROXY`` matches: a name, an address, a network, or ``*``."""
    if found := _WITH_PORT.fullmatch(entry):
        entry = found[1]
        if int(found[2]) != port:
            return False
    with suppress(ValueError):
        return ip_address(host) in ip_network(entry.strip("[]"), strict=False)
    name = entry.removeprefix("*").lstrip(".")
    return entry == "*" or (bool(name) and f".{host}".endswith(f".{name}"))
