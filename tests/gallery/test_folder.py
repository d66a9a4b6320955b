"""Which rows a folder has: those of the list, of sidecars, and of videos without either."""

from __future__ import annotations

import json
import sys

import pytest

from wan_ergonomic.gallery import GalleryError
from wan_ergonomic.gallery._folder import read_folder
from wan_ergonomic.gallery._row import row_of

from .folders import record, write_results


def states(folder):
    """Return the state and the name or prompt of each row."""
    return [(row.state, row.name or row.prompt) for row in read_folder(folder)]


def test_the_list_gives_the_order_whatever_became_of_a_row(tmp_path):
    """Also rows without a video."""
    failed = record(1, "A fox", status="failed", reason="Filtered.", file=None)
    write_results(tmp_path, [record(2, "A boat"), failed])
    (tmp_path / "row-2.mp4").touch()
    (row, other) = read_folder(tmp_path)
    assert (row.state, row.prompt, row.file) == ("done", "A boat", tmp_path / "row-2.mp4")
    assert (other.state, other.reason, other.file) == ("failed", "Filtered.", None)


def test_sidecars_and_videos_that_are_not_in_the_list_follow_it(tmp_path):
    """Each file is one row."""
    write_results(tmp_path, [record(0, "A boat")])
    for name in ("row-0", "b", "a"):
        (tmp_path / f"{name}.mp4").touch()
    (tmp_path / "row-0.json").write_text(json.dumps(record(0, "A boat")))
    (tmp_path / "b.json").write_text(json.dumps({"prompt": "A fox", "status": "done"}))
    assert states(tmp_path) == [("done", "A boat"), ("done", "A fox"), ("done", "a")]


def test_only_the_files_of_a_batch_are_rows(tmp_path):
    """Other JSON files, folders, and files of other kinds are left alone."""
    (tmp_path / "settings.json").write_text('{"a": 1}')
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "notes.txt").touch()
    (tmp_path / "LOUD.MP4").touch()
    assert states(tmp_path) == [("done", "LOUD")]


def test_a_sidecar_without_its_video_is_a_row(tmp_path):
    """It was there once."""
    (tmp_path / "a.json").write_text(json.dumps({"format": 1, "status": "done"}))
    (row,) = read_folder(tmp_path)
    assert (row.state, row.reason) == ("missing", "a.mp4 is not in the folder.")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "Line 2 of results.jsonl is no JSON (Expecting"),
        ("[1]", "Line 2 of results.jsonl is no JSON object."),
        ("\udcff", "Line 2 of results.jsonl is no JSON ("),
        ("[" * 100_000, "Line 2 of results.jsonl is no JSON ("),
        ("{}", "It has neither a file nor a known status, but ''."),
        ('{"status": "lost"}', "It has neither a file nor a known status, but 'lost'."),
    ],
)
def test_a_broken_line_is_a_row_that_says_why(tmp_path, line, reason):
    """The other lines are read."""
    text = f"{json.dumps(record(0, 'A boat'))}\n{line}\n\n"
    (tmp_path / "results.jsonl").write_bytes(text.encode("utf-8", "surrogateescape"))
    (tmp_path / "row-0.mp4").touch()
    good, bad = read_folder(tmp_path)
    assert (good.state, bad.state, bad.key != good.key) == ("done", "unreadable", True)
    assert bad.reason.startswith(reason)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file that nobody can read")
def test_a_sidecar_that_cannot_be_read_is_said_to_be_so(tmp_path):
    """Its video is shown."""
    (tmp_path / "a.mp4").touch()
    (tmp_path / "a.json").symlink_to("/proc/self/mem")
    (row,) = read_folder(tmp_path)
    assert row.reason == "a.json cannot be read."


def test_a_broken_sidecar_is_said_to_be_so(tmp_path):
    """Its video is shown."""
    (tmp_path / "a.mp4").touch()
    (tmp_path / "a.json").write_text("[]")
    (row,) = read_folder(tmp_path)
    assert (row.state, row.reason) == ("done", "a.json is no JSON object.")
    assert row.file == tmp_path / "a.mp4"


@pytest.mark.parametrize("name", ["../a.mp4", "/etc/passwd", "b/../../a.mp4", "a\0.mp4"])
def test_a_file_outside_the_folder_is_not_shown(tmp_path, name):
    """A list may be somebody else's."""
    folder = tmp_path / "videos"
    folder.mkdir()
    (tmp_path / "a.mp4").touch()
    write_results(folder, [record(0, "A boat", file=name)])
    (row,) = read_folder(folder)
    assert (row.state, row.file) == ("missing", None)
    assert row.reason == f"Its file, {name!r}, is not in the folder."


def test_a_missing_file_does_not_hide_why_a_row_failed(tmp_path):
    """Only a row that is done lacks its file."""
    write_results(tmp_path, [record(0, "A boat", status="in doubt", reason="Lost.")])
    (row,) = read_folder(tmp_path)
    assert (row.state, row.reason) == ("in doubt", "Lost.")


@pytest.mark.parametrize("name", ["nothing", "missing", "file"])
def test_a_folder_with_nothing_to_show_is_an_error(tmp_path, name):
    """The message says what was looked for."""
    (tmp_path / "nothing").mkdir()
    (tmp_path / "file").touch()
    expected = "has no results.jsonl, no sidecars and no .mp4 files"
    pattern = expected if name == "nothing" else "cannot be read: N"
    with pytest.raises(GalleryError, match=pattern):
        read_folder(tmp_path / name)


def test_values_of_the_wrong_type_count_as_absent():
    """A row can be made of any object."""
    wrong = {"prompt": 1, "options": [], "request": "x", "usage": 3, "marks": "black", "seed": "x"}
    row = row_of({**wrong, "name": {}, "variables": {"a": [1], "b": None}, "usd": {"c": 1}}, None)
    assert (row.name, row.prompt, row.marks, row.options) == ("", "", (), {})
    assert (row.variables, row.details) == ({"a": "[1]"}, {"usd": '{"c": 1}'})


def test_what_was_sent_is_more_than_what_was_asked_for():
    """The request has the prompt with its prefix, and the options of a preset."""
    sent = {"model": "m", "prompt": "film: a fox", "resolution": "480P", "watermark": False}
    known = {"prompt": "a fox", "options": {"resolution": "1080P"}, "request": sent, "seed": 3}
    row = row_of({**known, "status": "failed", "usage": {"credits": 5}}, None)
    assert row.prompt == "film: a fox"
    assert row.options == {"resolution": "480P", "watermark": False, "seed": 3}
    assert row.details == {"credits": 5}


def test_a_row_keeps_its_key_when_its_state_changes():
    """So that stars and notes stay with it."""
    waits = row_of({"status": "waiting", "prompt": "A fox", "options": {"seed": 1}}, None)
    failed = row_of({"status": "failed", "prompt": "A fox", "options": {"seed": 1}}, None)
    other = row_of({"status": "failed", "prompt": "A fox", "options": {"seed": 2}}, None)
    assert waits.key == failed.key != other.key
    assert row_of({"generation_id": "g", "client_request_id": "c"}, None).key == "g"
    assert row_of({"client_request_id": "c"}, None).key == "c"
