"""The balance, and the transactions by pages."""

import pytest

from tests.sandbox.conftest import LONG
from wan_ergonomic.sandbox import AccountScenario

from .conftest import BALANCE, LEDGER


def left(account):
    """Return the balance."""
    body = account.get(BALANCE).json()
    assert body["currency"] == "USD"
    return body["current_balance"]


def test_a_charge_is_on_the_balance_when_its_job_has_ended(account):
    """As the row of the log is there then."""
    account.submit()
    assert left(account) == 100
    account.pass_time(LONG)
    assert left(account) == 99.9


def test_the_opening_balance_can_be_chosen(account):
    """Nothing is rejected because it is too low."""
    account.play(AccountScenario(opening_usd=0.05))
    account.finish()
    assert left(account) == -0.05


def test_transactions_have_the_ids_of_generations(account):
    """The newest first; a charge takes from the balance."""
    (generation_id,) = account.finish()
    page = account.ledger()
    assert (page["has_more"], page["next_cursor"]) == (False, None)
    charge, opening = page["data"]
    assert charge == {
        "id": account.account.transactions[-1].id,
        "type": "MODEL_USAGE",
        "created": "1970-01-01T00:22:55.000Z",
        "reference_id": generation_id,
        "amount": {"usd": -0.1, "credits": -200_000},
    }
    assert (opening["type"], opening["reference_id"]) == ("TOP_UP", None)
    assert opening["amount"] == {"usd": 100, "credits": 200_000_000}


def test_transactions_are_in_the_order_in_which_jobs_end(account):
    """Not in that of their submissions, so that a new one is the first of the first page."""
    ids = account.finish("[scenario: link-late]", "A boat")
    assert [row["reference_id"] for row in account.ledger()["data"]] == [*ids, None]


def test_a_failed_job_has_a_charge_and_a_refund(account):
    """Both with its id, and together they are nothing."""
    (generation_id,) = account.finish("[scenario: fails]")
    used = [row for row in account.ledger()["data"] if row["reference_id"] == generation_id]
    assert [row["type"] for row in used] == ["REFUND", "MODEL_USAGE"]
    assert sum(row["amount"]["usd"] for row in used) == 0
    assert left(account) == 100


def test_a_late_row_is_a_late_transaction(account):
    """The balance is as late."""
    account.play("rows-late")
    account.finish()
    assert (len(account.ledger()["data"]), left(account)) == (1, 100)
    account.pass_time(600)
    assert (len(account.ledger()["data"]), left(account)) == (2, 99.9)


def test_cursors_lead_through_all_pages(account):
    """A transaction that is made meanwhile moves none of them."""
    account.finish(*"ABCD")
    expected = [transaction.id for transaction in account.account.transactions][::-1]
    seen, query = [], {"limit": 2}
    while True:
        page = account.ledger(**query)
        seen += [row["id"] for row in page["data"]]
        if not page["has_more"]:
            break
        query["cursor"] = page["next_cursor"]
        account.finish()
    assert seen == expected


@pytest.mark.parametrize("query", [{"cursor": "nothing"}, {"limit": 0}, {"limit": 101}])
def test_a_malformed_query_of_the_transactions_is_rejected(account, query):
    """An unknown cursor, too."""
    assert account.get(LEDGER, **query).status_code == 400


def test_charges_can_be_above_zero(account):
    """Their type says what they are."""
    account.play("unsigned")
    account.finish()
    charge = account.ledger()["data"][0]
    assert charge["type"] == "MODEL_USAGE"
    assert charge["amount"] == {"usd": 0.1, "credits": 200_000}
