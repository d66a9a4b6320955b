"""``wan contract verify``: what it says of recorded traffic, and how it ends."""

from __future__ import annotations

import io
import json
import sys

import pytest

from tests.conformance.traffic import as_har, as_lines, exchange
from wan_ergonomic._spec import path

GOOD = exchange()
BAD = exchange("poll", answer={"id": "a", "status": "active"})


@pytest.fixture
def verify(wan, tmp_path):
    """Run the command on a recording."""

    def verify(recording: bytes, *options: str):
        (tmp_path / "traffic.har").write_bytes(recording)
        return wan("contract", "verify", "traffic.har", *options)

    return verify


@pytest.mark.parametrize("form", ["table", "plain"])
def test_good_traffic_ends_with_zero_and_a_count(verify, form):
    """Nothing but a sentence, and that on standard error."""
    outcome = verify(as_har(GOOD, exchange("poll")), "--format", form)
    assert (outcome.code, outcome.out) == (0, b"")
    assert outcome.err == "2 exchanges with this API, no violation; 0 others left aside.\n"


def test_each_violation_is_one_line_of_a_table(verify):
    """Entry, operation, side, place, what is wrong, and what becomes of it."""
    outcome = verify(as_lines(GOOD, BAD, exchange(status=201)))
    heading, first, second = outcome.out.decode().splitlines()
    assert heading.split() == ["entry", "operation", "side", "where", "what", "note"]
    assert first.split()[:5] == ["2", "poll", "response", "/status", "expected"]
    assert second.split()[:5] == ["3", "create", "response", "response/201", "expected"]
    assert first.index("this package can use") == second.index("this package can use")
    assert (outcome.code, "2 violations" in outcome.err) == (1, True)


def test_plain_output_is_separated_by_tabs(verify):
    """For cut and awk."""
    outcome = verify(as_lines(BAD), "--format", "plain")
    assert outcome.out.decode().split("\t")[:4] == ["1", "poll", "response", "/status"]
    assert "1 exchange with this API, 1 violation; 0 others" in outcome.err


def test_json_output_has_all_of_it(verify):
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
        (as_lines(*[exchange(body=None)] * 7), "entries 1, 2, 3, 4, 5, …"),
    ],
)
def test_what_cannot_tell_ends_with_two(verify, recording, reason):
    """Neither honoured nor violated, and the reason is said in both forms."""
    assert reason in verify(recording).err
    outcome = verify(recording, "--format", "json")
    assert (outcome.code, outcome.data["verdict"]) == (2, "unknown")
    assert reason in outcome.data["reason"]


def test_a_file_that_is_not_there_ends_with_two(wan):
    """A sentence, not a traceback."""
    outcome = wan("contract", "verify", "nowhere.har")
    assert (outcome.code, "nowhere.har cannot be read" in outcome.err) == (2, True)


def test_another_server_can_be_named(verify):
    """As often as the API was reached in another place."""
    here, there = (exchange(url=f"http://{host}{path('create')}") for host in ("a", "b"))
    outcome = verify(as_lines(here, there), "--server", "http://a", "--server", "http://b")
    assert (outcome.code, outcome.err[:12]) == (0, "2 exchanges ")


def test_what_the_contract_does_not_know_is_named(verify):
    """Without its query, and as often as it occurs."""
    other = exchange(url="https://api.aimlapi.com/v1/models?key=secret")
    outcome = verify(as_lines(GOOD, other, other))
    assert outcome.err.splitlines()[1] == "Not in the contract: POST /v1/models, 2 times."


def test_a_recording_can_come_from_standard_input(wan, monkeypatch):
    """So that it can be piped from whatever records it."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(as_lines(BAD))))
    assert wan("contract", "verify", "-").code == 1


def test_closed_standard_input_is_no_recording(wan, monkeypatch):
    """As under a service manager."""
    monkeypatch.setattr(sys, "stdin", None)
    outcome = wan("contract", "verify", "-")
    assert (outcome.code, "which is closed" in outcome.err) == (2, True)


def test_neither_keys_nor_links_nor_controls_are_shown(verify):
    """In no form."""
    link = "https://cdn.example/\u001b[31m?Signature=secret-link"
    entry = exchange("poll", answer={"id": "a", "status": "completed", "video": link})
    for form in ("table", "plain", "json"):
        outcome = verify(as_lines(entry), "--format", form)
        assert b"secret" not in outcome.out
        assert b"\x1b" not in outcome.out
    assert json.loads(outcome.out)["violations"][0]["pointer"] == "/video"


@pytest.mark.parametrize(("missing", "says"), [("openapi_core", True), ("wan_ergonomic.x", False)])
def test_a_missing_extra_is_named(verify, monkeypatch, missing, says):
    """What to install; a mistake of ours keeps its traceback."""

    def fail(*_: object, **__: object) -> None:
        raise ModuleNotFoundError(name=missing)

    monkeypatch.setattr("wan_ergonomic.conformance._verify.verify", fail)
    if not says:
        with pytest.raises(ModuleNotFoundError):
            verify(as_lines(GOOD))
        return
    outcome = verify(as_lines(GOOD))
    assert (outcome.code, "pip install 'wan-ergonomic[contract]'" in outcome.err) == (2, True)
