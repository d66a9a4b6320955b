"""What a person may say of a row: send it again, give it up, retry it."""

from __future__ import annotations

import pytest

from wan_ergonomic import ConfigurationError
from wan_ergonomic._files import lock
from wan_ergonomic._generation import Generation
from wan_ergonomic.batch.store import AlreadySentError, Money

from .opened import fail, lose, new, stored
from .store.made import begin


@pytest.fixture
def batch(tmp_path):
    """A batch with three rows: the first is in doubt, the second has failed, the third waits."""
    with new(tmp_path) as opened:
        opened.add(["A boat", "A fox", "A cat"], price=lambda _: 0.1)
        lose(tmp_path, 1)
        fail(tmp_path, 2)
        yield opened


def test_a_row_in_doubt_is_sent_again(batch, tmp_path):
    """Once. What may have been charged for it stays counted."""
    batch.resolve(1, "send again")
    row = next(batch.rows())
    assert (row.state, row.sends) == ("waiting", 1)
    assert row.reason == "sent again by a person's word; it was in doubt: no response"
    database = stored(tmp_path)
    begin(Money(database), 1, 1)
    with pytest.raises(AlreadySentError):
        begin(Money(database), 1, 1)
    database.close()
    assert [each.outcome for each in batch.submissions(1)] == ["given up", "submitting"]
    assert (batch.status().usd, batch.status().videos) == (pytest.approx(0.2), 2)


def test_a_row_in_doubt_is_given_up(batch):
    """It fails, and counts as charged."""
    batch.resolve(1, "give up")
    row = next(batch.rows())
    assert (row.state, row.sends) == ("failed", 0)
    assert row.reason == "given up by a person's word; it was in doubt: no response"
    assert (batch.status().usd, batch.status().videos) == (0.1, 1)


@pytest.mark.parametrize("word", ["send again", "give up"])
def test_only_a_row_in_doubt_can_be_resolved(batch, word):
    """A second word finds the row as the first one left it."""
    with pytest.raises(ConfigurationError, match=r"Row 3 is not in doubt: it is waiting\."):
        batch.resolve(3, word)
    with pytest.raises(ConfigurationError, match=r"The batch has no row 4\."):
        batch.resolve(4, word)
    batch.resolve(1, word)
    with pytest.raises(ConfigurationError, match="Row 1 is not in doubt: it is "):
        batch.resolve(1, "give up")


def test_a_row_that_has_failed_is_sent_again_alone(batch, tmp_path):
    """Also if its video was made, and the API has lost it; no other word about it is heard."""
    with pytest.raises(ConfigurationError, match=r"Row 2 is not in doubt: it is failed\."):
        batch.resolve(2, "give up")
    database = stored(tmp_path)
    begin(Money(database), 3)
    Money(database).accepted(3, 0, Generation(id="g", status="completed"))
    database.close()
    fail(tmp_path, 3)
    for n in (2, 3):
        batch.resolve(n, "send again")
        with pytest.raises(ConfigurationError, match="it is waiting"):
            batch.resolve(n, "send again")
    assert [(row.state, row.sends) for row in batch.rows()][1:] == [("waiting", 1)] * 2


def test_a_response_that_comes_before_a_persons_word_counts(batch, tmp_path):
    """The row is not sent again."""
    database = stored(tmp_path)
    Money(database).accepted(1, 0, Generation(id="g", status="queued"))
    database.close()
    with pytest.raises(ConfigurationError, match=r"it is accepted\."):
        batch.resolve(1, "send again")
    assert batch.submissions(1)[0].generation_id == "g"


def test_failed_rows_are_tried_again(batch):
    """Rows in doubt are not: nobody has said so."""
    assert batch.retry() == 1
    assert [(row.state, row.sends) for row in batch.rows()] == [
        ("in doubt", 0),
        ("waiting", 1),
        ("waiting", 0),
    ]
    assert batch.retry() == 0


def test_a_video_that_could_not_be_saved_is_not_paid_for_again(batch, tmp_path):
    """Unless so asked."""
    database = stored(tmp_path)
    begin(Money(database), 3)
    Money(database).accepted(3, 0, Generation(id="g", status="completed"))
    database.close()
    fail(tmp_path, 3)
    assert batch.retry() == 2
    assert [row.state for row in batch.rows()][2] == "accepted"
    fail(tmp_path, 3)
    assert batch.retry(anew=True) == 1
    assert [(row.state, row.sends) for row in batch.rows()][2] == ("waiting", 1)


def test_what_is_left_and_what_is_in_the_making(batch, tmp_path):
    """As the store counts it."""
    assert (batch.rest().rows, batch.rest(1).rows, batch.making(9)) == (1, 0, [])
    database = stored(tmp_path)
    begin(Money(database), 3)
    database.close()
    assert [each.n for each in batch.making(9)] == [3]
    assert batch.rest().rows == 0


@pytest.mark.parametrize("url", ["sandbox", "http://127.0.0.1:8000"])
def test_what_a_sandbox_took_with_it_is_sent_again(tmp_path, url):
    """It billed nothing."""
    with new(tmp_path, base_url=url) as batch:
        batch.add(["A boat", "A fox"])
        lose(tmp_path, 1)
        assert (batch.forget_unsaved(), batch.rest().rows, batch.rest(1).rows) == (1, 2, 1)


def test_what_may_have_been_paid_for_is_not_forgotten(batch):
    """The API is still there, and so may be the video."""
    with pytest.raises(ConfigurationError, match=r"What api\.example was sent may have been paid"):
        batch.forget_unsaved()
    assert next(batch.rows()).state == "in doubt"


def test_a_batch_is_free_unless_another_process_runs_it(batch, tmp_path):
    """One whose lock it holds."""
    batch.check_free()
    with (tmp_path / ".wan" / "lock").open("ab") as held:
        assert lock(held)
        with pytest.raises(ConfigurationError, match=r"Another process runs .* Nothing was sent"):
            batch.check_free()
    batch.check_free()


def test_a_shared_batch_is_always_free(tmp_path, postgres):
    """Its workers share it."""
    with new(tmp_path, postgres.new_database()) as batch:
        (tmp_path / ".wan" / "lock").touch()
        with (tmp_path / ".wan" / "lock").open("ab") as held:
            assert lock(held)
            batch.check_free()


def test_a_batch_is_stopped_once(batch):
    """The second time, it says that it was stopped before."""
    assert not batch.stop()
    assert batch.stop("again")
