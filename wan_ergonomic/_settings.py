"""A client's settings: the key, the base URL, extra headers, the configuration file.

The environment is read when a client is made, never at import.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ._errors import ConfigurationError
from ._prompts import PromptDefaults, find_preset, from_table, layer
from ._spec import server_url

# The most common name first, then the one of the vendor's own SDK, then an older one.
KEY_VARIABLES = ("AIMLAPI_API_KEY", "AIML_API_KEY", "AIMLAPI_KEY")
KEY_NAMES = f"{', '.join(KEY_VARIABLES[:-1])} or {KEY_VARIABLES[-1]}"
CONFIG_VARIABLE = "WAN_CONFIG"

_PLACEHOLDER = re.compile(r"<.*>|your[-_ ].*|\.{3}|…", re.IGNORECASE)
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[ -~]*")
_VISIBLE = re.compile(r"[!-~]+")
_OURS = frozenset({"authorization", "host", "content-length", "transfer-encoding", "connection"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFile:
    """The content of the configuration file.

    Attributes:
        defaults: Its ``[defaults]`` table.
        presets: Its ``[presets.NAME]`` tables.
    """

    defaults: Mapping[str, Any] = field(default_factory=dict)
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def find_key(api_key: str | None) -> str:
    """Return the key to use: the argument, or the first one in the environment.

    Raises:
        ConfigurationError: There is no key, or it cannot be valid. The message does not show it.
    """
    source = "api_key"
    if api_key is None:
        found = ((name, os.environ.get(name, "")) for name in KEY_VARIABLES)
        source, api_key = next((one for one in found if one[1].strip()), ("", ""))
    if not isinstance(api_key, str):
        raise ConfigurationError("api_key must be text.")
    key = api_key.strip()
    if not key:
        raise ConfigurationError(
            f"There is no API key. Set {KEY_NAMES} to your AIML API key, or pass api_key=…. "
            "Nothing was sent."
        )
    if _PLACEHOLDER.fullmatch(key):
        raise ConfigurationError(
            f"{source} holds a placeholder, not a key. Put your own AIML API key there. "
            "Nothing was sent."
        )
    if not _VISIBLE.fullmatch(key):
        raise ConfigurationError(
            f"{source} is not a valid key: it contains a line break, a space, or a character "
            "outside ASCII. Check that only the key was copied. Nothing was sent."
        )
    return key


def find_base_url(base_url: str | None) -> str:
    """Return the API's address, without a trailing slash.

    Raises:
        ConfigurationError: It is not a valid URL, or would send the key unencrypted.
    """
    url = str(server_url() if base_url is None else base_url).strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        # Name resolution does the same later; it fails on labels that are empty or too long.
        (host or "").encode("idna")
    except ValueError:
        host = None
    # urlsplit removes line breaks and tabs; httpx would raise on them.
    if not (host and _VISIBLE.fullmatch(url)) or parts.scheme not in {"http", "https"}:
        raise ConfigurationError(f"base_url must look like https://host, not {url!r}.")
    if parts.username is not None or "?" in url or "#" in url:
        raise ConfigurationError("base_url must be only a scheme, a host, a port and a path.")
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigurationError(
            f"base_url must begin with https://. Over http, the key could be read on the way to "
            f"{host}."
        )
    return url


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

    Raises:
        ConfigurationError: The file is not valid TOML, or ``WAN_CONFIG`` names a missing file.
    """
    named = os.environ.get(CONFIG_VARIABLE)
    home = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config")
    try:
        path = Path(named) if named else home.expanduser() / "wan" / "config.toml"
        content = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError, RuntimeError) as error:
        # Without a home folder expanduser raises RuntimeError; then the user has no such file.
        if named:
            raise ConfigurationError(f"{CONFIG_VARIABLE} names {named}: no such file.") from error
        return ConfigFile()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read as TOML: {error}.") from error
    defaults, presets = content.get("defaults", {}), content.get("presets", {})
    unknown = content.keys() - {"defaults", "presets"}
    tables = [defaults, presets, *(presets.values() if isinstance(presets, dict) else ())]
    if unknown or not all(isinstance(table, dict) for table in tables):
        raise ConfigurationError(
            f"{path} may contain only [defaults] and [presets.NAME] tables. Nothing was sent."
        )
    return ConfigFile(defaults=defaults, presets=presets)


def resolve_defaults(
    defaults: PromptDefaults | None, preset: str | Sequence[str] | None
) -> PromptDefaults:
    """Combine the caller's defaults, presets and the configuration file, in that order.

    Of several presets, the last one that sets an option wins.

    Raises:
        ConfigurationError: A preset does not exist, or the configuration file is invalid.
    """
    config = read_config()
    names = preset if isinstance(preset, list | tuple) else () if preset is None else (preset,)
    return layer(
        defaults or PromptDefaults(),
        *(find_preset(name, config.presets) for name in reversed(names)),
        from_table(config.defaults, "The configuration file"),
    )
