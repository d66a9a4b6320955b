"""Where a video's link may lead: its scheme, its addresses, and how often it may redirect.

A link comes from outside, so it could point at a router, at a database or at the
metadata service of a cloud.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpx

from wan_ergonomic._errors import DownloadError
from wan_ergonomic._redaction import shorten_link
from wan_ergonomic._settings import is_loopback

MAX_REDIRECTS = 5
TOO_MANY_REDIRECTS = (
    f"The video's link has more than {MAX_REDIRECTS} redirects; they were not followed."
)

_NAT64 = ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPolicy:
    """Which addresses a video's link may lead to, besides public ones.

    Attributes:
        private: All others.
        loopback: Those of this machine, over http too: its API is a sandbox.
    """

    private: bool
    loopback: bool

    def check_link(self, url: httpx.URL) -> None:
        """Reject a link, or a redirect, that is not https or leads where it may not.

        Raises:
            DownloadError: The link must not be followed.
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
            self.check(socket.getaddrinfo(url.host, None, flags=socket.AI_NUMERICHOST))

    def check(self, found: Iterable[tuple[Any, ...]]) -> list[str]:
        """Return the addresses that ``getaddrinfo`` found, in its order.

        Raises:
            DownloadError: A link may not lead to one of them.
        """
        addresses = [str(entry[4][0]) for entry in found]
        for text in addresses:
            address = _effective(text)
            if not (self.private or _is_public(address) or (self.loopback and address.is_loopback)):
                raise DownloadError(
                    f"The video's link leads to {text}, which is not a public address; it was not "
                    "followed. If you expect this, pass allow_private_links=True."
                )
        return addresses


def _effective(text: str) -> IPv4Address | IPv6Address:
    """Return an address, or the IPv4 address that it embeds."""
    address = ip_address(text)
    if isinstance(address, IPv4Address):
        return address
    inner = IPv4Address(address.packed[-4:]) if address in _NAT64 else None
    return inner or address.ipv4_mapped or address.sixtofour or address


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    local = address.is_reserved or getattr(address, "is_site_local", False)
    return address.is_global and not (address.is_multicast or local)
