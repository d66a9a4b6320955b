"""Opening a batch, beginning one, and changing how it is run."""

from __future__ import annotations

import os
import sqlite3

import pytest

from tests.support.files import names
from wan_ergonomic import ConfigurationError, LedgerError, batch
from wan_ergonomic.batch import Settings, open_batch

from .opened import URL, new, settings

UNSPENT = "Nothing was sent or spent"


def test_a_batch_is_found_again_by_its_folder(tmp_path):
    """With the settings that it was begun with, whatever the next one to begin it wants."""
    folder = tmp_path / "videos"
    with new(folder, max_usd=5.0) as batch:
        assert (batch.name, batch.settings) == ("videos", settings(folder, max_usd=5.0))
        assert list(batch.rows()) == []
    with open_batch(folder) as batch:
        assert (batch.name, batch.settings.max_usd) == ("videos", 5.0)
    with new(folder, max_usd=9.0) as batch:
        assert batch.settings.max_usd == 5.0
    assert names(folder) == [".wan"]


def test_settings_need_not_be_named(tmp_path, monkeypatch):
    """The API is that of any client; the output is the one that is given."""
    monkeypatch.setenv("WAN_BASE_URL", URL)
    with open_batch(tmp_path / "videos", create=Settings(max_usd=5.0)) as batch:
        assert batch.settings == settings(tmp_path / "videos", max_usd=5.0)
    with pytest.raises(ConfigurationError, match=f"Name the folder or the bucket.*{UNSPENT}"):
        open_batch(database="postgresql://127.0.0.1/x", create=Settings())


def test_a_batch_is_found_again_by_its_database(tmp_path, postgres):
    """Without its folder, which need not be on this machine."""
    address = postgres.new_database()
    folder = tmp_path / "videos"
    with new(folder, address) as batch:
        batch.add(["A boat"])
    folder.joinpath(".wan").rmdir()
    folder.rmdir()
    with open_batch(database=address) as batch:
        assert (batch.name, batch.status().total) == ("videos", 1)
        assert batch.settings.output == str(folder)
    assert not folder.exists()


def test_the_package_has_only_what_it_names():
    """What it loads late as well."""
    assert all(getattr(batch, name) for name in batch.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'open_bach'"):
        batch.open_bach  # noqa: B018


def test_a_batch_can_have_a_name_of_its_own(tmp_path, postgres):
    """Another one's database is not taken for it."""
    address = postgres.new_database()
    with open_batch(database=address, name="night", create=settings(tmp_path)) as batch:
        assert batch.name == "night"
    with pytest.raises(ConfigurationError, match=f"holds the batch 'night', not 'day'. {UNSPENT}"):
        open_batch(tmp_path, database=address, name="day")
    with open_batch(tmp_path, database=address, name="night") as batch:
        assert batch.name == "night"


def test_the_current_folder_has_a_name_too(tmp_path, monkeypatch):
    """Its path has none."""
    monkeypatch.chdir(tmp_path)
    with open_batch(".", create=settings(tmp_path, output=".")) as batch:
        assert batch.name == "batch"


def test_no_batch_is_not_begun_by_opening_it(tmp_path, postgres):
    """Neither in a folder nor in a database, nor is either made."""
    with pytest.raises(ConfigurationError, match=f"no batch in {tmp_path}/none. {UNSPENT}"):
        open_batch(tmp_path / "none")
    (tmp_path / ".wan").mkdir()
    (tmp_path / ".wan" / "batch.sqlite3").touch()
    with pytest.raises(ConfigurationError, match=f"There is no batch in {tmp_path}/.wan"):
        open_batch(tmp_path)
    address = postgres.new_database().replace("postgres@", "postgres:secret@")
    with pytest.raises(ConfigurationError, match="There is no batch in postgresql") as caught:
        open_batch(tmp_path, database=address)
    assert "secret" not in str(caught.value)
    with pytest.raises(
        ConfigurationError, match=f"Name the folder or the bucket of the batch. {UNSPENT}"
    ):
        open_batch()
    assert names(tmp_path) == [".wan"]


def test_what_opens_a_batch_in_vain_leaves_nothing_open(tmp_path):
    """A file that is not closed could not be removed on Windows."""
    (tmp_path / ".wan").mkdir()
    file = tmp_path / ".wan" / "batch.sqlite3"
    sqlite3.connect(file).close()
    file.touch()
    with pytest.raises(ConfigurationError):
        open_batch(tmp_path)
    if os.path.isdir("/proc/self/fd"):
        held = {os.path.realpath(f"/proc/self/fd/{each}") for each in os.listdir("/proc/self/fd")}
        assert str(file) not in held


def test_a_database_of_something_else(tmp_path):
    """It is not a batch's, and stays as it is."""
    (tmp_path / ".wan").mkdir()
    file = tmp_path / ".wan" / "batch.sqlite3"
    file.write_bytes(b"my diary" * 1000)
    with pytest.raises(LedgerError, match="file is not a database"):
        open_batch(tmp_path)
    with pytest.raises(LedgerError, match="file is not a database"):
        new(tmp_path)
    assert file.read_bytes() == b"my diary" * 1000


def test_a_template_of_names_is_checked_before_a_batch_is_begun(tmp_path):
    """Otherwise no list could ever be added."""
    with pytest.raises(ConfigurationError, match=r"template '\{n' for names"):
        new(tmp_path / "videos", names="{n")
    assert not (tmp_path / "videos").exists()


def test_a_folder_that_cannot_be_used(tmp_path):
    """It is named before anything else happens."""
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="cannot be used"):
        new(tmp_path / "file")


def test_a_change_is_for_all_who_have_the_batch(tmp_path):
    """It does not undo the change of another one, nor forget which list was added."""
    with new(tmp_path) as batch, open_batch(tmp_path) as other:
        batch.add(["A boat"])
        other.change(max_usd=2.0)
        batch.change(concurrency=3)
        assert (batch.settings.concurrency, batch.settings.max_usd) == (3, 2.0)
        other.change(max_videos=1)
        assert other.settings == batch.settings.__class__(
            base_url=URL,
            output=str(tmp_path),
            names=batch.settings.names,
            concurrency=3,
            max_usd=2.0,
            max_videos=1,
        )
        batch.add(["A boat"])
        assert batch.status().total == 1
        other.change(max_usd=None)
        assert other.settings.max_usd is None
    with open_batch(tmp_path) as batch:
        assert (batch.settings.max_usd, batch.settings.max_videos) == (None, 1)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"max_usd": -1}, "max_usd must be"),
        ({"names": "{n"}, r"template '\{n' for names"),
        ({"base_url": "https://other.example"}, f"The batch stays at {URL}: .* {UNSPENT}"),
    ],
)
def test_a_change_that_cannot_be_made_changes_nothing(tmp_path, changed, error):
    """Neither in the database nor in the object."""
    with new(tmp_path) as batch:
        before = batch.settings
        with pytest.raises(ConfigurationError, match=error):
            batch.change(**changed)
        with pytest.raises(TypeError):
            batch.change(color="blue")
        batch.change(base_url=URL)
        assert batch.settings == before
    with open_batch(tmp_path) as batch:
        assert batch.settings == before
