"""``--wan-live``: its checks, and the money that it spends and reports.

The checks are private: what they do with an error response is tested without pytest.
"""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.actions import Hang, Reset, response
from tests.support.first_contract import FOLDER, first_contract
from tests.support.loopback import Loopback
from tests.support.options import needs
from wan_ergonomic import _spec
from wan_ergonomic.plugin import _live_checks
from wan_ergonomic.plugin._live_checks import (
    CheckFailedError,
    CheckSkippedError,
    LiveSettings,
)
from wan_ergonomic.plugin._sandbox import SkippingClock
from wan_ergonomic.sandbox import Sandbox

pytest_plugins = ["pytester"]

UPSTREAM = str(Path(__file__).parents[2] / "openapi" / "upstream")
NOT_FOUND = {"message": "Inference not found"}
ACCEPTED = {"id": "gen-1", "status": "queued"}
IN_DOUBT = "One generation was submitted; whether it was accepted is unknown."
DONE = {"id": "gen-1", "status": "completed", "video": {"url": "https://cdn.example/a.mp4"}}


def usage(**amounts: float | None) -> dict[str, Any]:
    """Return the part of a response that holds the cost of a generation."""
    return {"meta": {"usage": amounts}}


USAGE = usage(credits_used=200_000)


@pytest.fixture
def api():
    """A sandbox whose jobs have ended at the second poll."""
    times = itertools.count(time.time(), 400)
    with Sandbox(clock=lambda: next(times), key="the-real-key") as sandbox:
        yield sandbox


@pytest.fixture
def key(monkeypatch) -> None:
    """A key in the environment."""
    monkeypatch.setenv("AIMLAPI_API_KEY", "the-real-key")


@pytest.fixture
def server():
    """A server with the responses that a test scripts."""
    with Loopback() as running:
        yield running


@pytest.fixture
def live(server, key) -> LiveSettings:  # noqa: ARG001
    """Settings for checks of that server, with one dollar allowed and a clock that never waits."""
    return LiveSettings(base_url=server.url, allowed=1.0, clock=SkippingClock())


@pytest.fixture
def options(api) -> tuple[str, ...]:
    """Options for checks of a sandbox and of the vendored documents."""
    return ("--wan-live", f"--wan-base-url={api.url}", f"--wan-page={UPSTREAM}")


@pytest.mark.usefixtures("key")
def test_the_free_checks_spend_nothing_and_report_it(suite, options, api):
    """They are three items beside the suite's own test, and none submits."""
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
    """There are no items and no output."""
    outcome = suite("def test_own(): pass")
    outcome.assert_outcomes(passed=1)
    outcome.stdout.no_fnmatch_line("*wan-live*")


def test_without_a_key_the_checks_that_need_one_are_skipped(suite, options):
    """The reason is shown; the check of a wrong key needs no key."""
    outcome = suite("", "-rs", *options, "--wan-spend", "1")
    outcome.assert_outcomes(passed=2, skipped=2)
    outcome.stdout.fnmatch_lines(["SKIPPED*There is no API key*"])


@pytest.mark.usefixtures("key")
def test_a_broken_configuration_file_skips_the_check(monkeypatch):
    """The reason is the message of the configuration error."""
    monkeypatch.setenv("WAN_CONFIG", "nowhere.toml")
    with pytest.raises(CheckSkippedError, match="which cannot be read"):
        _live_checks.unknown_id(LiveSettings())


@pytest.mark.usefixtures("key")
def test_the_checks_can_be_selected(suite, options):
    """They are selected by name, as any test."""
    outcome = suite("def test_own(): pass", *options, "-k", "wan-live and unknown")
    outcome.assert_outcomes(passed=1, deselected=3)


@needs("resolution")
@pytest.mark.usefixtures("key")
def test_one_generation_is_made_for_an_allowed_amount(suite, options, api):
    """One POST is sent, and the cost is in the output."""
    outcome = suite("", *options, "--wan-spend", "0.20")
    outcome.assert_outcomes(passed=4)
    outcome.stdout.fnmatch_lines(["Spent: 0.10 USD, for one generation, *"])
    (submission,) = [received for received in api.received if received.method == "POST"]
    assert submission.body["resolution"] == "480P"
    assert api.billed == 1


@pytest.mark.usefixtures("key")
def test_an_amount_that_is_too_small_spends_nothing(suite, options, api):
    """The check is skipped, and the reason gives the expected cost."""
    outcome = suite("", "-rs", *options, "--wan-spend", "0.09")
    outcome.assert_outcomes(passed=3, skipped=1)
    outcome.stdout.fnmatch_lines(["Nothing was spent.", "SKIPPED*costs about 0.10 USD*"])
    assert api.billed == 0


@pytest.mark.usefixtures("key")
def test_parallel_workers_spend_nothing(suite, options, api, pytester):
    """Under pytest-xdist the paid check is skipped, because each worker would submit."""
    pytester.makeconftest("def pytest_configure(config): config.workerinput = {}")
    suite("", *options, "--wan-spend", "1").assert_outcomes(passed=3, skipped=1)
    assert api.billed == 0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--wan-spend", "1"), "*--wan-spend needs --wan-live."),
        (("--wan-live", "--wan-spend", "all"), "*--wan-spend*"),
        (("--wan-live", "--wan-spend", "inf"), "*--wan-spend: inf is not an amount of money"),
        (("--wan-live", "--wan-spend", "-1"), "*--wan-spend*"),
        (("--wan-live", "--wan-base-url", "http://example.com"), "*must begin with https://*"),
    ],
)
def test_invalid_options_are_usage_errors(suite, words, complaint):
    """They end pytest before a test runs."""
    outcome = suite("def test_own(): pass", *words)
    assert outcome.ret == pytest.ExitCode.USAGE_ERROR
    outcome.stderr.fnmatch_lines([complaint])


def test_a_failed_check_is_one_sentence(suite, server, monkeypatch):
    """The output has no traceback and no key."""
    monkeypatch.setenv("AIMLAPI_API_KEY", "the-real-key")
    server.script("poll", response(200, ACCEPTED))
    options = ("--wan-live", f"--wan-base-url={server.url}", f"--wan-page={UPSTREAM}")
    outcome = suite("", *options)
    outcome.assert_outcomes(passed=1, failed=2)
    outcome.stdout.fnmatch_lines(
        [
            "The API accepted an unknown id, with status 'queued'.",
            "The API accepted a wrong key.",
        ]
    )
    outcome.stdout.no_fnmatch_line("*_live_checks.py*")
    outcome.stdout.no_fnmatch_line("*the-real-key*")


def test_a_bug_in_a_check_keeps_its_traceback(suite, options, monkeypatch):
    """It is not reported as a failed check."""
    monkeypatch.setattr(_live_checks, "WanClient", None)
    suite("", *options).stdout.fnmatch_lines(["E *TypeError*"])


@pytest.mark.parametrize("status", [400, 404, 410, 422])
def test_an_unknown_id_may_get_each_documented_status(live, server, status):
    """The check accepts any error status about the id, with a JSON object."""
    server.script("poll", response(status, NOT_FOUND))
    _live_checks.unknown_id(live)


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        (response(404, "<html>"), "404 and a JSON object"),
        (response(401, NOT_FOUND), "404 and a JSON object"),
        (response(429, NOT_FOUND), "404 and a JSON object"),
        (response(500, NOT_FOUND), "404 and a JSON object"),
        (Reset(), "could not be made: The connection to"),
    ],
)
def test_any_other_response_to_an_unknown_id_is_a_failure(live, server, reply, complaint):
    """One request is sent, and other error responses do not count as an unknown id."""
    server.script("poll", reply)
    with pytest.raises(CheckFailedError, match=complaint):
        _live_checks.unknown_id(live)
    assert len(server.received("poll")) == 1


def test_a_wrong_key_is_sent_without_the_right_one(live, server):
    """Any other error response than 401 is a failure."""
    server.script("poll", response(401, NOT_FOUND), response(404, NOT_FOUND))
    _live_checks.wrong_key(live)
    with pytest.raises(CheckFailedError, match="should get 401"):
        _live_checks.wrong_key(live)
    keys = {request.headers["authorization"] for request in server.received("poll")}
    assert keys == {"Bearer wan-live-wrong-key"}


@needs("resolution")
@pytest.mark.parametrize(
    ("reply", "summary"),
    [
        (response(403, NOT_FOUND), "Nothing was spent."),
        (response(429, NOT_FOUND), "Nothing was spent."),
        (response(500, NOT_FOUND), IN_DOUBT),
        (response(502, "<html>"), IN_DOUBT),
        (Reset(), IN_DOUBT),
    ],
)
def test_a_submission_that_fails_is_never_sent_again(live, server, reply, summary):
    """After any failure there is one POST, and the summary of the spending is true."""
    server.script("submit", reply)
    with pytest.raises(CheckFailedError, match="The submission failed: "):
        _live_checks.one_generation(live)
    with pytest.raises(CheckSkippedError, match="no second one"):
        _live_checks.one_generation(live)
    assert len(server.received("submit")) == 1
    assert live.spending.summary == summary


@pytest.mark.usefixtures("bodies_as_they_were")
@needs("resolution")
def test_a_second_generation_is_not_submitted(live, server):
    """A repeated check is skipped."""
    server.script("submit", response(200, ACCEPTED | USAGE))
    server.script("poll", response(200, DONE))
    _live_checks.one_generation(live)
    with pytest.raises(CheckSkippedError, match="no second one"):
        _live_checks.one_generation(live)
    assert len(server.received("submit")) == 1


@pytest.mark.usefixtures("bodies_as_they_were")
@needs("resolution")
@pytest.mark.parametrize(
    ("additions", "complaint", "spent"),
    [
        ((USAGE, {"status": "error"}), "ended with status 'error'", "0.10 USD"),
        ((USAGE, {"extra": 1}), "/extra", "0.10 USD"),
        ((usage(credits_used=None), {}), "/credits_used", "an amount that the API did not report"),
        (({"extra": 1}, {}), "/extra", "an amount that the API did not report"),
        ((usage(credits_used=1, usd_spent=1.5), {}), "cost 1.50 USD, more than the", "1.50 USD"),
        ((usage(credits_used=2_400_000), {}), "cost 1.20 USD, more than the 1.00", "1.20 USD"),
    ],
)
def test_an_unexpected_generation_fails_the_check(live, server, additions, complaint, spent):
    """It failed, departs from the contract, or cost too much; the cost is reported anyway."""
    accepted, done = additions
    server.script("submit", response(200, ACCEPTED | accepted))
    server.script("poll", response(200, DONE | done))
    with pytest.raises(CheckFailedError, match=complaint):
        _live_checks.one_generation(live)
    assert live.spending.summary == f"Spent: {spent}, for one generation, gen-1."


def test_without_the_cheap_resolution_nothing_is_submitted(live, server, monkeypatch):
    """The cost of any other resolution is not known beforehand."""
    contract = first_contract()
    monkeypatch.setattr(_spec, "contract", lambda: contract)
    del _spec.request_schema()["properties"]["resolution"]
    with pytest.raises(CheckFailedError, match="There is no option 'resolution'"):
        _live_checks.one_generation(live)
    assert (server.requests, live.spending.summary) == ([], "Nothing was spent.")


@pytest.mark.usefixtures("bodies_as_they_were")
@needs("resolution")
def test_an_interrupted_generation_is_in_the_summary(live, server, monkeypatch):
    """Its id and its cost are reported."""
    server.script("submit", response(200, ACCEPTED | USAGE))
    server.script("poll", Hang())

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("wan_ergonomic.WanClient.wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        _live_checks.one_generation(live)
    assert live.spending.summary == "Spent: 0.10 USD, for one generation, gen-1."


@pytest.mark.usefixtures("documents_as_they_were")
@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ("nowhere.md", "could not be made: .*nowhere.md"),
        ("changed", "breaking: "),
        ("empty", "could not be made: "),
    ],
)
def test_a_changed_or_unreadable_page_is_a_failure(tmp_path, page, complaint):
    """A change is named, and a page that cannot be read does not count as unchanged."""
    (tmp_path / "changed").mkdir()
    (tmp_path / "empty").mkdir()
    for file in (FOLDER / "upstream").glob("*.json"):
        text = file.read_text("utf-8").replace('"generation_id"', '"another_id"')
        (tmp_path / "changed" / file.name).write_text(text, "utf-8")
    with pytest.raises(CheckFailedError, match=complaint):
        _live_checks.published_page(LiveSettings(sources=(str(tmp_path / page),)))


def test_a_failed_comparison_is_a_failure(monkeypatch):
    """Any contract error means that the page could not be compared."""
    from wan_ergonomic import ContractError
    from wan_ergonomic.contract.watch import _watch

    def fail(_: object) -> None:
        raise ContractError("published twice")

    monkeypatch.setattr(_watch, "watch_published", fail)
    with pytest.raises(CheckFailedError, match="could not be made: published twice"):
        _live_checks.published_page(LiveSettings())


@pytest.mark.parametrize(
    ("module", "expected"),
    [("jsonpath", CheckSkippedError), ("wan_ergonomic.contract.watch._watch", ModuleNotFoundError)],
)
def test_the_page_needs_the_contract_extra(monkeypatch, module, expected):
    """Without it the check is skipped; a missing module of this package is a bug."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(expected):
        _live_checks.published_page(LiveSettings(sources=(UPSTREAM,)))
