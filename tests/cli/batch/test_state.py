"""``wan batch status`` and ``wan batch resolve``: they need no key, and send nothing."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from tests.cli.conftest import plain
from wan_ergonomic import Generation
from wan_ergonomic.batch import Batch
from wan_ergonomic.batch.store import Rows, Workers
from wan_ergonomic.cli.batch import _state
from wan_ergonomic.cli.batch._live import Live


@pytest.fixture
def batch(begun, listed) -> Batch:
    """A batch of three rows, of which one is done and one is in doubt."""
    found: Batch = begun("https://api.example", listed("A boat", "A fox", "A hare"))
    for n in (1, 2):
        found._money.begin(n, worker="w", client_request_id=f"r-{n}", base_url="x", usd=0.1)
    found._money.accepted(1, 0, Generation(id="g", status="completed"))
    Rows(found._database).done(1, "0001-a-boat.mp4", {})
    found._money.in_doubt(2, 0, "no response came")
    return found


@pytest.mark.usefixtures("batch")
def test_the_status_says_how_far_a_batch_is(wan):
    """And what has no video, with its reason."""
    result = wan("batch", "status", "v")
    assert result.text == "v: 1 done, 1 in doubt, 1 waiting; $0.20; nobody runs it"
    assert result.err == "wan: row 2 (line 2) is in doubt: no response came\n"
    rows = wan("batch", "status", "v", "--rows")
    assert (rows.text.splitlines()[1:], rows.err) == (
        [
            "    1  done        0001-a-boat.mp4  A boat",
            "    2  in doubt    no response came  A fox",
            "    3  waiting       A hare",
        ],
        "",
    )


@pytest.mark.usefixtures("batch")
def test_the_status_is_json_for_programs(wan):
    """With each row, if that is asked for."""
    data = wan("batch", "status", "v", "--json").data
    assert (data["done"], data["in_doubt"], data["workers"], "rows" in data) == (1, 1, 0, False)
    rows = wan("batch", "status", "v", "--json", "--rows").data["rows"]
    assert [each["status"] for each in rows] == ["done", "in doubt", "waiting"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nowhere"], 2, "There is no batch in nowhere."),
        ([], 2, "Name the folder or the bucket of the batch."),
        (["--database", "postgresql://me@127.0.0.1:9/x"], 1, "Connection refused"),
        (["--database", "mysql://me@127.0.0.1/x"], 2, "A batch cannot be kept in mysql."),
    ],
)
def test_a_batch_that_cannot_be_opened_is_said(wan, words, code, said):
    """With the reason."""
    result = wan("batch", "status", *words)
    assert (result.code, said in result.err) == (code, True)


@pytest.fixture
def ending(batch, monkeypatch):
    """Somebody runs the batch: what is left of it ends, and then its process."""
    workers, rows = Workers(batch._database), Rows(batch._database)
    workers.beat("w", "here")
    batch._money.begin(3, worker="w", client_request_id="r-3", base_url="x", usd=0.1)
    batch._money.accepted(3, 0, Generation(id="h", status="generating"))
    events = [None, None, lambda: rows.done(3, "3.mp4", {}), None, lambda: workers.leave("w")]

    def sleep(_: float) -> None:
        if happens := events.pop(0):
            happens()

    monkeypatch.setattr(_state, "time", SimpleNamespace(sleep=sleep))


@pytest.mark.usefixtures("ending")
def test_a_batch_can_be_followed_from_another_terminal(on_terminal, monkeypatch):
    """As long as somebody runs it; the rows in the making are above the line for the whole."""
    # Each state is drawn at least once.
    shows = Live.show

    def show(live, *arguments):
        shows(live, *arguments)
        live._live.refresh()

    monkeypatch.setattr(Live, "show", show)
    code, drawn = on_terminal("batch", "status", "v", "--follow")
    assert code == 0
    lines = plain(drawn).replace("\r", "\n").splitlines()
    assert any(line.split()[:2] == ["3", "generating"] for line in lines)
    assert any("1 done, 1 in doubt, 1 in the making; $0.30" in line for line in lines)
    assert "v: 2 done, 1 in doubt; $0.30; nobody runs it" in lines


@pytest.mark.usefixtures("ending")
def test_each_change_is_a_line_in_a_pipe(wan):
    """Written once."""
    first, second, last = wan("batch", "status", "v", "--follow").text.splitlines()
    assert first == "1 done, 1 in doubt, 1 in the making; $0.30"
    assert second == "2 done, 1 in doubt; $0.30"
    assert last == "v: 2 done, 1 in doubt; $0.30; nobody runs it"


@pytest.mark.usefixtures("ending")
def test_each_change_is_json_for_programs(wan):
    """One object a line; the last one is how it ended."""
    lines = wan("batch", "status", "v", "-f", "--json").text.splitlines()
    found = [json.loads(line) for line in lines]
    assert [(each["done"], each["workers"]) for each in found] == [(1, 1), (2, 1), (2, 0)]


@pytest.mark.usefixtures("batch")
def test_a_person_decides_about_a_row_in_doubt(wan):
    """What may have been charged stays counted."""
    wrong = wan("batch", "resolve", "v", "1", "--give-up")
    assert (wrong.code, wrong.err) == (
        2,
        "wan: Row 1 is not in doubt: it is done. Nothing was sent or spent.\n",
    )
    assert "has no row 9" in wan("batch", "resolve", "v", "9", "--give-up").err
    assert "Choose one of" in wan("batch", "resolve", "v", "2").err
    assert "Choose one of" in wan("batch", "resolve", "v", "2", "--send-again", "--give-up").err
    said = wan("batch", "resolve", "v", "2", "--send-again")
    assert (said.code, said.text) == (
        0,
        "Row 2 is sent again when the batch runs; $0.20 are charged and reserved so far.",
    )
    assert wan("batch", "status", "v").text.startswith("v: 1 done, 2 waiting; $0.20")


@pytest.mark.usefixtures("batch")
def test_a_row_in_doubt_may_be_given_up(wan):
    """It has failed then, and counts as paid."""
    said = wan("batch", "resolve", "v", "2", "--give-up").text
    assert said == "Row 2 is given up, and counts as paid; $0.20 are charged and reserved so far."
    assert "wan: row 2 (line 2) failed: given up by a person" in wan("batch", "status", "v").err
