"""A submission whose response was lost is found in the account's log, and is not sent again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.flows.stage import api_error, context, play, response
from wan_ergonomic import (
    AuthenticationError,
    ConfigurationError,
    GenerationFailedError,
    NotFoundError,
    RetryPolicy,
    SubmissionInDoubtError,
    SubmissionNotFoundError,
    UnreadableResponseError,
)
from wan_ergonomic._flows import ApiResponse, Flow, Query, Report, Sleep
from wan_ergonomic.account import Lost, recover, recovering
from wan_ergonomic.ledger import Ledger
from wan_ergonomic.sandbox import AccountScenario, Reply, Run
from wan_ergonomic.sandbox._scenario import Trouble

from .conftest import LONG, PRICE, SMALL

ONCE = RetryPolicy(attempts=1)
Row = dict[str, Any]
DROPPED = "A boat [scenario: lost-connection]"


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    """A ledger without a job."""
    return Ledger(tmp_path / "ledger.sqlite3")


def paid_once(bank: Any) -> bool:
    """Return whether one submission was received, and one charged."""
    account = bank.sandbox.account
    return (bank.posts, bank.sandbox.billed, account.highest_charged_usd) == (1, 1, PRICE)


def the_job(bank: Any) -> str:
    """Return the id of the only job that was charged."""
    (job_id,) = {each.reference_id for each in bank.sandbox.account.transactions[1:]}
    return str(job_id)


def test_a_lost_submission_is_found_once_its_job_has_ended(bank):
    """By the id that it was sent with: one submission, one charge, and a video."""
    with bank.client() as wan:
        error = bank.lose(wan)
        began = bank.clock.time
        found = wan.recover(error)
        assert LONG - 30 < bank.clock.time - began < LONG + 40
        assert wan.wait(found).video
    job_id = the_job(bank)
    assert (found.id, found.status) == (job_id, "completed")
    assert found.client_request_id == error.client_request_id
    assert found.request == error.request
    assert found.usage.in_usd == PRICE
    assert paid_once(bank)


def test_a_lost_submission_is_found_by_its_id_alone(bank):
    """From another process, without a ledger; what was sent is not known then."""
    with bank.client() as wan:
        error = bank.lose(wan)
    bank.clock.time += LONG
    with bank.client() as wan:
        found = wan.recover(error.client_request_id)
    assert (found.completed, found.request) == (True, {})
    assert bank.requests("list_requests")[0].query["period"] == "7d"
    assert paid_once(bank)


def test_the_ledger_knows_what_was_sent_and_records_what_is_found(bank, ledger):
    """So only the time since the submission is searched."""
    with bank.client(ledger=ledger) as wan:
        error = bank.lose(wan)
        (job,) = ledger.jobs()
        assert (job.outcome, job.generation_id) == ("in doubt", None)
        bank.clock.time += LONG
        found = wan.recover(error.client_request_id)
    (job,) = ledger.jobs()
    assert (job.outcome, job.generation_id, job.status) == ("accepted", found.id, "completed")
    assert job.usd == PRICE
    assert found.request == job.body == error.request
    assert bank.requests("list_requests")[0].query["period"] == "24h"
    assert paid_once(bank)


def test_a_ledger_that_cannot_be_read_stops_no_search(bank, tmp_path):
    """The log is enough."""
    said: list[str] = []
    broken = Ledger(tmp_path / "ledger.sqlite3", on_trouble=said.append)
    broken.path.write_text("not a database " * 100)
    with bank.client(ledger=broken) as wan:
        error = bank.lose(wan)
        bank.clock.time += LONG
        assert wan.recover(error).completed
    assert said


def test_generate_with_recover_ends_with_the_video(bank):
    """And reports the submission once, as soon as it is found."""
    submitted: list[Any] = []
    with bank.client() as wan:
        generation = wan.generate(DROPPED, **SMALL, recover=True, on_submit=submitted.append)
    assert generation.completed
    assert generation.video
    assert [each.id for each in submitted] == [generation.id]
    assert paid_once(bank)


def test_generate_with_recover_records_one_job(bank, ledger):
    """It is in doubt only until it is found."""
    with bank.client(ledger=ledger) as wan:
        generation = wan.generate(DROPPED, **SMALL, recover=True)
    (job,) = ledger.jobs()
    assert (job.outcome, job.generation_id, job.usd) == ("accepted", generation.id, PRICE)
    assert job.status == "completed"


def test_generate_without_recover_ends_in_doubt(bank):
    """Nobody asks the log."""
    with bank.client() as wan, pytest.raises(SubmissionInDoubtError):
        wan.generate(DROPPED, **SMALL)
    assert bank.requests("list_requests") == []
    assert paid_once(bank)


def test_generate_with_recover_does_not_ask_the_log_without_need(bank):
    """A submission with a response is waited for as ever."""
    with bank.client() as wan:
        assert wan.generate("A boat", **SMALL, recover=True).completed
    assert bank.requests("list_requests") == []
    assert paid_once(bank)


@pytest.mark.parametrize(
    "scenario",
    ["log-503", "log-429", "log-429-bare", "log-page", "log-dropped", "rows-late", "rows-end",
     "rows-no-request", "rows-twice", "pages-overlap", "pages-endless"],
)  # fmt: skip
@pytest.mark.parametrize("retrying", [RetryPolicy(), ONCE], ids=["retried", "once"])
def test_a_lost_submission_is_found_whatever_the_log_does(bank, scenario, retrying):
    """It may be away for a while, late, repeat rows, or have another row with the same id."""
    with bank.client(retrying=retrying) as wan:
        error = bank.lose(wan)
        bank.clock.time += LONG
        bank.play(scenario)
        found = wan.recover(error)
    job_id = the_job(bank)
    assert found.id == job_id
    assert paid_once(bank)


@pytest.mark.usefixtures("impatient")
def test_a_lost_submission_is_found_though_the_log_hangs(bank):
    """The request is given up, and made again."""
    with bank.client() as wan:
        error = bank.lose(wan)
        bank.clock.time += LONG
        bank.play("log-hangs")
        assert wan.recover(error).completed
    assert len(bank.requests("list_requests")) == 2
    assert paid_once(bank)


@pytest.mark.parametrize("scenario", ["pages-overlap", "pages-endless"])
def test_a_lost_submission_is_found_on_a_later_page(sync_bank, scenario, monkeypatch):
    """Every page is read, and no page twice."""
    monkeypatch.setattr("wan_ergonomic.account._log.PAGE", 2)
    sync_bank.play(scenario)
    with sync_bank.client() as wan:
        error = sync_bank.lose(wan)
        for _ in range(4):
            wan.submit("A boat", **SMALL)
            sync_bank.clock.time += 1
        sync_bank.clock.time += LONG
        assert wan.recover(error).completed
    offsets = [int(each.query["offset"]) for each in sync_bank.requests("list_requests")]
    assert offsets == sorted(set(offsets))
    assert len(offsets) > 2


def test_a_failed_one_is_found_as_failed_and_free(bank, ledger):
    """The account was not charged for it."""

    def fails(row: Row) -> Sequence[Row]:
        return [row | {"status": "failed", "cost": {"usd": 0, "credits": 0}}]

    bank.play_rows(fails)
    with bank.client(ledger=ledger) as wan:
        error = bank.lose(wan)
        bank.clock.time += LONG
        with pytest.raises(GenerationFailedError, match="nothing was charged") as caught:
            wan.recover(error)
    job_id = the_job(bank)
    assert caught.value.generation_id == job_id
    (recorded,) = ledger.jobs()
    assert (recorded.generation_id, recorded.usd, recorded.failed) == (job_id, 0, True)


def test_a_failed_one_without_an_id_is_recorded_too(bank, ledger):
    """As one that is over: it is not looked for again."""

    def fails(row: Row) -> Sequence[Row]:
        return [row | {"status": "failed", "cost": None, "inference_id": None}]

    bank.play_rows(fails)
    with bank.client(ledger=ledger) as wan:
        error = bank.lose(wan)
        bank.clock.time += LONG
        with pytest.raises(GenerationFailedError, match="and it failed") as caught:
            wan.recover(error)
    assert caught.value.generation
    assert caught.value.generation.usage
    assert caught.value.generation.usage.in_usd == 0
    (recorded,) = ledger.jobs()
    assert recorded.outcome == "rejected"


def test_a_failed_one_that_cost_something_is_not_called_free(bank):
    """The log has the last word."""

    def charged(row: Row) -> Sequence[Row]:
        return [row | {"status": "failed"}]

    bank.play_rows(charged)
    with bank.client() as wan:
        error = bank.lose(wan)
        bank.clock.time += LONG
        with pytest.raises(GenerationFailedError) as caught:
            wan.recover(error)
    assert "nothing was charged" not in str(caught.value)
    assert caught.value.generation
    assert caught.value.generation.usage
    assert caught.value.generation.usage.in_usd == PRICE


@pytest.mark.parametrize("first", [True, False])
def test_of_two_rows_the_one_with_a_video_counts(bank, first):
    """In either order: the other one failed."""

    def two(row: Row) -> Sequence[Row]:
        failed = row | {"status": "failed", "inference_id": "other", "cost": {"usd": 0}}
        return [failed, row] if first else [row, failed]

    bank.play_rows(two)
    with bank.client() as wan:
        error = bank.lose(wan)
        bank.clock.time += LONG
        assert wan.recover(error).completed


def test_a_submission_that_was_not_received_is_not_found(bank, ledger):
    """Once its job must have ended; the error says what was searched."""
    with bank.client(ledger=ledger) as wan:
        bank.pay(wan)
        error = lose_unlogged(bank, wan)
        moment = ledger.jobs()[0].submitted
        began = bank.clock.time
        with pytest.raises(SubmissionNotFoundError) as caught:
            wan.recover(error)
        assert 18 * 60 < bank.clock.time - began < 19 * 60
    said = str(caught.value)
    assert f"none of 1 requests, read back to {moment:%Y-%m-%d %H:%M} UTC" in said
    assert error.client_request_id in said
    assert "It was not sent again." in said
    assert caught.value.request == error.request
    assert bank.posts == 2


def lose_unlogged(bank: Any, wan: Any) -> SubmissionInDoubtError:
    """Submit with a response that is lost, and let the log not have it."""
    error: SubmissionInDoubtError = bank.lose(wan)
    lost = error.client_request_id
    bank.play_rows(lambda row: [row] if row["client_request_id"] != lost else [])
    return error


def test_an_old_submission_that_is_not_found_needs_no_second_look(bank, ledger):
    """Its job must have ended before."""
    with bank.client(ledger=ledger) as wan:
        error = lose_unlogged(bank, wan)
        (job,) = ledger.jobs()
        old = (job.submitted - timedelta(days=30)).timestamp()
        ledger._execute("UPDATE jobs SET submitted = :old", {"old": old})
        with pytest.raises(SubmissionNotFoundError):
            wan.recover(error)
    (request,) = bank.requests("list_requests")
    begin, end = (datetime.fromisoformat(request.query[name]) for name in ("start", "end"))
    assert begin < job.submitted - timedelta(days=30) < datetime.now(UTC) < end


def test_a_log_without_its_id_ends_as_not_found(bank):
    """As far as the log shows."""
    bank.play("rows-never")
    with bank.client() as wan:
        error = bank.lose(wan)
        with pytest.raises(SubmissionNotFoundError, match="as far as the log shows"):
            wan.recover(error)


def test_a_row_that_names_no_submission_may_be_the_one(bank):
    """So it is not said that nothing was accepted."""
    bank.play("rows-no-client")
    with bank.client() as wan:
        error = bank.lose(wan)
        with pytest.raises(SubmissionInDoubtError, match="so one of them may be it") as caught:
            wan.recover(error)
    assert type(caught.value) is SubmissionInDoubtError


def test_a_lost_one_is_found_by_its_generation_too(bank, ledger):
    """The log is searched for the id that it was sent with, which the ledger has."""
    with bank.client(ledger=ledger) as wan:
        error = bank.lose(wan)
        job = the_job(bank)
        ledger.ended(error.client_request_id, "in doubt", "lost", job)
        bank.clock.time += LONG
        assert wan.recover(job).id == job


def test_a_search_that_ends_before_the_job_must_have_ended_is_in_doubt(bank):
    """The log proves nothing yet."""
    with bank.client() as wan:
        error = bank.lose(wan)
        with pytest.raises(SubmissionInDoubtError, match="may be running still") as caught:
            wan.recover(error, timeout=60)
        assert type(caught.value) is SubmissionInDoubtError
        assert f"wan recover {error.client_request_id}" in str(caught.value)
        bank.clock.time += LONG
        assert wan.recover(error).completed
    assert paid_once(bank)


def test_a_log_that_stays_away_leaves_the_submission_in_doubt(bank):
    """It is not said to be not found, however long the search was."""
    bank.play("log-away")
    with bank.client(retrying=ONCE) as wan:
        error = bank.lose(wan)
        with pytest.raises(SubmissionInDoubtError, match="Service is unavailable") as caught:
            wan.recover(error, timeout=3000)
    assert type(caught.value) is SubmissionInDoubtError
    assert "wan recover" in str(caught.value)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_log_that_may_not_be_read_is_given_up_at_once(bank, status):
    """Another key may read it."""
    trouble: Run[Trouble] = Run((Reply(status=status, message="Not for you"),), endless=True)
    bank.sandbox.account.scenario = AccountScenario(failures={"list_requests": trouble})
    with bank.client() as wan:
        error = bank.lose(wan)
        slept = len(bank.clock.sleeps)
        with pytest.raises(SubmissionInDoubtError, match="Not for you") as caught:
            wan.recover(error)
        assert len(bank.clock.sleeps) == slept
    assert type(caught.value) is SubmissionInDoubtError
    assert caught.value.__cause__
    assert len(bank.requests("list_requests")) == 1


def test_a_missing_log_is_given_up_at_once(bank):
    """There is none at this address."""
    bank.play("log-missing")
    with bank.client() as wan:
        error = bank.lose(wan)
        with pytest.raises(SubmissionInDoubtError) as caught:
            wan.recover(error)
    assert isinstance(caught.value.__cause__, NotFoundError)


def test_generate_with_recover_chains_the_first_error(bank):
    """Why it was in doubt at all."""
    bank.play("log-missing")
    with bank.client() as wan, pytest.raises(SubmissionInDoubtError) as caught:
        wan.generate(DROPPED, **SMALL, recover=True)
    assert isinstance(caught.value.__cause__, SubmissionInDoubtError)
    assert caught.value.client_request_id == caught.value.__cause__.client_request_id


def unknown(row: Row) -> Sequence[Row]:
    """Give a row the id of no generation."""
    return [row | {"inference_id": "nobody"}]


def nameless(row: Row) -> Sequence[Row]:
    """Give a row no generation."""
    return [row | {"inference_id": None}]


def doubtful(row: Row) -> Sequence[Row]:
    """Add a failed row to one whose generation is not known."""
    return [*unknown(row), row | {"status": "failed"}]


@pytest.mark.parametrize("rows", [unknown, nameless, doubtful])
def test_an_id_that_no_poll_confirms_is_not_believed(bank, rows):
    """Nor does it show that there is no other."""
    bank.play_rows(rows)
    with bank.client() as wan:
        error = bank.lose(wan)
        bank.clock.time += LONG
        with pytest.raises(SubmissionInDoubtError) as caught:
            wan.recover(error)
        assert type(caught.value) is SubmissionInDoubtError
        bank.play()
        assert wan.recover(error).completed


@pytest.mark.parametrize("lost_as", ["", "  ", None, 5, b"x"])
def test_only_an_error_or_an_id_can_be_looked_for(bank, lost_as):
    """Before anything is sent."""
    with bank.client() as wan, pytest.raises(ConfigurationError, match="neither"):
        wan.recover(lost_as)
    assert bank.sandbox.received == ()


LOG_ROW: Row = {"client_request_id": "mine", "status": "succeeded", "inference_id": "gen-9"}
LOST = Lost(client_request_id="mine")


def log(*rows: Row) -> ApiResponse:
    """Return the response with a page of the log."""
    return response(data=list(rows))


def test_an_older_row_with_the_same_id_belongs_to_another_submission(clock):
    """A caller may have sent both with an id of its own."""
    begun = datetime.now(UTC) - timedelta(hours=1)
    older = LOG_ROW | {"created": (begun - timedelta(hours=3)).isoformat()}
    lost = Lost(client_request_id="mine", submitted=begun)
    played = play(recover(lost, context(clock)), clock, log(older))
    assert isinstance(played.error, SubmissionNotFoundError)


def test_a_poll_about_another_generation_confirms_nothing(clock):
    """It may be a response to another request."""
    confirmed = response("completed", video={"url": "https://cdn.example/v.mp4"})
    other = confirmed._replace(content=b'{"id": "gen-8", "status": "completed"}')
    played = play(
        recover(LOST, context(clock, 4.5)), clock, log(LOG_ROW), other, log(LOG_ROW), other
    )
    assert isinstance(played.error, SubmissionInDoubtError)
    assert "gen-9 is about gen-8" in str(played.error)


def test_a_confirmed_generation_may_have_failed_or_still_run(clock):
    """The poll has the last word about its status, and the log about its cost."""
    running = ApiResponse(content=b'{"id": "gen-9", "status": "generating"}', headers={})
    played = play(recover(LOST, context(clock)), clock, log(LOG_ROW), running)
    assert played.result
    assert (played.result.status, played.result.usage) == ("generating", None)
    assert played.step_types[-1] is Report
    failed = ApiResponse(content=b'{"id": "gen-9", "status": "error"}', headers={})
    paid = LOG_ROW | {"cost": {"credits": 200_000}}
    played = play(recover(LOST, context(clock)), clock, log(paid), failed)
    assert isinstance(played.error, GenerationFailedError)
    assert "nothing was charged" not in str(played.error)
    assert played.error.generation
    assert played.error.generation.usage
    assert played.error.generation.usage.in_usd == 0.1


@pytest.mark.parametrize("status", ["completed", "generating"])
def test_what_is_found_is_waited_for_until_it_has_a_video(clock, status):
    """The log can have a job before its link."""

    def lost_submission() -> Flow:
        yield from ()
        raise SubmissionInDoubtError("Lost.", client_request_id="mine", request={"prompt": "x"})

    early = ApiResponse(content=f'{{"id": "gen-9", "status": "{status}"}}'.encode(), headers={})
    done = b'{"id": "gen-9", "status": "completed", "video": {"url": "https://cdn.example/v.mp4"}}'
    late = early._replace(content=done)
    flow = recovering(lost_submission(), context(clock))
    played = play(flow, clock, log(LOG_ROW), early, early, late)
    assert played.result
    assert (played.result.id, played.result.request) == ("gen-9", {"prompt": "x"})
    assert played.result.video
    assert [update.polls for update in played.updates] == [0, 1, 2]


def test_a_poll_without_rights_is_given_up_at_once(clock):
    """As the log without rights is."""
    played = play(recover(LOST, context(clock)), clock, log(LOG_ROW), api_error(401))
    assert isinstance(played.error, SubmissionInDoubtError)
    assert isinstance(played.error.__cause__, AuthenticationError)
    assert played.sleeps == []


def test_a_poll_that_fails_is_made_again(clock):
    """With another look at the log."""
    done = ApiResponse(content=b'{"id": "gen-9", "status": "completed"}', headers={})
    played = play(
        recover(LOST, context(clock)), clock, log(LOG_ROW), api_error(503), log(LOG_ROW), done
    )
    assert played.result
    assert played.sleeps == [2.0]


def test_the_looks_become_rarer(clock):
    """Up to one in half a minute."""
    played = play(recover(LOST, context(clock, 100)), clock, *9 * (log(),))
    assert played.sleeps == [2.0, 3.0, 4.5, 6.75, 10.125, 15.1875, 22.78125, 30.0]
    assert isinstance(played.error, SubmissionInDoubtError)


def test_older_pages_are_not_read(clock):
    """Rows come with the newest first, and the moment of the submission is known."""
    lost = replace(LOST, submitted=datetime.now(UTC) - timedelta(minutes=30))
    old = {"created": (datetime.now(UTC) - timedelta(hours=3)).isoformat()}
    page = response(data=[old], pagination={"has_more": True})
    played = play(recover(lost, context(clock)), clock, page)
    assert isinstance(played.error, SubmissionNotFoundError)
    assert [type(step) for step in played.steps] == [Query]


def test_a_response_without_a_list_is_no_empty_log(clock):
    """It says nothing about the submission."""
    lost = replace(LOST, submitted=datetime.now(UTC) - timedelta(minutes=30))
    played = play(recover(lost, context(clock)), clock, response(message="Back soon"), log())
    assert [type(step) for step in played.steps] == [Query, Sleep, Query]
    assert isinstance(played.error, SubmissionNotFoundError)
    played = play(recover(lost, context(clock, 1)), clock, response(message="Back soon"))
    assert isinstance(played.error, SubmissionInDoubtError)
    assert not isinstance(played.error, SubmissionNotFoundError | UnreadableResponseError)
    assert math.isclose(sum(played.sleeps), 0)
