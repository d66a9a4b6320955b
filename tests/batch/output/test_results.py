"""What is written of each row: all that is needed to make its video again."""

from __future__ import annotations

import json

from tests.batch.store.made import begin, generation, row, with_rows
from wan_ergonomic._generation import Usage
from wan_ergonomic._spec import contract
from wan_ergonomic.batch.output import describe, open_folder, without, write_results
from wan_ergonomic.batch.store import Money, Rows


def results(database, tmp_path):
    """Write the results, and read them again."""
    folder = open_folder(tmp_path / "videos")
    write_results("videos", database, folder)
    lines = (folder.path / "results.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_every_row_has_a_line(database, tmp_path):
    """In the order of the rows, whatever became of each, and with its last submission."""
    rows, money = with_rows(database, 1001)
    begin(money, 2)
    money.rejected(2, 0, "busy")
    begin(money, 2, 1)
    money.in_doubt(2, 1, "lost")
    rows.fail(3, "refused")
    rows.hold(4, "no money")
    begin(money, 5)
    begin(money, 6)
    money.accepted(6, 0, generation())
    rows.add([row("/1002", state="bad", reason="no prompt", prompt="", body={})], after=1001)
    lines = results(database, tmp_path)
    assert [line["row"] for line in lines] == list(range(1, 1003))
    waiting = "waiting"
    states = [waiting, "in doubt", "failed", waiting, waiting, waiting]
    assert [line["status"] for line in lines[:6]] == states
    assert [line.get("reason") for line in lines[:4]] == [None, "lost", "refused", "no money"]
    assert lines[1]["client_request_id"] == "r2.1"
    assert lines[5]["generation_id"] == "g"
    assert lines[-1] == {
        "format": 1,
        "batch": "videos",
        "row": 1002,
        "line": 1,
        "status": "bad",
        "reason": "no prompt",
        "prompt": "",
        "options": {},
        "contract": contract()["info"]["version"],
    }


def test_a_batch_without_rows_has_no_lines(database, tmp_path):
    """But the file is there."""
    assert results(database, tmp_path) == []


def test_a_finished_row_is_described_in_full(database, tmp_path):
    """With its request, its cost, and what was found out about the video."""
    rows = Rows(database)
    rows.add(
        [
            row(
                "fox",
                line=3,
                name="Fuchs 🦊",
                prompt="A fox",
                body={"model": "m", "prompt": "A fox", "seed": 0},
                options={"seed": 0},
                variables={"animal": "fox"},
            )
        ]
    )
    money = Money(database)
    begin(money)
    with database.transaction() as connection:
        connection.exec_driver_sql("UPDATE wan_submissions SET submitted = 1795989600.5")
    done = generation("completed", usage=Usage(credits=210_000.0))
    money.accepted(1, 0, done)
    with database.transaction() as connection:
        connection.exec_driver_sql("UPDATE wan_submissions SET ended = 1795989960")
    money.saved(1, 0, "hash")
    rows.done(1, "fox.mp4", {"width": 832, "marks": ["black"], "reused": False})
    (line,) = results(database, tmp_path)
    assert line == {
        "format": 1,
        "batch": "videos",
        "row": 1,
        "line": 3,
        "name": "Fuchs 🦊",
        "status": "done",
        "prompt": "A fox",
        "variables": {"animal": "fox"},
        "options": {"seed": 0},
        "request": {"model": "m", "prompt": "A fox", "seed": 0},
        "seed": 0,
        "model": "m",
        "generation_id": "g",
        "client_request_id": "r1.0",
        "usage": {"credits": 210_000.0, "usd": 0.105},
        "usd": 0.105,
        "submitted": "2026-11-29T22:00:00+00:00",
        "ended": "2026-11-29T22:06:00+00:00",
        "contract": contract()["info"]["version"],
        "file": "fox.mp4",
        "sha256": "hash",
        "width": 832,
        "marks": ["black"],
        "reused": False,
    }


def test_what_is_known_better_replaces_what_the_row_says(database):
    """A video is described before its row is done."""
    rows, _ = with_rows(database, 1)
    about = describe("videos", rows.get(1), None, status="done", reason=None, width=832)
    assert (about["status"], about["width"], "reason" in about) == ("done", 832, False)
    assert set(about) - set(without(about, "width", "row", "absent")) == {"width", "row"}
