"""Builds the httpx clients: one with the key, for the API alone, and one without it.

The API's client talks to one origin and follows no redirect. Videos come from
other hosts, through the client without the key.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

import httpx

from wan_ergonomic._api_key import ApiKey
from wan_ergonomic._environment import Environment
from wan_ergonomic._errors import ConfigurationError
from wan_ergonomic._redaction import Key
from wan_ergonomic._settings import is_loopback
from wan_ergonomic._version import __version__

from ._adopt import adopt
from ._links import AddressPolicy
from ._transport import AsyncTransport, Transport

# Range counts bytes as they are sent, so responses must not be compressed.
_HEADERS = {"User-Agent": f"wan-ergonomic/{__version__}", "Accept-Encoding": "identity"}

Client = TypeVar("Client", httpx.Client, httpx.AsyncClient)


class ApiAuth(httpx.Auth):
    """Adds the key to requests to the API's own origin, and to no others.

    Attributes:
        key_source: Where the key came from.
    """

    def __init__(self, base_url: str, key: ApiKey) -> None:
        self.url = httpx.URL(base_url)
        self.key_source = key.source
        # Some questions can be asked without a key.
        self._key = Key(key.text) if key.text else None
        self.without_key = self._key.mask_in if self._key else str

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        """Add the key; called by httpx."""
        if self._key and _origin(request.url) == _origin(self.url):
            request.headers["Authorization"] = f"Bearer {self._key.text}"
        yield request


class Endpoint:
    """The API's address and key, and a check of the links to its videos.

    Attributes:
        links: The addresses that a video's link may lead to.
    """

    def __init__(
        self, base_url: str, key: ApiKey, environment: Environment, *, allow_private_links: bool
    ) -> None:
        self._environment = environment
        self._auth = ApiAuth(base_url, key)
        try:
            self._local = is_loopback(self._auth.url.host)
        except UnicodeError as error:
            raise ConfigurationError(f"base_url has an invalid host: {error}.") from error
        self.links = AddressPolicy(private=allow_private_links, loopback=self._local)

    def build_clients(self, make: type[Client], transport: Any) -> tuple[Client, Client]:
        """Return a client for the API, and one for videos, without the key.

        Raises:
            ConfigurationError: The caller's own transport cannot be used safely.
        """
        asynchronous = issubclass(make, httpx.AsyncClient)
        adopted = None if transport is None else adopt(transport, asynchronous=asynchronous)
        kind = AsyncTransport if asynchronous else Transport

        def client(**options: Any) -> Client:
            own: Any = kind(self._environment) if adopted is None else adopted
            return make(transport=own, trust_env=False, **options)

        api = client(
            auth=self._auth,
            base_url=self._auth.url,
            headers={**_HEADERS, "Accept": "application/json"},
            event_hooks={"response": [_adrop_location if asynchronous else _drop_location]},
        )
        return api, client(headers=_HEADERS)


def _drop_location(response: httpx.Response) -> None:
    """Drop the Location header: httpx parses it even when redirects are off, and may raise."""
    response.headers.pop("location", None)


async def _adrop_location(response: httpx.Response) -> None:
    _drop_location(response)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
