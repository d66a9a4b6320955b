"""Where a video's link may lead: its scheme, its addresses, and how often it may redirect.

A link comes from outside, so it could point at a router, at a database or at the
metadata service of a cloud.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any, NamedTuple

import httpx

from wan_ergonomic._errors import DownloadError
from wan_ergonomic._redaction import shorten_link
from wan_ergonomic._settings import is_loopback

Network = IPv4Network | IPv6Network

MAX_REDIRECTS = 5
TOO_MANY_REDIRECTS = (
    f"The video's link has more than {MAX_REDIRECTS} redirects; they were not followed."
)

_NAT64 = ip_network("64:ff9b::/96")
# Every IPv6 address that a public host may have is in here.
_UNICAST = ip_network("2000::/3")
# No public host has one of these, and not every version of Python knows it.
_NEVER_PUBLIC = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
# Private addresses that stand for public hosts on some machines, and who assigns them.
_STAND_INS = {
    ip_network("198.18.0.0/15"): "by proxies with fake IP addresses, such as Clash or Surge",
    ip_network("100.64.0.0/10"): "by carriers, and by VPNs such as Tailscale",
}


class AddressPolicy(NamedTuple):
    """Which addresses a video's link may lead to, besides public ones.

    Attributes:
        private: Whether any other address is allowed.
        loopback: Whether addresses of this machine are allowed, over http too; true if the API is
            on this machine.
    """

    private: bool
    loopback: bool

    def check_link(self, url: httpx.URL) -> None:
        """Check that a link or redirect is https, and that a literal address in it is allowed.

        Raises:
            DownloadError: It must not be followed.
            UnicodeError: The host is not valid.
        """
        if not 0 < (url.port or 1) < 2**16:
            raise DownloadError(
                f"The link {shorten_link(str(url))!r} has an invalid port; not followed."
            )
        secure = url.scheme == "https" and url.host
        if not (secure or (self.loopback and url.scheme == "http" and is_loopback(url.host))):
            raise DownloadError(f"The link {shorten_link(str(url))!r} is not https; not followed.")
        # A literal address in any notation; names are checked on connect.
        with suppress(OSError):
            self.check(addresses(socket.getaddrinfo(url.host, None, flags=socket.AI_NUMERICHOST)))

    def check(self, found: Iterable[str]) -> None:
        """Check that all addresses of a host are allowed.

        Raises:
            DownloadError: One is not; the link was not followed.
        """
        for text in found:
            address = _effective(text)
            if not (self.private or _is_public(address) or (self.loopback and address.is_loopback)):
                raise DownloadError(
                    f"The video's link leads to {text}, which is not a public address; it was not "
                    f"followed. {_explanation(address)}If you expect this, pass "
                    "allow_private_links=True (on the command line, --allow-private-links). The "
                    "video is paid for, and can be downloaded later."
                )


def redirect(url: httpx.URL, response: httpx.Response) -> httpx.URL | None:
    """Return where a response to a request for ``url`` leads; None if it leads nowhere.

    Raises:
        httpx.RemoteProtocolError: That is not a URL; another response may have one.
        httpx.InvalidURL: It is one without a host, such as ``data:``.
    """
    if not response.has_redirect_location:
        return None
    try:
        target = httpx.URL(response.headers["location"])
    except httpx.InvalidURL as error:
        raise httpx.RemoteProtocolError(f"the redirect has an invalid URL: {error}") from error
    if target.scheme and not target.host:
        target = target.copy_with(host=url.host)
    return url.join(target)


def addresses(found: Iterable[tuple[Any, ...]]) -> list[str]:
    """Return the addresses that ``getaddrinfo`` found, in its order."""
    return [str(entry[4][0]) for entry in found]


def _effective(text: str) -> IPv4Address | IPv6Address:
    """Return an address, or the IPv4 address that it embeds."""
    address = ip_address(text)
    if isinstance(address, IPv4Address):
        return address
    inner = IPv4Address(address.packed[-4:]) if address in _NAT64 else None
    return inner or address.ipv4_mapped or address.sixtofour or address


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    local = address.is_multicast or address.is_reserved
    elsewhere = isinstance(address, IPv6Address) and address not in _UNICAST
    return address.is_global and not (local or elsewhere or _within(address, _NEVER_PUBLIC))


def _within(address: IPv4Address | IPv6Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


def _explanation(address: IPv4Address | IPv6Address) -> str:
    """Return a sentence about an address that stands for a public host; empty for any other."""
    found = (text for network, text in _STAND_INS.items() if address in network)
    return next((f"Such addresses are assigned {text}. " for text in found), "")
