"""A client's settings: the base URL, extra headers, the configuration file.

The environment is read when a client is made, never at import.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from math import inf
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ._api_key import KEY_VARIABLES, URL_VARIABLE
from ._errors import ConfigurationError
from ._prompts import PromptDefaults, find_preset, from_table, layer
from ._spec import METHODS, path, server_url

CONFIG_VARIABLE = "WAN_CONFIG"

_TABLES = frozenset({"defaults", "limits", "presets"})
_LIMITS = ("max_usd", "ask_above_usd")
# Names that people give the API key; a configuration file may set none of them.
_KEY_NAMES = frozenset({"api_key", "api-key", "apikey", "key", "token"})

_DEFAULT_PORTS: Mapping[str, int] = {"http": 80, "https": 443}
# IDNA 2003 and 2008 encode these differently, so the key could go to the wrong host.
_AMBIGUOUS = frozenset("ßς\u200c\u200d")
_HOST = re.compile(r"[\w.:%-]*", re.ASCII)
_USER_INFO = re.compile(r"//[^/]*@")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[ -~]*")
_VISIBLE = re.compile(r"[!-~]+")
_OURS = frozenset({"authorization", "host", "content-length", "transfer-encoding", "connection"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFile:
    """The content of the configuration file.

    Attributes:
        file: Its path; None if there is no file.
        defaults: Its ``[defaults]`` table.
        limits: Its ``[limits]`` table: ``max_usd``, ``ask_above_usd``, in US dollars.
        presets: Its ``[presets.NAME]`` tables.
    """

    file: Path | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def find_base_url(base_url: str | None) -> str:
    """Return the API's address, normalized: the argument, ``WAN_BASE_URL``, or the contract's.

    Its scheme and host are in lower case. A default port, a trailing slash, and a part that the
    contract's own paths begin with are removed.

    Raises:
        ConfigurationError: It is not a valid URL, or would send the key unencrypted.
    """
    source, url = "base_url", base_url
    if url is None and (url := os.environ.get(URL_VARIABLE, "").strip() or None):
        source = URL_VARIABLE
    url = str(server_url() if url is None else url).strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host, port = _ascii_host(parts.hostname or ""), parts.port
    except ValueError as error:
        reason = f": {error}" if isinstance(error, _HostError) else ""
        raise ConfigurationError(f"{_malformed(source, url)}{reason}. Nothing was sent.") from error
    # urlsplit removes line breaks and tabs; httpx would raise on them.
    visible = _VISIBLE.fullmatch(url.replace(parts.netloc, "", 1)) and url.isprintable()
    if not (host and visible) or parts.scheme not in _DEFAULT_PORTS:
        raise ConfigurationError(f"{_malformed(source, url)}. Nothing was sent.")
    if parts.username is not None or "?" in url or "#" in url:
        raise ConfigurationError(
            f"{source} must be only a scheme, a host, a port and a path. Nothing was sent."
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigurationError(
            f"{source} must begin with https://. Over http, the key could be read on the way to "
            f"{host}. Nothing was sent."
        )
    shown = f"[{host}]" if ":" in host else host
    other_port = "" if port in {None, _DEFAULT_PORTS[parts.scheme]} else f":{port}"
    return f"{parts.scheme}://{shown}{other_port}{_path_before_ours(host, parts.path)}"


def _malformed(source: str, url: str) -> str:
    return f"{source} must look like https://host, not {_USER_INFO.sub('//…@', url)!r}"


class _HostError(UnicodeError):
    """A host name that cannot be written in ASCII; the text says why."""


def _ascii_host(host: str) -> str:
    """Return a host name as DNS encodes it."""
    if ambiguous := set(host) & _AMBIGUOUS:
        raise _HostError(f"DNS has two spellings for {min(ambiguous)!r}; write the host as xn--…")
    labels = host.removesuffix(".").split(".")
    hyphens = any(label != label.strip("-") for label in labels)
    if not (host.isascii() and all(0 < len(label) < 64 for label in labels)):
        # The codec is slow to import, and leaves such a host as it is.
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise _HostError(f"its host is not valid in DNS ({error})") from error
    if hyphens or not _HOST.fullmatch(host):
        raise _HostError("its host has a character or a hyphen that DNS does not allow")
    return host.lower()


def _path_before_ours(host: str, url_path: str) -> str:
    """Return a base URL's path without the part that the contract's own paths begin with.

    People copy the URL of an operation, or the base URL for another client, with /v1.
    """
    for role in METHODS:
        url_path = url_path.removesuffix(path(role))
    version = re.search(r"/v\d+$", url_path)
    vendor = host == urlsplit(server_url()).hostname
    if version and (vendor or any(path(role).startswith(f"{version[0]}/") for role in METHODS)):
        url_path = url_path[: version.start()]
    return url_path.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host name or address always means this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def check_headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    """Return extra headers that are safe to send.

    Raises:
        ConfigurationError: A header is malformed, or is one that this library sets itself.
    """
    if not isinstance(headers, Mapping | None):
        raise ConfigurationError("extra_headers must map names to values.")
    checked = dict(headers or {})
    for name, value in checked.items():
        texts = isinstance(name, str) and isinstance(value, str)
        if not (texts and _HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)):
            raise ConfigurationError(f"The extra header {name!r} has a name or value HTTP forbids.")
        if name.lower() in _OURS:
            raise ConfigurationError(f"The header {name} is set by the client itself.")
    return checked


def read_config() -> ConfigFile:
    """Read the configuration file: the one ``WAN_CONFIG`` names, or the user's own.

    If the user's own cannot be read, as in some containers, it counts as absent.

    Raises:
        ConfigurationError: The file is not valid, or the one of ``WAN_CONFIG`` cannot be read.
    """
    named = os.environ.get(CONFIG_VARIABLE)
    home = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config")
    try:
        file = (Path(named) if named else home / "wan" / "config.toml").expanduser()
        content = file.read_bytes()
    except (OSError, RuntimeError, ValueError) as error:
        # Without a home folder expanduser raises RuntimeError.
        if named:
            reason = getattr(error, "strerror", None) or error
            raise ConfigurationError(
                f"{CONFIG_VARIABLE} names {named}, which cannot be read: {reason}. "
                "Nothing was sent."
            ) from error
        return ConfigFile()
    return _parse_config(file, content)


def _parse_config(file: Path, content: bytes) -> ConfigFile:
    # Slow to import, and most users have no such file.
    import tomllib

    try:
        # Some Windows editors begin a file with a byte-order mark.
        tables = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{file} cannot be read as TOML: it is not UTF-8. Save it as UTF-8. Nothing was sent."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f"{file} cannot be read as TOML: {error}. Nothing was sent."
        ) from error
    if mistake := next(_mistakes(tables), None):
        raise ConfigurationError(f"{file} {mistake} Nothing was sent.")
    return ConfigFile(
        file=file,
        defaults=tables.get("defaults", {}),
        limits=tables.get("limits", {}),
        presets=tables.get("presets", {}),
    )


def _mistakes(tables: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a configuration file's tables, as the rest of a sentence."""
    presets = tables.get("presets", {})
    named = presets if isinstance(presets, dict) else {}
    for table in (tables, tables.get("defaults"), *named.values()):
        for name in _KEY_NAMES.intersection(table if isinstance(table, dict) else ()):
            yield (
                f"sets {name}. Files are copied and committed, so none may hold the key: set "
                f"{KEY_VARIABLES[0]} in the environment instead."
            )
    unknown = [f"[{n}]" if isinstance(tables[n], dict) else n for n in tables if n not in _TABLES]
    flat = [name for name in _TABLES & tables.keys() if not isinstance(tables[name], dict)]
    flat += [f"presets.{name}" for name, table in named.items() if not isinstance(table, dict)]
    for name in (*unknown, *flat):
        yield f"may contain only [defaults], [limits] and [presets.NAME] tables, not {name}."
    limits = tables.get("limits")
    for name, value in limits.items() if isinstance(limits, dict) else ():
        if name not in _LIMITS:
            yield f"sets {name!r} in [limits], which has only {' and '.join(_LIMITS)}."
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < inf:
            yield f"sets {name} in [limits], which must be a number of US dollars from 0 on."


def resolve_defaults(
    defaults: PromptDefaults | None, preset: str | Sequence[str] | None
) -> PromptDefaults:
    """Combine the caller's defaults, presets and the configuration file.

    The first of these that sets an option wins; of several presets, the last one.

    Raises:
        ConfigurationError: A preset does not exist, or the configuration file is invalid.
    """
    if not isinstance(defaults, PromptDefaults | None):
        raise ConfigurationError(
            f"defaults must be PromptDefaults(…), not {defaults!r:.60}. Nothing was sent."
        )
    config = read_config()
    names = preset if isinstance(preset, list | tuple) else () if preset is None else (preset,)
    return layer(
        defaults or PromptDefaults(),
        *(find_preset(name, config.presets, config.file) for name in reversed(names)),
        from_table(config.defaults, f"[defaults] of {config.file}"),
    )
