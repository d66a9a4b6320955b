"""``wan contract verify``: its output in each format, and its exit codes."""

from __future__ import annotations

import io
import json
import sys

import pytest

from tests.cli.conftest import plain
from tests.conformance.traffic import as_har, as_lines, exchange
from tests.support.first_contract import PATHS

pytestmark = pytest.mark.usefixtures("contract_as_it_was")
GOOD = exchange()
BAD = exchange("poll", returned={"id": "a", "status": "active"})


@pytest.fixture
def verify(wan, tmp_path):
    """A function that runs the command on a recording."""

    def verify(recording: bytes, *options: str):
        (tmp_path / "traffic.har").write_bytes(recording)
        return wan("contract", "verify", "traffic.har", *options)

    return verify


def test_traffic_without_violations_exits_with_0(verify):
    """Standard output is empty; standard error has the counts."""
    outcome = verify(as_har(GOOD, exchange("poll")))
    assert (outcome.code, outcome.out) == (0, b"")
    assert outcome.err == "2 exchanges with this API, no violation; 0 others ignored.\n"


def test_on_a_terminal_each_violation_is_a_row_of_a_table(on_terminal, tmp_path, monkeypatch):
    """Entry, operation, side, place and what is wrong, with a note below; it fits the terminal."""
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "traffic.har").write_bytes(as_lines(GOOD, BAD, exchange(status=201)))
    code, text = on_terminal("contract", "verify", str(tmp_path / "traffic.har"))
    heading, *lines, counts = plain(text).splitlines()
    assert heading.split() == ["entry", "operation", "side", "where", "what"]
    rows = [line.split()[:5] for line in lines if line[0] != " "]
    assert rows == [
        ["2", "poll", "response", "/status", "expected"],
        ["3", "create", "response", "response/201", "expected"],
    ]
    column = heading.index("what")
    words = " ".join(line[column:].strip() for line in lines).split()
    assert " ".join(words).count("this package can use the response all the same") == 2
    assert max(map(len, lines)) <= 80
    assert (code, "2 violations" in counts) == (1, True)


def test_in_a_pipe_the_columns_are_separated_by_tabs(verify):
    """For cut and awk."""
    outcome = verify(as_lines(BAD))
    assert outcome.out.decode().split("\t")[:4] == ["1", "poll", "response", "/status"]
    assert "1 exchange with this API, 1 violation; 0 others" in outcome.err


def test_markdown_has_the_counts_and_a_table(verify):
    """Without a violation, only the counts."""
    lines = verify(as_lines(GOOD, BAD), "--format", "markdown").out.decode().splitlines()
    assert lines[:3] == [
        "**2 exchanges with this API, 1 violation; 0 others ignored.**",
        "",
        "| entry | operation | side | where | what | note |",
    ]
    assert lines[4].startswith("| 2 | poll | response | /status | expected ")
    outcome = verify(as_lines(GOOD), "--format", "markdown")
    assert outcome.out == b"**1 exchange with this API, no violation; 0 others ignored.**\n"
    assert (outcome.code, outcome.err) == (0, "")


def test_each_violation_is_an_annotation_of_the_recording(verify):
    """Below the counts. The title has entry, operation, side and place."""
    outcome = verify(as_lines(GOOD, BAD, exchange(status=201)), "--format", "github")
    counts, first, second = outcome.out.decode().splitlines()
    assert counts == "3 exchanges with this API, 2 violations; 0 others ignored."
    title = "title=entry 2%3A poll response /status::expected "
    assert first.startswith(f"::error file=traffic.har,{title}")
    assert first.endswith(" (this package can use the response all the same)")
    assert "title=entry 3%3A create response response/201::" in second


def test_a_violation_without_a_note_is_an_annotation_too(verify):
    """The note is in parentheses, if there is one."""
    sent = exchange(body={"prompt": 1})
    outcome = verify(as_lines(sent), "--format", "github")
    assert b"create request /model::" in outcome.out
    assert b"()" not in outcome.out


def test_json_has_everything(verify):
    """A verdict, the counts, and each violation."""
    outcome = verify(as_lines(GOOD, BAD, exchange(url="https://x.example/")), "--format", "json")
    assert {key: outcome.data[key] for key in ("verdict", "checked", "others", "reason")} == {
        "verdict": "violated",
        "checked": 2,
        "others": 1,
        "reason": None,
    }
    (violation,) = outcome.data["violations"]
    assert (violation["entry"], violation["place"]) == (2, "response/200/status")
    assert outcome.code == 1


@pytest.mark.parametrize(
    ("recording", "reason"),
    [
        (b"<html>", "is not JSON"),
        (as_har(GOOD)[:-9], "is incomplete"),
        (as_har(), "no exchange with this API"),
        (as_lines(*[exchange(body=None)] * 7), "could not be checked: 1, 2, 3, 4, 5, …"),
    ],
)
def test_an_unknown_result_exits_with_2(verify, recording, reason):
    """The reason is on standard error, and in the JSON."""
    assert reason in verify(recording).err
    outcome = verify(recording, "--format", "json")
    assert (outcome.code, outcome.data["verdict"]) == (2, "unknown")
    assert reason in outcome.data["reason"]


def test_an_unreadable_recording_is_an_annotation(verify):
    """A table and Markdown leave standard output empty."""
    outcome = verify(b"<html>", "--format", "github")
    assert outcome.out.startswith(b"::error title=The recording could not be checked::")
    for output in ("table", "markdown"):
        assert verify(b"<html>", "--format", output).out == b""


def test_a_missing_file_exits_with_2(wan):
    """With a message, without a traceback."""
    outcome = wan("contract", "verify", "nowhere.har")
    assert (outcome.code, "nowhere.har cannot be read" in outcome.err) == (2, True)


def test_another_server_can_be_named(verify):
    """The option may be repeated."""
    here, there = (exchange(url=f"http://{host}{PATHS['create']}") for host in ("a", "b"))
    outcome = verify(as_lines(here, there), "--server", "http://a", "--server", "http://b")
    assert (outcome.code, outcome.err[:12]) == (0, "2 exchanges ")


def test_requests_outside_the_contract_are_listed(verify):
    """Without the query, and with their number."""
    other = exchange(url="https://api.aimlapi.com/v1/models?key=secret")
    outcome = verify(as_lines(GOOD, other, other))
    assert outcome.err.splitlines()[1] == "Not in the contract: POST /v1/models, 2 times."


def test_a_recording_can_come_from_standard_input(wan, monkeypatch):
    """Its annotations have no file."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(as_lines(BAD))))
    outcome = wan("contract", "verify", "-", "--format", "github")
    assert (outcome.code, b"::error title=entry 1%3A poll" in outcome.out) == (1, True)


def test_closed_standard_input_exits_with_2(wan, monkeypatch):
    """It can be closed under a service manager."""
    monkeypatch.setattr(sys, "stdin", None)
    outcome = wan("contract", "verify", "-")
    assert (outcome.code, "standard input is closed" in outcome.err) == (2, True)


def test_keys_links_and_control_characters_are_not_shown(verify):
    """In any format."""
    link = "https://cdn.example/\u001b[31m?Signature=secret-link"
    entry = exchange("poll", returned={"id": "a", "status": "completed", "video": link})
    for output in ("table", "markdown", "github", "json"):
        outcome = verify(as_lines(entry), "--format", output)
        assert b"secret" not in outcome.out
        assert b"\x1b" not in outcome.out
    assert json.loads(outcome.out)["violations"][0]["pointer"] == "/video"


@pytest.mark.parametrize(("missing", "says"), [("openapi_core", True), ("wan_ergonomic.x", False)])
def test_a_missing_extra_is_named(verify, monkeypatch, missing, says):
    """A missing module of our own is a defect, and raises."""

    def fail(*_: object, **__: object) -> None:
        raise ModuleNotFoundError(name=missing)

    monkeypatch.setattr("wan_ergonomic.conformance.verify", fail)
    if not says:
        with pytest.raises(ModuleNotFoundError):
            verify(as_lines(GOOD))
        return
    outcome = verify(as_lines(GOOD))
    assert (outcome.code, "pip install 'wan-ergonomic[contract]'" in outcome.err) == (2, True)


def page(number):
    """Return a poll to which a gateway responded."""
    entry = exchange("poll", 502, f"<html>{number}")
    entry["response"]["headers"] = {"Content-Type": "text/html"}
    return entry


NOTES = [
    "Entry 3 has a request whose body was not recorded completely; it could not be checked "
    "completely.",
    "Entry 2 is no object; it was skipped.",
    "Entry 4 has a request with an invalid URL; it was skipped.",
    "Entry 5 has a response of a gateway, not of the API; only its request was checked.",
    "Entry 6 has no response that can be checked; only its request was checked.",
]
NO_RESPONSE = {**exchange("poll"), "response": None}
MIXED = (BAD, 7, exchange(body=None), exchange(url="http://x:99999/"), page(1), NO_RESPONSE)


@pytest.mark.parametrize("output", ["table", "markdown", "github"])
def test_what_was_not_checked_is_named(verify, output):
    """With the reason, beside the violations of the other entries."""
    outcome = verify(as_har(*MIXED), "--format", output)
    assert outcome.code == 1
    text = outcome.out.decode()
    assert "/status" in text
    shown = {
        "table": outcome.err.splitlines()[1:],
        "markdown": [line[2:] for line in text.splitlines() if line.startswith("- ")],
        "github": [
            line.partition("title=Not checked::")[2].replace("%3A", ":")
            for line in text.splitlines()
            if line.startswith("::notice file=traffic.har,")
        ],
    }
    assert shown[output] == NOTES


def test_json_names_what_was_not_checked(verify):
    """In lists of their own, with the numbers of the entries."""
    data = verify(as_har(*MIXED), "--format", "json").data
    assert data["unclear"] == [
        {"entry": 3, "reason": "has a request whose body was not recorded completely"},
    ]
    assert data["skipped"] == [
        {"entry": 2, "reason": "is no object"},
        {"entry": 4, "reason": "has a request with an invalid URL"},
    ]
    assert (data["gateway"], data["unanswered"]) == ([5], [6])
    assert [one["entry"] for one in data["violations"]] == [1]


def test_of_many_entries_the_first_ones_are_named(verify):
    """And how many more there are."""
    outcome = verify(as_har(*map(page, range(7))))
    assert (outcome.code, outcome.err.splitlines()[-1]) == (
        0,
        "Of entries like these, there are 2 more.",
    )


def test_an_entry_of_ours_that_cannot_be_read_exits_with_2(verify):
    """The others have no violation, but this one may have."""
    damaged = exchange() | {"response": 7}
    outcome = verify(as_har(GOOD, damaged))
    assert (outcome.code, outcome.out) == (2, b"")
    assert outcome.err.splitlines() == [
        "1 exchange with this API, no violation; 0 others ignored.",
        "Entry 2 has a response that is no object; it could not be checked completely.",
        "wan: No violation was found, but these entries could not be checked: 2.",
    ]
