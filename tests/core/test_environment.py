"""The certificates that the environment names: checked when a client is made."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wan_ergonomic import AsyncWanClient, ConfigurationError, WanClient
from wan_ergonomic._environment import read_environment

API = "https://api.example"


@pytest.fixture(params=[WanClient, AsyncWanClient])
def client_type(request):
    """Each of the clients."""
    return request.param


@pytest.mark.parametrize("content", [None, b"", b"hello", b"\x30\x82\x01\x0a"])
def test_a_file_without_a_certificate_is_an_error(monkeypatch, tmp_path, client_type, content):
    """It names the variable, the file, and the reason."""
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with pytest.raises(ConfigurationError) as caught:
        client_type("key")
    why = "which cannot be read: No" if content is None else "which holds no certificate in PEM"
    assert str(caught.value).startswith(f"SSL_CERT_FILE names {path}, {why}")
    assert str(caught.value).endswith("Correct it or unset it. Nothing was sent.")
    client_type("key", base_url="http://127.0.0.1:9")


def test_a_folder_without_a_certificate_is_an_error(monkeypatch, tmp_path, client_type):
    """OpenSSL finds one only under the hash of its subject."""
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    with pytest.raises(ConfigurationError, match=r"SSL_CERT_DIR names .*which cannot be read"):
        client_type("key")
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----")
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    with pytest.raises(ConfigurationError, match=r"SSL_CERT_DIR names .*openssl rehash"):
        client_type("key")
    (tmp_path / "0a1b2c3d.0").write_text("-----BEGIN CERTIFICATE-----")
    client_type("key")


def test_the_environment_is_read_each_time(monkeypatch, certificate):
    """A file that changes is another one."""
    assert read_environment(API).trust.variables == ""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    first = read_environment(API).trust
    assert first.variables == "SSL_CERT_FILE"
    os.utime(certificate.file, (1, 1))
    assert read_environment(API).trust != first
    monkeypatch.setenv("SSL_CERT_FILE", "")
    assert read_environment(API).trust.variables == ""


def test_a_file_name_that_no_file_can_have_is_an_error(monkeypatch):
    """As any other that cannot be read."""
    monkeypatch.setenv("SSL_CERT_FILE", str(Path("x" * 5000)))
    with pytest.raises(ConfigurationError, match="which cannot be read: File name too long"):
        read_environment(API)
