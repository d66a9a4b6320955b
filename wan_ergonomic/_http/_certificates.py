"""Loads the certificates that servers are verified with.

This takes tens of milliseconds, so it is done when a connection first needs them;
the asynchronous client does it in a thread.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from functools import lru_cache

import httpx

from wan_ergonomic._environment import Trust
from wan_ergonomic._errors import ConfigurationError


@lru_cache(maxsize=8)
def load(trust: Trust) -> ssl.SSLContext:
    """Return an SSL context with the certificates that the environment names, or the system's.

    Raises:
        ConfigurationError: They cannot be loaded; nothing was sent.
    """
    try:
        if trust.file or trust.folder:
            return ssl.create_default_context(cafile=trust.file, capath=trust.folder)
        return _system_context()
    except (OSError, ValueError) as error:
        where = f" of {trust.variables}" if trust.variables else ""
        raise ConfigurationError(
            f"The certificates{where} cannot be loaded: {error}. Check SSL_CERT_FILE, SSL_CERT_DIR "
            "and SSLKEYLOGFILE. Nothing was sent."
        ) from error


def _system_context() -> ssl.SSLContext:
    """Return a context with the system's certificates.

    truststore lets macOS and Windows verify certificates themselves. Without it, the system
    certificates that OpenSSL finds are added to those that come with httpx.
    """
    with suppress(ImportError):
        import truststore

        system: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return system
    context = httpx.create_ssl_context(trust_env=False)
    # Some systems have a certificate that OpenSSL cannot parse.
    with suppress(ssl.SSLError):
        context.load_default_certs()
    return context
