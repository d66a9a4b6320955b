"""The network settings of the environment, read and checked when a client is created."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

from ._errors import ConfigurationError
from ._proxies import Proxies, read_proxies
from ._settings import is_loopback

_FILE, _FOLDER = "SSL_CERT_FILE", "SSL_CERT_DIR"
_CERTIFICATE = re.compile(rb"-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----")
# Bytes of the file that are searched: far more than all the certificates of a system.
_MAX_BYTES = 2**24
# OpenSSL finds a certificate in a folder by the hash of its subject.
_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")


class Trust(NamedTuple):
    """Which certificates are trusted; the system's if nothing is set.

    Attributes:
        file: The value of ``SSL_CERT_FILE``.
        folder: The value of ``SSL_CERT_DIR``: one folder or several.
        version: The file's modification time and size, so that a changed file is loaded again.
    """

    file: str | None = None
    folder: str | None = None
    version: tuple[int, int] = (0, 0)

    @property
    def variables(self) -> str:
        """The variables that are set, for a message."""
        names = {_FILE: self.file, _FOLDER: self.folder}
        return " and ".join(name for name, value in names.items() if value)

    def check(self) -> None:
        """Check that the paths lead to certificates, without loading them, which is slow.

        Raises:
            ConfigurationError: One of them does not.
        """
        if self.file:
            with _readable(_FILE, self.file), open(self.file, "rb") as file:
                if not _CERTIFICATE.search(file.read(_MAX_BYTES)):
                    raise _wrong(_FILE, self.file, "which holds no certificate in PEM form")
        if self.folder:
            with _readable(_FOLDER, self.folder):
                parts = filter(None, self.folder.split(os.pathsep))
                names = [name for part in parts for name in os.listdir(part)]
            if not any(map(_HASHED.fullmatch, names)):
                why = "which holds no certificate under the name that openssl rehash gives it"
                raise _wrong(_FOLDER, self.folder, why)


@contextmanager
def _readable(variable: str, value: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise _wrong(variable, value, f"which cannot be read: {reason}") from error


def _wrong(variable: str, value: str, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"{variable} names {value}, {why}. Correct it or unset it. Nothing was sent."
    )


class Environment(NamedTuple):
    """The network settings.

    Attributes:
        proxies: Which proxies are used.
        trust: Which certificates are trusted.
    """

    proxies: Proxies = Proxies()
    trust: Trust = Trust()


def read_environment(base_url: str) -> Environment:
    """Return the network settings for an API.

    An API on this machine is called without a proxy, because its traffic may be unencrypted.
    Certificates may then not be needed, so they are not checked here.

    Raises:
        ConfigurationError: A proxy or a certificate cannot be used; the text names the variable.
    """
    file, folder = os.environ.get(_FILE) or None, os.environ.get(_FOLDER) or None
    trust = Trust(file=file, folder=folder, version=_version(file))
    if is_loopback(urlsplit(base_url).hostname or ""):
        return Environment(trust=trust)
    trust.check()
    return Environment(proxies=read_proxies(), trust=trust)


def _version(file: str | None) -> tuple[int, int]:
    try:
        found = os.stat(file or "")
    except (OSError, ValueError):
        return (0, 0)
    return found.st_mtime_ns, found.st_size
