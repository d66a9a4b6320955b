"""What a command may spend: a cap, and a question to a person."""

from __future__ import annotations

import io

import pytest

from tests.support.options import needs
from wan_ergonomic.cli.session import _spending
from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS

# With the first bodies, a video costs 0.50 US dollars, or 0.10 as a small one.
pytestmark = pytest.mark.usefixtures("bodies_as_they_were")
CHEAP = pytest.param(["--resolution", "480P"], marks=needs("resolution"))


@pytest.fixture
def config(tmp_path, monkeypatch):
    """Write the configuration file."""
    file = tmp_path / "config.toml"
    monkeypatch.setenv("WAN_CONFIG", str(file))

    def write(text: str) -> None:
        file.write_text(text, "utf-8")

    return write


def posts(shop):
    """Return how many submissions arrived."""
    return len([each for each in shop.received if each.method == "POST"])


def test_a_cap_on_the_command_line_sends_nothing_beyond_it(wan, shop, ledger):
    """The exit code is that of a command that cannot be carried out."""
    assert wan("submit", "A boat", "--max-usd", "0.6", at=shop).code == 0
    result = wan("submit", "A fox", "--max-usd", "0.6", at=shop)
    assert result.code == 2
    assert "of the cap of $0.60 in 24 hours $0.50 are charged or reserved" in result.err
    assert posts(shop) == 1
    assert len(ledger.jobs()) == 1


def test_a_cap_without_the_ledger_is_said_to_count_one_command(wan, shop, ledger):
    """What other commands spend is not known then."""
    result = wan("submit", "A boat", "--max-usd", "0.6", "--no-ledger", at=shop)
    assert result.code == 0
    assert "Without the ledger, the cap on spending counts this command alone." in result.err
    assert ledger.jobs() == []
    assert "Without" not in wan("submit", "A boat", "--max-usd", "0.6", at=shop).err


def test_a_cap_can_be_in_the_configuration(wan, shop, ledger, config):
    """The command line has the last word."""
    config("[limits]\nmax_usd = 0.1\n")
    assert wan("submit", "A boat", at=shop).code == 2
    assert wan("submit", "A boat", "--max-usd", "5", at=shop).code == 0
    assert len(ledger.jobs()) == 1


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ("max_eur = 1", "sets 'max_eur' in [limits], which has only max_usd and ask_above_usd."),
        ("max_usd = -1", "sets max_usd in [limits], which must be a number of US dollars"),
        ("max_usd = true", "sets max_usd in [limits], which must be a number of US dollars"),
        ("ask_above_usd = 'a'", "sets ask_above_usd in [limits], which must be a number"),
    ],
)
def test_a_limit_that_cannot_be_read_is_an_error(wan, shop, config, limits, reason):
    """A cap that is ignored would be worse than none."""
    config(f"[limits]\n{limits}\n")
    result = wan("submit", "A boat", at=shop)
    assert (result.code, posts(shop)) == (2, 0)
    assert reason in result.err


@pytest.fixture
def person(monkeypatch):
    """A person at a terminal who answers."""

    def answers(text: str) -> None:
        monkeypatch.setattr(_spending, "_is_watched", lambda: True)
        monkeypatch.setattr("sys.stdin", io.StringIO(text))

    return answers


@pytest.mark.parametrize("answer", ["y\n", "yes\n", "n\n", ""])
def test_a_person_is_asked_above_the_amount_of_the_configuration(wan, shop, config, person, answer):
    """No answer is no."""
    config("[limits]\nask_above_usd = 0.2\n")
    person(answer)
    sent = int(answer.startswith("y"))
    result = wan("submit", "A boat", at=shop)
    assert "This submission: $0.50 (the catalogue" in result.err
    assert (result.code, posts(shop)) == (0 if sent else 2, sent)


@needs("resolution")
def test_a_person_is_asked_for_the_sum_of_several(wan, shop, config, person):
    """Where the price is not known, that is said."""
    config("[limits]\nask_above_usd = 0.2\n")
    words = ("submit", "A red boat", "A blue kite", "A fox in snow", "--resolution", "480P")
    for answer, code in (("n\n", 2), ("y\n", 0)):
        person(answer)
        result = wan(*words, at=shop)
        assert "These 3 submissions: $0.30 in all; each $0.10 (the catalogue" in result.err
        assert "Send them? [y/N] " in result.err
        assert (result.code, posts(shop)) == (code, 0 if code else 3)
    shop.account.scenario = ACCOUNT_SCENARIOS["variable"]
    person("n\n")
    assert "These 3 submissions: each price unknown: the catalogue says" in wan(*words, at=shop).err


@pytest.mark.parametrize("words", [["--yes"], ["--max-usd", "5"], CHEAP])
def test_nobody_is_asked_for_what_is_cheap_or_allowed(wan, shop, config, person, words):
    """Nor with a cap, which decides alone."""
    config("[limits]\nask_above_usd = 0.2\n")
    person("n\n")
    assert wan("submit", "A boat", *words, "--no-ledger", at=shop).code == 0


def test_nobody_is_asked_without_a_terminal(wan, shop, config):
    """A program could not answer."""
    config("[limits]\nask_above_usd = 0.2\n")
    assert wan("submit", "A boat", at=shop).code == 0


def test_a_price_that_is_not_known_is_asked_about(wan, shop, config, person):
    """It may be above any amount."""
    config("[limits]\nask_above_usd = 0.2\n")
    shop.account.scenario = ACCOUNT_SCENARIOS["variable"]
    person("n\n")
    result = wan("submit", "A boat", at=shop)
    assert (result.code, posts(shop)) == (2, 0)
    assert "This submission: price unknown" in result.err
