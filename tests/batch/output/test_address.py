"""Which output an address names, and what is known of a bucket before it is asked."""

from __future__ import annotations

import sys

import pytest

from wan_ergonomic import ConfigurationError
from wan_ergonomic.batch import Settings, open_batch
from wan_ergonomic.batch.output import Bucket, output_of
from wan_ergonomic.batch.output._address import read_address

UNSPENT = "Nothing was sent or spent."


def test_a_missing_extra_is_named(monkeypatch, tmp_path):
    """With the command that installs it, and before a batch is begun."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, "wan_ergonomic.batch.output._s3_service", None)
    with pytest.raises(ConfigurationError, match=rf"{UNSPENT} .*wan-ergonomic\[s3\]"):
        output_of("s3://bucket/x").claim("1")
    settings = Settings(base_url="https://api.example", output="s3://bucket/x", names="{n}")
    with pytest.raises(ConfigurationError, match=r"wan-ergonomic\[s3\]"):
        open_batch("s3://bucket/x", create=settings)


def test_a_bucket_has_a_name_and_a_folder_on_this_machine(tmp_path, monkeypatch):
    """The folder is known by the whole address, and readable."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    output, alike = output_of("s3://bucket/spring films/"), output_of("s3://bucket/spring-films")
    assert isinstance(output, Bucket)
    assert (output.name, output_of("s3://bucket").name) == ("spring films", "bucket")
    assert output.hidden.parent == tmp_path / "wan" / "batches"
    assert output.hidden.name.startswith("bucket-spring-films-")
    assert output.hidden != alike.hidden
    assert output.hidden == output_of("s3://bucket/spring films").hidden


@pytest.mark.parametrize("text", ["s3://bucket/", "s3://bucket/a b/c%20d/"])
def test_keys_are_the_prefix_and_the_name(text):
    """As the address writes them."""
    address = read_address(text)
    assert str(address) == text
    assert address.key("1.mp4") == text.removeprefix("s3://bucket/") + "1.mp4"


def test_the_folder_on_this_machine_must_be_a_folder(tmp_path, monkeypatch):
    """The message names it."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(ConfigurationError, match=f"where videos are made.*{UNSPENT}"):
        output_of("s3://bucket/x").make()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("s3://", "names no bucket"),
        ("s3:///x", "names no bucket"),
        ("s3://a b/x", "a bucket that cannot exist"),
        ("s3://bucket/a\x00b", "control character"),
        ("s3://bucket/a\ud800", "control character"),
        ("s3://bucket/a//b", "empty or only dots"),
        ("s3://bucket/../b", "empty or only dots"),
        ("s3://bucket/" + "ü" * 451, "longer than 900 bytes"),
        ("gs://bucket/x", "Videos cannot go to"),
    ],
)
def test_other_addresses_are_refused(address, said):
    """Before anything is asked or sent."""
    with pytest.raises(ConfigurationError, match=said) as caught:
        output_of(address)
    assert str(caught.value).endswith(UNSPENT)
