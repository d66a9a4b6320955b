"""The fixtures of tests with a bucket."""

from __future__ import annotations

import os

import pytest

from tests.support.s3 import S3Server, s3_server


@pytest.fixture(scope="module")
def s3_running():
    """A server of S3."""
    with s3_server() as server:
        yield server


@pytest.fixture
def s3(s3_running: S3Server, tmp_path, monkeypatch: pytest.MonkeyPatch):
    """A server of S3 that the environment names, with credentials; no fault is played."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_running.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "aws-credentials"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    yield s3_running
    s3_running.fault = lambda _: None
    s3_running.change = lambda _, headers: headers
    s3_running.seen.clear()
