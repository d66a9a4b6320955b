"""Explains why a connection failed, and says what to do."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

import httpx

from wan_ergonomic._environment import Trust
from wan_ergonomic._proxies import Proxy
from wan_ergonomic._settings import is_loopback

from ._routes import ROUTE, Route

# From OpenSSL's x509_vfy.h.
_NOT_YET_VALID, _EXPIRED, _OTHER_HOST, _OTHER_ADDRESS = 9, 10, 62, 64
# The 4xx statuses of a proxy that may be different a moment later.
_TEMPORARY = frozenset({408, 425, 429})
_BAD_LOGIN = re.compile(r"407\b|Invalid username/password|Requested .* from proxy server")
_REFUSED = re.compile(r"(4\d\d)\b|.*not allowed by ruleset")


class Cause(NamedTuple):
    """Why a connection failed.

    Attributes:
        place: The host, and the proxy if there was one; empty if not known.
        reason: What happened.
        hint: What to do, as a sentence; empty if there is nothing to say.
        permanent: Whether another attempt would fail as well.
    """

    place: str
    reason: str
    hint: str = ""
    permanent: bool = False


def chain_of(error: BaseException) -> list[BaseException]:
    """Return an error and its causes, each once: an error can be its own cause."""
    chain: list[BaseException] = []
    each: BaseException | None = error
    while each and each not in chain:
        chain.append(each)
        each = each.__cause__ or each.__context__
    return chain


def cause_of(error: BaseException) -> Cause:
    """Return why a connection failed."""
    request = None
    with suppress(AttributeError, RuntimeError):
        request = error.request  # type: ignore[attr-defined]
    route: Route = request.extensions.get(ROUTE, Route()) if request else Route()
    host = request.url.host if request else ""
    place = f"{host} through {route.proxy}" if route.proxy else host
    reason = str(error).rstrip(".") or type(error).__name__
    chain = chain_of(error)
    for each in chain:
        if isinstance(each, ssl.SSLCertVerificationError):
            # Errors that do not come from OpenSSL may lack these attributes.
            why = getattr(each, "verify_message", each)
            return Cause(
                place=place,
                reason=f"the server's certificate is not trusted ({why})",
                hint=_certificate_hint(getattr(each, "verify_code", 0), route.trust),
                permanent=True,
            )
    if isinstance(error, httpx.ProxyError):
        return _proxy_cause(place, reason, route.proxy)
    permanent, hint = _other_hint(chain, route.proxy, request)
    return Cause(place=place, reason=reason, hint=hint, permanent=permanent)


def _certificate_hint(code: int, trust: Trust) -> str:
    if code in {_NOT_YET_VALID, _EXPIRED}:
        return "Check the clock of this machine."
    if code in {_OTHER_HOST, _OTHER_ADDRESS}:
        return (
            "The certificate is for another host: check base_url, and which server responds there."
        )
    if trust.variables:
        return (
            f"Only the certificates of {trust.variables} are trusted: add the server's root "
            "certificate there, or unset it."
        )
    return (
        "If a proxy or virus scanner inspects the traffic of this network, set SSL_CERT_FILE to "
        "its root certificate, in PEM form."
    )


def _proxy_cause(place: str, reason: str, proxy: Proxy | None) -> Cause:
    variable = proxy.variable if proxy else "its address"
    if _BAD_LOGIN.match(reason):
        hint = f"Correct the user name and password for the proxy in {variable}."
        return Cause(place=place, reason=reason, hint=hint, permanent=True)
    refused = _REFUSED.match(reason)
    if refused and int(refused[1] or 403) not in _TEMPORARY:
        hint = "The proxy refuses this host: ask its administrator, or use another proxy."
        return Cause(place=place, reason=reason, hint=hint, permanent=True)
    return Cause(place=place, reason=reason, hint=f"Check {proxy or 'the proxy'}.")


def _other_hint(
    chain: Iterable[BaseException], proxy: Proxy | None, request: httpx.Request | None
) -> tuple[bool, str]:
    """Return whether another attempt would fail as well, and a hint."""
    for each in chain:
        # Only errors of OpenSSL are sure to have a reason.
        reason = getattr(each, "reason", None)
        if isinstance(each, ssl.SSLError) and reason == "WRONG_VERSION_NUMBER":
            if proxy and proxy.scheme == "https":
                return True, f"The proxy does not use TLS: write http:// in {proxy.variable}."
            return True, "The server does not use TLS at that port: check base_url."
        if isinstance(each, socket.gaierror) and not proxy:
            return False, "Check the name of the host, and this machine's network."
    if proxy:
        return False, f"Check that the proxy in {proxy.variable} is correct and running."
    if request and is_loopback(request.url.host):
        place = request.url.netloc.decode("ascii")
        return False, f"Check base_url, and that a server listens at {place}."
    return False, "Check this machine's network."
