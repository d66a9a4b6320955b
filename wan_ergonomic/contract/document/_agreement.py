"""What documents must agree about to be joined: the server, and how the key is sent.

Only what has an effect is compared. Descriptions, bearer formats, further servers, members
that OpenAPI does not define for a type of scheme, and the case of a header's name have none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from wan_ergonomic._errors import ContractError
from wan_ergonomic._spec import address

# The members of a security scheme that have an effect, by its type.
_MEMBERS = {
    "http": ("type", "scheme"),
    "apiKey": ("type", "in", "name"),
    "oauth2": ("type", "flows"),
    "openIdConnect": ("type", "openIdConnectUrl"),
    "mutualTLS": ("type",),
}
_BARE_HOST = re.compile(r"(?://)?(?P<rest>[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/.*)?)")
_HOST = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*", re.IGNORECASE)
_DEFAULT_PORT = {"http": ":80", "https": ":443"}


class Agreement:
    """What the documents that were joined so far say, and which of them says it."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[Any, str]] = {}

    def check(self, what: str, value: Any, name: str) -> bool:
        """Check that a document says the same as earlier ones; return whether there are none.

        Args:
            what: What it is about.
            value: The parts of it that have an effect.
            name: The document's name.

        Raises:
            ContractError: It names both documents, and what differs.
        """
        is_new = what not in self._said
        said, earlier = self._said.setdefault(what, (value, name))
        if said != value:
            raise ContractError(
                f"Two documents disagree about {what}: {_difference(said, value, earlier, name)}. "
                "Pass copies in which both say what is right."
            )
        return is_new


def _difference(one: Any, other: Any, first: str, second: str) -> str:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        keys = sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
        one, other = ({key: held[key] for key in keys if key in held} for held in (one, other))
    return f"{_shown(one)} in {first}, but {_shown(other)} in {second}"


def _shown(value: Any) -> str:
    """Return the members of an object, or any other value, for a sentence."""
    if not isinstance(value, Mapping):
        return repr(value)
    return ", ".join(f"{key} is {held!r}" for key, held in value.items()) or "nothing"


def absolute(server: Mapping[str, Any], host: str | None) -> str | None:
    """Return the URL of a server; if it has no host, relative to the given one.

    Returns:
        None if neither names a host.
    """
    url = str(server.get("url", "")).strip().rstrip("/")
    called = address({**server, "url": url})
    if "://" in called and "{" not in called:
        return url
    if bare := _BARE_HOST.fullmatch(called):
        return f"https://{bare['rest']}"
    if host is None:
        return None
    base = f"{host.rstrip('/')}/"
    return base.rstrip("/") if "{" in called else urljoin(base, called).rstrip("/")


def called(servers: Any, host: str | None = None) -> str | None:
    """Return the address that a client of these servers calls, the first; None without one.

    Args:
        servers: The servers, as published.
        host: The URL that a server without a host is relative to.
    """
    first = servers[0] if isinstance(servers, list) and servers else servers
    if not first:
        return None
    server = first if isinstance(first, Mapping) else {"url": first}
    url = address({**server, "url": (host and absolute(server, host)) or server.get("url", "")})
    named = _HOST.match(url)
    if named is None:
        return url
    scheme, _, name = named[0].lower().partition("://")
    return f"{scheme}://{name.removesuffix(_DEFAULT_PORT.get(scheme, ''))}{url[named.end() :]}"


def effect_of(scheme: Any) -> Any:
    """Return the members of a security scheme that have an effect."""
    if not isinstance(scheme, Mapping):
        return scheme
    members = _MEMBERS.get(str(scheme.get("type")), tuple(scheme.keys() - {"description"}))
    kept = {key: scheme[key] for key in members if key in scheme}
    # The names of a method and of a header have no case.
    for key in ("scheme", "name") if kept.get("in", "header") == "header" else ():
        if isinstance(kept.get(key), str):
            kept[key] = kept[key].lower()
    if isinstance(kept.get("flows"), Mapping):
        kept["flows"] = {name: _flow(flow) for name, flow in kept["flows"].items()}
    return kept


def _flow(flow: Any) -> Any:
    """Return a flow of OAuth without the descriptions of its scopes."""
    scopes = flow.get("scopes") if isinstance(flow, Mapping) else None
    return {**flow, "scopes": sorted(scopes)} if isinstance(scopes, Mapping) else flow
