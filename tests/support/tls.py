"""A certificate for servers on this machine, which nothing trusts unless it is told to."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.waiting import SECONDS


class Certificate(NamedTuple):
    """A certificate that is its own root.

    Attributes:
        file: The certificate, in PEM form.
        server: What a server encrypts with.
    """

    file: Path
    server: ssl.SSLContext


def make_certificate(folder: Path, *names: str) -> Certificate:
    """Return a new certificate for these names, as ``IP:127.0.0.1`` or ``DNS:api.example``."""
    key, file = folder / "key.pem", folder / "certificate.pem"
    command = [
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        *("-nodes", "-days", "30", "-subj", "/CN=wan test", "-addext"),
        *(f"subjectAltName={','.join(names)}", "-keyout", str(key), "-out", str(file)),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file, key)
    return Certificate(file, server)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> Certificate:
    """A certificate for servers at 127.0.0.1."""
    return make_certificate(tmp_path_factory.mktemp("tls"), "IP:127.0.0.1")
