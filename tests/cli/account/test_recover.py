"""``wan recover``: submissions in doubt are looked for in the account's request log."""

from __future__ import annotations

import pytest

from wan_ergonomic import WanClient
from wan_ergonomic.cli.account import _recover
from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS

LOST = "A boat [scenario: lost-connection]"


def posts(shop):
    """Return how many submissions arrived."""
    return len([each for each in shop.received if each.method == "POST"])


def test_a_lost_submission_is_found_by_the_command_that_is_offered(wan, shop, ledger):
    """Then its id is in the ledger, and its video can be saved; it was sent and paid for once."""
    lost = wan("generate", LOST, "-o", "b.mp4", at=shop)
    assert lost.code == 5
    found = wan(*lost.next_words, at=shop)
    assert found.code == 0, found.err
    (job,) = ledger.jobs()
    assert found.out.decode().strip() == job.generation_id
    assert wan("resume", at=shop).code == 0
    (job,) = ledger.jobs()
    assert job.file
    assert job.file.name == "b.mp4"
    assert posts(shop) == 1
    assert shop.account.charged_usd == job.usd


def test_every_submission_in_doubt_is_looked_for(wan, shop, ledger):
    """One that is in doubt, and one whose process was killed."""
    wan("submit", LOST, at=shop)
    killed = "killed-1"
    ledger.begin(killed, {"prompt": "A fox"}, shop.url)
    with WanClient(api_key=shop.key, base_url=shop.url) as client:
        client.submit("A fox", extra_headers={"X-Client-Request-Id": killed})
    result = wan("recover", "--all", at=shop)
    assert result.code == 0, result.err
    assert {job.outcome for job in ledger.jobs()} == {"accepted"}
    assert len(result.out.decode().split()) == 2
    assert "no submission" in wan("recover", "--all", at=shop).err
    assert wan("recover", "--all", "--quiet", at=shop).err == ""


def test_what_failed_was_not_charged(wan, shop, ledger):
    """It is said, and the next one is looked for all the same."""
    ledger.begin("failing-1", {"prompt": "A fox"}, shop.url)
    with WanClient(api_key=shop.key, base_url=shop.url) as client:
        headers = {"X-Client-Request-Id": "failing-1"}
        client.submit("A fox [scenario: error-text]", extra_headers=headers)
    wan("submit", LOST, at=shop)
    result = wan("recover", "--all", "--json", at=shop)
    assert result.code == 3
    assert "nothing was charged" in result.err
    assert len(result.out.decode().split()) > 1
    plain = wan("recover", "failing-1", at=shop)
    assert (plain.code, "nothing was charged" in plain.err) == (3, True)


def test_a_log_without_an_answer_leaves_it_in_doubt(wan, shop, ledger):
    """The message says how to look again."""
    wan("submit", LOST, at=shop)
    shop.account.scenario = ACCOUNT_SCENARIOS["log-missing"]
    result = wan("recover", "--all", at=shop)
    assert result.code == 5
    assert "wan recover" in result.err
    assert [job.outcome for job in ledger.jobs()] == ["in doubt"]


@pytest.mark.parametrize("words", [[], ["a", "--all"]])
def test_one_or_all_are_looked_for(wan, shop, words):
    """Anything else is a mistake."""
    result = wan("recover", *words, at=shop)
    assert (result.code, "Give the REQUEST-ID of one submission, or --all." in result.err) == (
        2,
        True,
    )


def test_an_embedded_sandbox_has_no_submission(wan):
    """It is said."""
    result = wan("recover", "--all", "--sandbox")
    assert (result.code, "leave out --sandbox" in result.err) == (2, True)


def test_generate_can_go_on_by_itself(wan, shop):
    """With --recover, a lost response costs only time."""
    result = wan("generate", LOST, "-o", "b.mp4", "--recover", at=shop)
    assert (result.code, result.out) == (0, b"b.mp4\n"), result.err
    assert posts(shop) == 1


def test_what_the_ledger_knows_better_is_not_looked_for(wan, shop, ledger):
    """A rejected submission was not charged; one of another machine is looked for."""
    ledger.begin("rejected-1", {"prompt": "A fox"}, shop.url)
    ledger.ended("rejected-1", "rejected", "No.")
    known = wan("recover", "rejected-1", at=shop)
    assert known.code == 2
    assert "rejected-1 was rejected, and nothing was charged for it." in known.err
    words = ("recover", "elsewhere-1", "--timeout", "0.1")
    assert "has no submission elsewhere-1" in wan(*words, at=shop).err
    assert "has no submission" not in wan(*words, "--quiet", at=shop).err


@pytest.mark.parametrize("ledger", ["off", "."])
def test_without_a_ledger_one_submission_is_looked_for_all_the_same(wan, shop, monkeypatch, ledger):
    """Its id is enough; the ledger may also be broken, as a folder in its place is."""
    with WanClient(api_key=shop.key, base_url=shop.url) as client:
        headers = {"X-Client-Request-Id": "mine-1"}
        made = client.wait(client.submit("A fox", extra_headers=headers))
    monkeypatch.setenv("WAN_LEDGER", ledger)
    found = wan("recover", "mine-1", at=shop)
    assert (found.code, found.out.decode().strip()) == (0, made.id)


def test_one_that_is_not_found_does_not_keep_others_waiting(wan, shop, ledger, monkeypatch):
    """It is looked for again after them."""
    monkeypatch.setattr(_recover, "_SOON_SECONDS", 0.3)
    for name in ("never-1", "there-1"):
        ledger.begin(name, {"prompt": "A fox"}, shop.url)
    with WanClient(api_key=shop.key, base_url=shop.url) as client:
        client.submit("A fox", extra_headers={"X-Client-Request-Id": "there-1"})
        client.wait(client.submit("A fox"))
    result = wan("recover", "--all", "--timeout", "1", at=shop)
    assert result.code == 5
    found = {job.client_request_id: job.outcome for job in ledger.jobs()}
    assert found["there-1"] == "accepted"
    assert result.out.split() == [ledger.find("there-1").generation_id.encode()]


def test_looking_can_be_stopped(wan, shop, ledger, monkeypatch):
    """Nothing was submitted by it, and what is in doubt stays so."""

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(WanClient, "recover", stop)
    ledger.begin("lost-1", {"prompt": "A fox"}, shop.url)
    for words in (("--all",), ("lost-1",)):
        result = wan("recover", *words, at=shop)
        assert result.code == 130
        assert "Stopped looking." in result.err
