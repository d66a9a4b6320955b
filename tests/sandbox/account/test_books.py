"""What the account is charged, and what it has back."""

import math

import httpx
import pytest

from tests.sandbox.conftest import LONG
from wan_ergonomic.sandbox import AccountScenario


def types(account):
    """Return the types of the transactions."""
    return [transaction.type for transaction in account.account.transactions]


def test_a_new_account_was_charged_nothing(account):
    """It has its opening balance, as a top-up."""
    assert (account.account.charged_usd, account.account.highest_charged_usd) == (0, 0)
    (opening,) = account.account.transactions
    assert (opening.type, opening.usd, opening.reference_id) == ("TOP_UP", 100.0, None)


def test_an_accepted_submission_is_charged_at_once(account):
    """The charge has the id of the generation; it is recorded when the job has ended."""
    generation_id = account.submit()
    assert account.account.charged_usd == 0.1
    charge = account.account.transactions[-1]
    assert (charge.type, charge.credits, charge.usd) == ("MODEL_USAGE", -200_000, -0.1)
    assert (charge.reference_id, charge.created, charge.recorded) == (generation_id, 1000, 1375)


@pytest.mark.parametrize("scenario", ["lost-500", "lost-524", "created-page", "busy-accepted"])
def test_a_submission_whose_response_is_lost_is_charged(account, scenario):
    """The money is gone, whatever the client received."""
    account.api.submit(f"[scenario: {scenario}]")
    assert account.account.charged_usd == 0.1


def test_a_connection_that_drops_after_acceptance_is_charged(account):
    """It is found in the log afterwards."""
    with pytest.raises(httpx.RemoteProtocolError):
        account.submit("[scenario: lost-connection]", "mine-1")
    assert account.account.charged_usd == 0.1
    account.pass_time(LONG)
    assert [row["client_request_id"] for row in account.rows()] == ["mine-1"]


@pytest.mark.parametrize("scenario", ["overloaded", "no-credits", "bad-prompt"])
def test_a_rejected_submission_is_not_charged(account, scenario):
    """Nothing was accepted."""
    account.api.submit(f"[scenario: {scenario}]")
    assert types(account) == ["TOP_UP"]


@pytest.mark.parametrize("scenario", ["fails", "failed", "expired", "new-failure"])
def test_a_failed_job_is_refunded_when_it_fails(account, scenario):
    """It was charged until then."""
    generation_id = account.submit(f"[scenario: {scenario}]")
    account.pass_time(374)
    assert account.account.charged_usd == 0.1
    account.pass_time(1)
    assert (account.account.charged_usd, account.account.highest_charged_usd) == (0, 0.1)
    refund = account.account.transactions[-1]
    assert (refund.type, refund.usd, refund.created) == ("REFUND", 0.1, 1375)
    assert refund.reference_id == generation_id


def test_a_size_that_the_model_lacks_is_refunded(account):
    """That job fails like any other."""
    account.submit(aspect_ratio="4:3")
    account.pass_time(LONG)
    assert types(account) == ["TOP_UP", "MODEL_USAGE", "REFUND"]


@pytest.mark.parametrize("scenario", ["completes", "no-video", "new-end", "succeeded"])
def test_any_other_job_is_not_refunded(account, scenario):
    """A job that is completed without a video has not failed for the vendor."""
    account.finish(f"[scenario: {scenario}]")
    assert types(account) == ["TOP_UP", "MODEL_USAGE"]


def test_a_job_that_never_ends_stays_charged(account):
    """It is never recorded."""
    account.finish("[scenario: stuck]")
    assert account.account.charged_usd == 0.1
    assert account.account.transactions[-1].recorded == math.inf


def test_the_highest_total_is_that_of_any_instant(account):
    """Also of one at which nobody read it: refunds come before later charges."""
    for _ in range(2):
        account.submit("[scenario: fails]")
        account.submit("[scenario: fails]")
        account.pass_time(LONG)
    account.submit()
    assert (account.account.charged_usd, account.account.highest_charged_usd) == (0.1, 0.2)


def test_of_two_changes_at_one_instant_the_charge_is_the_first(account):
    """The highest total is then no less than what a submission at that instant could add."""
    account.submit("[scenario: fails]")
    account.pass_time(375)
    account.submit()
    assert types(account)[1:] == ["MODEL_USAGE", "MODEL_USAGE", "REFUND"]
    assert account.account.highest_charged_usd == 0.2


def test_a_charge_is_what_the_price_was_then(account):
    """A price that changes later does not change it."""
    account.submit()
    account.play(AccountScenario(rates={"480P": 1.0}))
    account.submit()
    assert account.account.charged_usd == 5.1


def test_an_account_says_what_it_was_charged(account):
    """In the message of a test that fails."""
    account.submit()
    assert repr(account.account) == "<Account charged 0.1 USD, scenario ordinary>"
