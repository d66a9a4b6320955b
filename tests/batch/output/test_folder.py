"""The folder that the videos of a batch go to."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.files import largest_file, names
from tests.support.forks import in_child
from wan_ergonomic import ConfigurationError
from wan_ergonomic.batch.output import Folder, open_folder

READ_ONLY = Path("/sys")


def test_a_folder_is_made_with_all_above_it(tmp_path, monkeypatch):
    """What is of no interest to people is hidden in it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = open_folder("~/a/b")
    assert str(folder) == str(tmp_path / "a" / "b")
    assert names(tmp_path / "a" / "b") == [".wan"]
    assert names(folder.hidden) == []
    assert open_folder(folder.path).path == folder.path


def test_a_relative_folder_stays_where_it_was_named(tmp_path, monkeypatch):
    """Whatever the current folder is later."""
    monkeypatch.chdir(tmp_path)
    folder = Folder("videos")
    monkeypatch.chdir("/")
    assert folder.path == tmp_path / "videos"
    assert not folder.path.exists()


def test_a_file_is_published_whole(tmp_path):
    """It is made where nobody looks, and replaces what has its name."""
    folder = open_folder(tmp_path / "videos")
    (folder.path / "1.mp4").write_text("old")
    folder.place("1.mp4").write_text("new")
    assert (folder.path / "1.mp4").read_text() == "old"
    folder.publish("1.mp4")
    assert Path(folder.where("1.mp4")).read_text() == "new"
    assert names(folder.hidden) == []
    with pytest.raises(FileNotFoundError):
        folder.publish("1.mp4")


def test_a_text_appears_whole_or_not_at_all(tmp_path):
    """Also when its lines cannot be made, or the disk is full."""
    pytest.importorskip("resource")
    folder = open_folder(tmp_path / "videos")
    folder.write("results.jsonl", ["ä\n", "b\n"])

    def broken():
        yield "a\n"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        folder.write("results.jsonl", broken())
    with largest_file(1000), pytest.raises(OSError, match="File too large"):
        folder.write("results.jsonl", ["x" * 10_000])
    assert (folder.path / "results.jsonl").read_text("utf-8") == "ä\nb\n"
    assert names(folder.hidden) == []


def test_two_workers_write_the_same_text_at_once(tmp_path):
    """The one that ends last wins, and neither gets into the other's way."""
    folder = open_folder(tmp_path / "videos")
    texts = [f"{number}\n" * 20_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda text: folder.write("results.jsonl", [text]), texts))
    assert (folder.path / "results.jsonl").read_text() in texts
    assert names(folder.hidden) == []


def test_a_file_is_no_folder(tmp_path):
    """Neither the output nor what is above it."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "videos"):
        with pytest.raises(ConfigurationError, match=r"cannot be used: .* Nothing was sent or"):
            open_folder(path)


@pytest.mark.skipif(not READ_ONLY.is_dir(), reason="there is no such folder here")
def test_a_folder_that_cannot_be_made():
    """The message names it."""
    with pytest.raises(ConfigurationError, match=f"folder {READ_ONLY}/videos cannot be used"):
        open_folder(READ_ONLY / "videos")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize("closed", [".", ".wan"])
def test_a_folder_that_has_become_read_only(closed):
    """It is noticed before anything is paid for, not when the first video is to be saved."""
    with TemporaryDirectory() as made:
        folder = open_folder(Path(made, "videos"))
        for path in (Path(made), folder.path, folder.hidden):
            path.chmod(0o777)
        (folder.path / closed).chmod(0o555)

        def open_as_anyone() -> None:
            # Nothing can be forbidden to root.
            if os.geteuid() == 0:
                os.seteuid(65534)
            with pytest.raises(ConfigurationError, match="cannot be used: Permission denied"):
                open_folder(folder.path)

        try:
            in_child(open_as_anyone)
        finally:
            (folder.path / closed).chmod(0o777)
