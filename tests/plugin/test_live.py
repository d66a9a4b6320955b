"""``--wan-live``: it asks for what it should, spends what it may, and says what it spent."""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.actions import Hang, Reset, response
from tests.support.first_contract import first_contract
from tests.support.loopback import Loopback
from tests.support.options import needs
from wan_ergonomic import _spec
from wan_ergonomic.plugin import _canary
from wan_ergonomic.plugin._canary import CanaryError, CannotTellError, Ledger, Live
from wan_ergonomic.plugin._sandbox import SkippingClock
from wan_ergonomic.sandbox import Sandbox
from wan_ergonomic.sandbox._spec import usage_field

pytest_plugins = ["pytester"]

UPSTREAM = str(Path(__file__).parents[2] / "openapi" / "upstream")
NOT_FOUND = {"message": "Inference not found"}
ACCEPTED = {"id": "gen-1", "status": "queued"}
IN_DOUBT = "One generation was submitted; whether it was accepted is unknown."
DONE = {"id": "gen-1", "status": "completed", "video": {"url": "https://cdn.example/a.mp4"}}


def usage(**amounts: float | None) -> dict[str, Any]:
    """Return what an answer says that a generation cost."""
    return {"meta": {"usage": amounts}}


CREDITS = str(usage_field("create"))
USAGE = usage(credits_used=200_000)


@pytest.fixture
def api():
    """A sandbox whose jobs have ended at the second look."""
    times = itertools.count(time.time(), 400)
    with Sandbox(clock=lambda: next(times), key="the-real-key") as sandbox:
        yield sandbox


@pytest.fixture
def key(monkeypatch) -> None:
    """A key in the environment."""
    monkeypatch.setenv("AIMLAPI_API_KEY", "the-real-key")


@pytest.fixture
def server():
    """An API that says what a test wants."""
    with Loopback() as running:
        yield running


@pytest.fixture
def live(server, key) -> Live:  # noqa: ARG001
    """Checks of that API, with a dollar to spend and no time to lose."""
    return Live(base_url=server.url, allowed=1.0, clock=SkippingClock(), ledger=Ledger())


@pytest.fixture
def options(api) -> tuple[str, ...]:
    """What points the checks at a sandbox and at the vendored documents."""
    return ("--wan-live", f"--wan-base-url={api.url}", f"--wan-page={UPSTREAM}")


@pytest.mark.usefixtures("key")
def test_the_free_checks_spend_nothing_and_say_so(suite, options, api):
    """Three items beside the suite's own, and not one submission."""
    outcome = suite("def test_own(): pass", "-v", *options)
    outcome.assert_outcomes(passed=4)
    outcome.stdout.fnmatch_lines(
        [
            "wan-live::unknown id PASSED*",
            "wan-live::wrong key PASSED*",
            "wan-live::published page unchanged PASSED*",
            "*wan-live*",
            "Nothing was spent.",
        ]
    )
    assert {received.method for received in api.received} == {"GET"}
    assert api.billed == 0


def test_without_the_option_nothing_is_added(suite):
    """Neither an item nor a word."""
    outcome = suite("def test_own(): pass")
    outcome.assert_outcomes(passed=1)
    outcome.stdout.no_fnmatch_line("*wan-live*")


def test_without_a_key_what_needs_one_is_skipped(suite, options):
    """With the reason; a wrong key is everyone's."""
    outcome = suite("", "-rs", *options, "--wan-spend", "1")
    outcome.assert_outcomes(passed=2, skipped=2)
    outcome.stdout.fnmatch_lines(["SKIPPED*There is no API key*"])


@pytest.mark.usefixtures("key")
def test_a_broken_configuration_file_tells_nothing_about_the_api(monkeypatch):
    """It is a reason to skip, in its own words."""
    monkeypatch.setenv("WAN_CONFIG", "nowhere.toml")
    with pytest.raises(CannotTellError, match="no such file"):
        _canary.unknown_id(Live())


@pytest.mark.usefixtures("key")
def test_they_can_be_chosen_alone(suite, options):
    """By name, as any test."""
    outcome = suite("def test_own(): pass", *options, "-k", "wan-live and unknown")
    outcome.assert_outcomes(passed=1, deselected=3)


@needs("resolution")
@pytest.mark.usefixtures("key")
def test_one_generation_is_made_for_a_named_amount(suite, options, api):
    """One POST, and the bill in the output."""
    outcome = suite("", *options, "--wan-spend", "0.20")
    outcome.assert_outcomes(passed=4)
    outcome.stdout.fnmatch_lines(["Spent: 0.10 USD, for one generation, *"])
    (submission,) = [received for received in api.received if received.method == "POST"]
    assert submission.body["resolution"] == "480P"
    assert api.billed == 1


@pytest.mark.usefixtures("key")
def test_an_amount_that_is_too_small_spends_nothing(suite, options, api):
    """What it would cost is said."""
    outcome = suite("", "-rs", *options, "--wan-spend", "0.09")
    outcome.assert_outcomes(passed=3, skipped=1)
    outcome.stdout.fnmatch_lines(["Nothing was spent.", "SKIPPED*costs about 0.10 USD*"])
    assert api.billed == 0


@pytest.mark.usefixtures("key")
def test_parallel_workers_spend_nothing(suite, options, api, pytester):
    """Each of them might submit."""
    pytester.makeconftest("def pytest_configure(config): config.workerinput = {}")
    suite("", *options, "--wan-spend", "1").assert_outcomes(passed=3, skipped=1)
    assert api.billed == 0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--wan-spend", "1"), "*--wan-spend needs --wan-live."),
        (("--wan-live", "--wan-spend", "all"), "*--wan-spend*"),
        (("--wan-live", "--wan-spend", "inf"), "*--wan-spend: inf is no amount of money"),
        (("--wan-live", "--wan-spend", "-1"), "*--wan-spend*"),
        (("--wan-live", "--wan-base-url", "http://example.com"), "*must begin with https://*"),
    ],
)
def test_wrong_options_stop_everything(suite, words, complaint):
    """Before anything is run."""
    outcome = suite("def test_own(): pass", *words)
    assert outcome.ret == pytest.ExitCode.USAGE_ERROR
    outcome.stderr.fnmatch_lines([complaint])


def test_a_failure_is_one_sentence(suite, server, monkeypatch):
    """No traceback of ours, and no key."""
    monkeypatch.setenv("AIMLAPI_API_KEY", "the-real-key")
    server.script("poll", response(200, ACCEPTED))
    options = ("--wan-live", f"--wan-base-url={server.url}", f"--wan-page={UPSTREAM}")
    outcome = suite("", *options)
    outcome.assert_outcomes(passed=1, failed=2)
    outcome.stdout.fnmatch_lines(
        [
            "The API knows an id that nobody has: it is 'queued'.",
            "The API accepted a key that nobody has.",
        ]
    )
    outcome.stdout.no_fnmatch_line("*_canary.py*")
    outcome.stdout.no_fnmatch_line("*the-real-key*")


def test_a_mistake_of_ours_keeps_its_traceback(suite, options, monkeypatch):
    """It is not taken for a word about the API."""
    monkeypatch.setattr(_canary, "WanClient", None)
    suite("", *options).stdout.fnmatch_lines(["E *TypeError*"])


@pytest.mark.parametrize("status", [400, 404, 410, 422])
def test_an_unknown_id_may_be_refused_in_each_documented_way(live, server, status):
    """Any refusal that is about the id, as a JSON object."""
    server.script("poll", response(status, NOT_FOUND))
    _canary.unknown_id(live)


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        (response(404, "<html>"), "404 and a JSON object"),
        (response(401, NOT_FOUND), "404 and a JSON object"),
        (response(429, NOT_FOUND), "404 and a JSON object"),
        (response(500, NOT_FOUND), "404 and a JSON object"),
        (Reset(), "Could not tell: The connection failed"),
    ],
)
def test_any_other_answer_to_an_unknown_id_is_a_failure(live, server, said, complaint):
    """Asked once, and nothing is made of what says nothing about the id."""
    server.script("poll", said)
    with pytest.raises(CanaryError, match=complaint):
        _canary.unknown_id(live)
    assert len(server.received("poll")) == 1


def test_a_wrong_key_is_tried_without_the_right_one(live, server):
    """And any other refusal than 401 is a failure."""
    server.script("poll", response(401, NOT_FOUND), response(404, NOT_FOUND))
    _canary.wrong_key(live)
    with pytest.raises(CanaryError, match="should be refused with 401"):
        _canary.wrong_key(live)
    keys = {request.headers["authorization"] for request in server.received("poll")}
    assert keys == {"Bearer wan-live-wrong-key"}


@needs("resolution")
@pytest.mark.parametrize(
    ("said", "ledger"),
    [
        (response(403, NOT_FOUND), "Nothing was spent."),
        (response(429, NOT_FOUND), "Nothing was spent."),
        (response(500, NOT_FOUND), IN_DOUBT),
        (response(502, "<html>"), IN_DOUBT),
        (Reset(), IN_DOUBT),
    ],
)
def test_a_submission_that_fails_is_never_sent_again(live, server, said, ledger):
    """Whatever came of it, there is one POST, and the ledger says what is known."""
    server.script("submit", said)
    with pytest.raises(CanaryError, match="The submission failed: "):
        _canary.one_generation(live)
    with pytest.raises(CannotTellError, match="made already"):
        _canary.one_generation(live)
    assert len(server.received("submit")) == 1
    assert live.ledger.entry == ledger


@needs("resolution")
def test_a_second_generation_is_not_submitted(live, server):
    """However often the check is repeated."""
    server.script("submit", response(200, ACCEPTED | USAGE))
    server.script("poll", response(200, DONE))
    _canary.one_generation(live)
    with pytest.raises(CannotTellError, match="made already"):
        _canary.one_generation(live)
    assert len(server.received("submit")) == 1


@needs("resolution")
@pytest.mark.parametrize(
    ("answers", "complaint", "spent"),
    [
        ((USAGE, {"status": "error"}), "ended with status 'error'", "0.10 USD"),
        ((USAGE, {"extra": 1}), "/extra", "0.10 USD"),
        ((usage(**{CREDITS: None}), {}), f"/{CREDITS}", "an amount that the API did not name"),
        (({"extra": 1}, {}), "/extra", "an amount that the API did not name"),
        ((usage(credits_used=1, usd_spent=1.5), {}), "cost 1.50 USD, more than the", "1.50 USD"),
        ((usage(credits_used=2_400_000), {}), "cost 1.20 USD, more than the 1.00", "1.20 USD"),
    ],
)
def test_a_generation_that_is_not_as_it_should_be_fails(live, server, answers, complaint, spent):
    """It failed, its answers depart from the contract, or it cost too much; the bill is kept."""
    accepted, done = answers
    server.script("submit", response(200, ACCEPTED | accepted))
    server.script("poll", response(200, DONE | done))
    with pytest.raises(CanaryError, match=complaint):
        _canary.one_generation(live)
    assert live.ledger.entry == f"Spent: {spent}, for one generation, gen-1."


def test_without_a_size_that_is_cheap_nothing_is_submitted(live, server, monkeypatch):
    """What one generation costs would be anybody's guess."""
    contract = first_contract()
    monkeypatch.setattr(_spec, "contract", lambda: contract)
    del _spec.request_schema()["properties"]["resolution"]
    with pytest.raises(CanaryError, match="There is no option 'resolution'"):
        _canary.one_generation(live)
    assert (server.requests, live.ledger.entry) == ([], "Nothing was spent.")


@needs("resolution")
def test_an_interrupted_generation_is_in_the_ledger(live, server, monkeypatch):
    """Its id is known, and what it cost."""
    server.script("submit", response(200, ACCEPTED | USAGE))
    server.script("poll", Hang())

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("wan_ergonomic.WanClient.wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        _canary.one_generation(live)
    assert live.ledger.entry == "Spent: 0.10 USD, for one generation, gen-1."


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ("nowhere.md", "Could not tell: .*nowhere.md"),
        ("changed", "breaking: "),
        ("empty", "Could not tell: "),
    ],
)
def test_a_page_that_changed_or_cannot_be_read_is_a_failure(tmp_path, page, complaint):
    """What changed is said, and what could not be told is not called unchanged."""
    (tmp_path / "changed").mkdir()
    (tmp_path / "empty").mkdir()
    for file in Path(UPSTREAM).glob("*.json"):
        text = file.read_text("utf-8").replace('"generation_id"', '"another_id"')
        (tmp_path / "changed" / file.name).write_text(text, "utf-8")
    with pytest.raises(CanaryError, match=complaint):
        _canary.published_page(Live(sources=(str(tmp_path / page),)))


def test_a_page_without_the_operations_cannot_tell(monkeypatch):
    """Whatever keeps the comparison from being made."""
    from wan_ergonomic import ContractError
    from wan_ergonomic.contract.watch import _watch

    def refuse(_: object) -> None:
        raise ContractError("published twice")

    monkeypatch.setattr(_watch, "watch_published", refuse)
    with pytest.raises(CanaryError, match="Could not tell: published twice"):
        _canary.published_page(Live())


@pytest.mark.parametrize(
    ("module", "expected"),
    [("jsonpath", CannotTellError), ("wan_ergonomic.contract.watch._watch", ModuleNotFoundError)],
)
def test_the_page_needs_the_contract_extra(monkeypatch, module, expected):
    """Without it the check is skipped; a module of our own that is missing is our mistake."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(expected):
        _canary.published_page(Live(sources=(UPSTREAM,)))
