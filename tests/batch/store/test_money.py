"""What a submission's record becomes, whoever reports, in which order, and how often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wan_ergonomic._generation import Failure, Usage
from wan_ergonomic.batch.store import AlreadySentError, HeldError, Money, Rows

from .made import URL, begin, generation, spent, state, with_rows


@pytest.fixture
def one(database) -> tuple[Rows, Money]:
    """One row that waits."""
    return with_rows(database, 1)


def outcome(money: Money, send: int = 0) -> str | None:
    """Return the outcome of the first row's submission."""
    found = money.find(1, send)
    return found.outcome if found else None


def in_doubt(money: Money) -> None:
    """Begin a submission, and lose its response."""
    begin(money)
    money.in_doubt(1, 0, "no response")


def test_a_row_is_begun_once(one):
    """The second one to try is told so, and nothing of the first one's record changes."""
    rows, money = one
    begin(money, worker="first")
    with pytest.raises(AlreadySentError):
        begin(money, worker="second", client_request_id="other")
    (known,) = money.of_row(1)
    assert (known.worker, known.client_request_id, known.base_url) == ("first", "r1.0", URL)
    assert (known.outcome, known.reserved_usd, known.usage) == ("submitting", 0.1, None)
    assert state(rows) == ("submitting", 0)
    assert known.submitted > 1e9


@pytest.mark.parametrize(
    "report",
    [
        lambda money: money.in_doubt(1, 0, "lost"),
        lambda money: money.accepted(1, 0, generation()),
        lambda money: money.give_up(1, 0, "enough"),
    ],
    ids=["in doubt", "accepted", "given up"],
)
def test_a_row_is_not_begun_again_whatever_became_of_it(one, report):
    """As long as nothing definite and no person allows it."""
    _, money = one
    begin(money)
    report(money)
    with pytest.raises(AlreadySentError):
        begin(money)
    assert len(money.of_row(1)) == 1


def test_a_rejected_row_can_be_begun_once_more(one):
    """Its first submission costs nothing, and stays in the record."""
    rows, money = one
    begin(money)
    money.rejected(1, 0, "too many requests")
    assert (state(rows), rows.get(1).reason) == (("waiting", 1), "too many requests")
    assert money.spent() == (0.0, 0)
    begin(money, send=1)
    with pytest.raises(AlreadySentError):
        begin(money, send=1)
    assert [each.outcome for each in money.of_row(1)] == ["rejected", "submitting"]
    assert money.spent() == (0.1, 1)


def test_a_worker_that_slept_meanwhile_does_not_begin(one):
    """It read the row before another worker's submission was rejected."""
    _, money = one
    begin(money)
    money.rejected(1, 0, "busy")
    with pytest.raises(AlreadySentError):
        begin(money, send=0)
    assert outcome(money, 1) is None


@pytest.mark.parametrize("held", ["held", "failed", "done", "bad"])
def test_a_row_that_does_not_wait_is_not_begun(database, held):
    """The reason names its state."""
    _, money = with_rows(database, 1, state=held)
    with pytest.raises(HeldError, match=f"the row is {held}"):
        begin(money)
    assert money.of_row(1) == []


def test_no_row_is_no_row(one):
    """The caller's mistake is not taken for a state."""
    rows, money = one
    with pytest.raises(KeyError):
        begin(money, 2)
    with pytest.raises(KeyError):
        rows.get(2)


def test_a_response_settles_a_submission(one):
    """With all that it says; the price that was reserved gives way to the charge."""
    rows, money = one
    begin(money)
    money.accepted(1, 0, generation(usage=Usage(credits=400_000.0)))
    known = money.find(1, 0)
    assert known.outcome == "accepted"
    assert (known.generation_id, known.status, known.ended) == ("g", "queued", None)
    assert known.usage == Usage(credits=400_000.0, usd=None)
    assert (state(rows), rows.get(1).reason) == (("accepted", 0), None)
    assert money.spent() == (0.2, 1)


def test_a_poll_that_says_less_takes_nothing_away(one):
    """The charge is normally in the first response only."""
    _, money = one
    begin(money)
    money.accepted(1, 0, generation(usd=0.3))
    money.seen(1, 0, generation("generating"))
    known = money.find(1, 0)
    assert (known.status, known.usage, known.ended) == ("generating", Usage(usd=0.3), None)
    money.seen(1, 0, generation("completed"))
    ended = money.find(1, 0).ended
    money.seen(1, 0, generation("completed"))
    assert money.find(1, 0).ended == ended > 1e9
    money.saved(1, 0, "hash")
    assert (money.find(1, 0).sha256, money.spent()) == ("hash", (0.3, 1))


def test_a_job_that_fails_keeps_its_reason_and_its_reserved_price(one):
    """Whether the vendor charges for it is not known until it says so."""
    _, money = one
    begin(money)
    money.accepted(1, 0, generation())
    money.seen(1, 0, generation("generating", usd=0.0))
    assert money.spent() == (0.1, 1)
    money.seen(1, 0, generation("error", error=Failure(name="Nsfw", message="no")))
    known = money.find(1, 0)
    assert (known.error, known.ended is None) == ("Nsfw: no", False)
    assert money.spent() == (0.1, 1)
    money.seen(1, 0, generation("error", usd=0.0))
    assert money.spent() == (0.0, 1)


Report = Callable[[Money], Any]
ACCEPTED: Report = lambda money: money.accepted(1, 0, generation())  # noqa: E731
REJECTED: Report = lambda money: money.rejected(1, 0, "busy")  # noqa: E731
DOUBT: Report = lambda money: money.in_doubt(1, 0, "lost")  # noqa: E731
WITHDRAWN: Report = lambda money: money.withdraw(1, 0, "r1.0")  # noqa: E731
GIVEN_UP: Report = lambda money: money.give_up(1, 0, "enough")  # noqa: E731
AGAIN: Report = lambda money: money.give_up(1, 0, "again", again=True)  # noqa: E731
NOT_CHARGED: Report = lambda money: money.give_up(1, 0, "failed", charged=False)  # noqa: E731


@pytest.mark.parametrize(
    ("reports", "row", "submission", "videos"),
    [
        # Repeated, because the database failed after it had done what it was asked to.
        ([ACCEPTED, ACCEPTED], ("accepted", 0), "accepted", 1),
        ([REJECTED, REJECTED], ("waiting", 1), "rejected", 0),
        ([DOUBT, DOUBT], ("in doubt", 0), "in doubt", 1),
        ([WITHDRAWN, WITHDRAWN], ("waiting", 0), None, 0),
        # A worker that was taken for dead reports after all.
        ([DOUBT, ACCEPTED], ("accepted", 0), "accepted", 1),
        ([DOUBT, REJECTED], ("waiting", 1), "rejected", 0),
        ([DOUBT, WITHDRAWN], ("waiting", 0), None, 0),
        ([ACCEPTED, DOUBT], ("accepted", 0), "accepted", 1),
        ([REJECTED, DOUBT], ("waiting", 1), "rejected", 0),
        ([ACCEPTED, REJECTED], ("accepted", 0), "accepted", 1),
        ([ACCEPTED, WITHDRAWN], ("accepted", 0), "accepted", 1),
        # After a person's word. It stays counted until it is known that nothing was charged.
        ([DOUBT, GIVEN_UP], ("failed", 0), "given up", 1),
        ([DOUBT, GIVEN_UP, ACCEPTED], ("failed", 0), "accepted", 1),
        ([DOUBT, GIVEN_UP, REJECTED], ("failed", 0), "rejected", 0),
        ([DOUBT, GIVEN_UP, WITHDRAWN], ("failed", 0), "given up", 1),
        ([DOUBT, AGAIN], ("waiting", 1), "given up", 1),
        ([DOUBT, AGAIN, ACCEPTED], ("waiting", 1), "accepted", 1),
        ([DOUBT, AGAIN, REJECTED], ("waiting", 1), "rejected", 0),
        ([DOUBT, NOT_CHARGED], ("failed", 0), "rejected", 0),
        # A word about a doubt that has ended changes nothing.
        ([DOUBT, ACCEPTED, GIVEN_UP], ("accepted", 0), "accepted", 1),
        ([DOUBT, ACCEPTED, NOT_CHARGED], ("accepted", 0), "accepted", 1),
        ([DOUBT, REJECTED, AGAIN], ("waiting", 1), "rejected", 0),
        ([DOUBT, AGAIN, AGAIN], ("waiting", 1), "given up", 1),
        ([AGAIN], ("submitting", 0), "submitting", 1),
        ([NOT_CHARGED], ("submitting", 0), "submitting", 1),
    ],
)
def test_reports_in_any_order(one, reports, row, submission, videos):
    """What is certain replaces a doubt, however late; a doubt replaces nothing."""
    rows, money = one
    begin(money)
    for report in reports:
        report(money)
    assert (state(rows), outcome(money)) == (row, submission)
    assert spent(money) == (round(0.1 * videos, 9), videos)
    if ACCEPTED in reports:
        assert money.find(1, 0).generation_id == "g"


@pytest.mark.parametrize("report", [ACCEPTED, REJECTED, DOUBT, WITHDRAWN, GIVEN_UP])
def test_nothing_is_made_of_a_submission_that_was_never_begun(one, report):
    """The row still waits, and nothing is counted."""
    rows, money = one
    report(money)
    assert (state(rows), money.of_row(1), money.spent()) == (("waiting", 0), [], (0.0, 0))


def test_a_late_response_does_not_undo_a_video(one):
    """Nor does it send a row that is sent again once more."""
    rows, money = one
    in_doubt(money)
    rows.done(1, "1.mp4", {})
    money.accepted(1, 0, generation())
    assert (state(rows), money.find(1, 0).generation_id) == (("done", 0), "g")


def test_a_response_that_is_recorded_twice_does_not_revive_a_row(one):
    """It may have failed meanwhile. One whose state was lost is taken up."""
    rows, money = one
    begin(money)
    money.accepted(1, 0, generation())
    with rows._database.transaction() as connection:
        connection.exec_driver_sql("UPDATE wan_rows SET state = 'waiting'")
    money.accepted(1, 0, generation())
    assert state(rows) == ("accepted", 0)
    rows.fail(1, "the API failed")
    money.accepted(1, 0, generation())
    assert (state(rows), rows.get(1).reason) == (("failed", 0), "the API failed")


def test_a_response_to_a_row_that_was_taken_for_failed_revives_it(one):
    """It is paid for, and nobody has given it up."""
    rows, money = one
    begin(money)
    with rows._database.transaction() as connection:
        connection.exec_driver_sql("UPDATE wan_rows SET state = 'failed'")
    money.accepted(1, 0, generation())
    assert state(rows) == ("accepted", 0)


def test_a_late_response_of_an_earlier_submission_leaves_the_later_one_alone(one):
    """Both are counted, for both were accepted."""
    rows, money = one
    in_doubt(money)
    money.give_up(1, 0, "again", again=True)
    begin(money, send=1)
    money.accepted(1, 0, generation())
    assert (state(rows), outcome(money, 1)) == (("submitting", 1), "submitting")
    money.accepted(1, 1, generation(id="h"))
    assert [each.generation_id for each in money.of_row(1)] == ["g", "h"]
    assert money.spent() == (0.2, 2)


def test_a_doubt_has_a_reason_that_can_be_replaced(one):
    """By what the search for it finds out, as long as it is in doubt."""
    rows, money = one
    in_doubt(money)
    (doubtful,) = money.doubtful()
    assert (doubtful.n, doubtful.error, rows.get(1).reason) == (1, "no response", "no response")
    money.note(1, 0, "not in the log")
    assert (money.doubtful()[0].error, rows.get(1).reason) == ("not in the log",) * 2
    money.accepted(1, 0, generation())
    money.note(1, 0, "not in the log either")
    assert (money.doubtful(), rows.get(1).reason) == ([], None)


def test_the_doubtful_are_listed_the_oldest_first(database):
    """Whatever their rows' order."""
    _, money = with_rows(database, 3)
    for n in (2, 3, 1):
        begin(money, n)
        money.in_doubt(n, 0, "lost")
    assert [each.n for each in money.doubtful()] == [2, 3, 1]


def test_a_word_says_whether_there_was_a_doubt(one):
    """So two people cannot both end it."""
    _, money = one
    in_doubt(money)
    assert money.give_up(1, 0, "again", again=True)
    assert not money.give_up(1, 0, "again", again=True)


def test_failed_rows_are_sent_again(database):
    """Those whose video was made are saved again instead, which costs nothing."""
    rows, money = with_rows(database, 4)
    for n, status in ((1, "completed"), (2, "error"), (3, "generating")):
        begin(money, n)
        money.accepted(n, 0, generation(status, id=f"g{n}"))
        rows.fail(n, "no")
    rows.fail(4, "refused")
    assert money.retry() == 4
    waiting = ("waiting", 1)
    assert [state(rows, n) for n in (1, 2, 3, 4)] == [("accepted", 0), *[waiting] * 3]
    assert {rows.get(n).reason for n in (1, 2, 3, 4)} == {None}
    assert money.retry() == 0
    assert spent(money) == (0.3, 3)


def test_a_video_that_the_api_has_lost_is_made_anew_if_so_asked(one):
    """It is paid for a second time."""
    rows, money = one
    begin(money)
    money.accepted(1, 0, generation("completed"))
    rows.fail(1, "not found")
    assert (money.retry(anew=True), state(rows)) == (1, ("waiting", 1))
    begin(money, send=1)
    assert money.spent() == (0.2, 2)


def test_what_was_sent_to_an_api_that_is_gone_is_forgotten(database):
    """All but what has ended: it is sent again, and counts no longer."""
    rows, money = with_rows(database, 6)
    for n in (1, 2, 3, 4, 5):
        begin(money, n)
    money.accepted(2, 0, generation())
    money.in_doubt(3, 0, "lost")
    money.accepted(4, 0, generation())
    rows.done(4, "4.mp4", {})
    money.accepted(5, 0, generation())
    rows.fail(5, "no")
    assert money.forget_unsaved() == 3
    again = ("waiting", 1)
    states = [again, again, again, ("done", 0), ("failed", 0), ("waiting", 0)]
    assert [state(rows, n) for n in range(1, 7)] == states
    assert spent(money) == (0.2, 2)
    assert money.forget_unsaved() == 0


def test_the_last_submission_of_each_row(database):
    """Rows without one are left out."""
    _, money = with_rows(database, 3)
    begin(money, 1)
    money.rejected(1, 0, "busy")
    begin(money, 1, 1)
    begin(money, 3)
    last = money.last_of([1, 2, 3])
    assert {n: each.send for n, each in last.items()} == {1: 1, 3: 0}
    assert money.last_of([]) == {}
