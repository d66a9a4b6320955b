"""Makes the requests: those to the API have the key, those for videos do not.

No redirect of the API is followed. Videos come from other hosts.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import httpx

from wan_ergonomic._api_key import ApiKey
from wan_ergonomic._environment import Environment
from wan_ergonomic._errors import ConfigurationError
from wan_ergonomic._flows import Call, Fetch, Query
from wan_ergonomic._redaction import Key
from wan_ergonomic._settings import is_loopback
from wan_ergonomic._version import __version__

from ._adopt import adopt
from ._describe import Description, describe
from ._links import AddressPolicy
from ._pool import FRESH
from ._transport import AsyncTransport, Transport, timeouts

# A stream that receives nothing for this many seconds is given up.
STALL_SECONDS = 30.0

_HEADERS = {
    "User-Agent": f"wan-ergonomic/{__version__}",
    # Range counts bytes as they are sent, so responses must not be compressed.
    "Accept-Encoding": "identity",
    # The default of HTTP/1.1, but not of an old proxy.
    "Connection": "keep-alive",
}
# How many URLs are kept, as it takes long to parse one: those of as many jobs.
_URLS = 4096


class Endpoint:
    """The API's address and key, and a check of the links to its videos.

    Attributes:
        links: The addresses that a video's link may lead to.
        key_source: Where the key came from.
        without_key: Masks the key in a text.
    """

    def __init__(
        self, base_url: str, key: ApiKey, environment: Environment, *, allow_private_links: bool
    ) -> None:
        self._environment = environment
        try:
            local = is_loopback(httpx.URL(base_url).host)
        except UnicodeError as error:
            raise ConfigurationError(f"base_url has an invalid host: {error}.") from error
        self.links = AddressPolicy(private=allow_private_links, loopback=local)
        self.key_source = key.source
        # Some questions can be asked without a key.
        self.without_key = Key(key.text).mask_in if key.text else str
        self._keyless = httpx.Headers({**_HEADERS, "Accept": "application/json"})
        self._headers = httpx.Headers(self._keyless)
        self._headers.update(authorization(key.text))
        # Whatever follows the slash, it cannot change the host that the key is sent to.
        self._url = lru_cache(_URLS)(lambda rest: httpx.URL(f"{base_url}/{rest}"))

    def connect(self, own: Any, *, asynchronous: bool) -> Any:
        """Return the transport that sends the requests: the caller's own, or one of this library.

        Raises:
            ConfigurationError: The caller's own transport cannot be used safely.
        """
        if own is not None:
            return adopt(own, asynchronous=asynchronous)
        return (AsyncTransport if asynchronous else Transport)(self._environment)

    def request(self, call: Call | Query) -> httpx.Request:
        """Return the request of a call, with the key if its operation needs one.

        Raises:
            ConfigurationError: It cannot be sent.
        """
        asked = describe(call)
        headers = httpx.Headers(self._headers if asked.with_key else self._keyless)
        for more in (asked.headers, call.headers):
            if more:
                headers.update(more)
        return httpx.Request(
            asked.method,
            self._address(asked),
            headers=headers,
            extensions={"timeout": timeouts(call.timeout), **(FRESH if asked.fresh else {})},
            **asked.content,
        )

    def _address(self, asked: Description) -> httpx.URL:
        query = f"?{httpx.QueryParams(asked.query)}" if asked.query else ""
        try:
            return self._url(asked.path.lstrip("/") + query)
        except httpx.InvalidURL as error:
            raise ConfigurationError(f"The request URL is invalid: {error}.") from error


def authorization(key: str) -> dict[str, str]:
    """Return the header with the key; none without a key."""
    return {"Authorization": f"Bearer {key}"} if key else {}


def video_request(url: httpx.URL, step: Fetch) -> httpx.Request:
    """Return the request for a video, or for the rest of it."""
    timeout = timeouts(min(STALL_SECONDS, step.left()))
    headers: Mapping[str, str] = {"Accept": "*/*", **_HEADERS, **step.part.request_headers()}
    # On a reused connection, the rest of an earlier response could be read as this one.
    return httpx.Request("GET", url, headers=headers, extensions={"timeout": timeout, **FRESH})
