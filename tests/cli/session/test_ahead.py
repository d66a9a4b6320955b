"""The price and the usual time of a submission: shown early, and never waited for."""

from __future__ import annotations

import pytest

from tests.support.actions import Hang, Serve, response
from tests.support.options import needs
from tests.support.responses import VIDEO, accepted, completed, poll_response
from wan_ergonomic import Generation
from wan_ergonomic._spec import model
from wan_ergonomic.ledger import Ledger
from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS, Sandbox

# With the first bodies, a video costs 0.50 US dollars, or 0.10 as a small one.
pytestmark = pytest.mark.usefixtures("bodies_as_they_were")


@pytest.fixture
def shop():
    """A sandbox with an account of its own."""
    with Sandbox(speed=1000) as sandbox:
        yield sandbox


@needs("resolution")
def test_the_price_is_shown_before_the_id(wan, shop):
    """With its source and its age; it is what is charged."""
    result = wan("submit", "A boat", "--resolution", "480P", at=shop)
    price, taken = result.err.splitlines()
    assert price.startswith("Price: $0.10 (the catalogue, 20")
    assert taken.startswith("Accepted: ")
    assert taken.endswith("200,000 credits ($0.10)")


def test_the_price_is_an_event(wan, shop):
    """With --json."""
    result = wan("submit", "A boat", "--json", at=shop)
    price = result.events[0]
    assert (price["event"], price["usd"], price["source"]) == ("price", 0.5, "catalogue")


@pytest.mark.parametrize(
    ("scenario", "line"),
    [
        ("variable", "Price unknown: the catalogue says that the price varies"),
        ("no-model", "Price unknown: the catalogue does not list the model"),
    ],
)
def test_a_price_that_cannot_be_quoted_is_unknown(wan, shop, scenario, line):
    """It is never guessed, and the submission goes on."""
    shop.account.scenario = ACCOUNT_SCENARIOS[scenario]
    result = wan("submit", "A boat", at=shop)
    assert result.code == 0
    assert result.err.splitlines()[0] == line


@pytest.mark.parametrize("answer", [Hang(), response(404, {}), response(200, "[]")])
def test_a_catalogue_without_an_answer_stops_nothing(wan, server, answer):
    """Nothing is said about the price then."""
    server.script("submit", accepted())
    server.script("account", answer)
    result = wan("submit", "A boat", "--no-ledger", at=server)
    assert (result.code, result.err) == (0, "Accepted: gen-1\n")
    server.release()


def test_a_person_who_wants_silence_is_told_no_price(wan, shop):
    """Nor is it asked for."""
    assert wan("submit", "A boat", "--quiet", at=shop).err == ""
    assert shop.account.transactions
    assert [each.path for each in shop.received if each.method == "GET"] == []


def test_the_usual_time_is_shown_while_waiting(wan, server):
    """Once, by the vendor's figures."""
    figures = {"alias": model(), "metrics": {"duration_ms": {"p50": 300_000, "p90": 420_000}}}
    server.script("submit", accepted())
    catalogue = response(404, {})
    server.script("account", catalogue, response(200, {"models": [figures]}))
    running = poll_response("queued"), poll_response("generating"), poll_response("generating")
    server.script("poll", *running, completed(server))
    server.script("download", Serve(VIDEO))
    result = wan("generate", "A boat", "-o", "b.mp4", "--no-ledger", at=server)
    assert result.code == 0
    assert result.err.count("Usually 5 to 7 min, by the vendor's figures\n") == 1


def test_the_usual_time_of_this_machine_is_an_event(wan, server, tmp_path, monkeypatch):
    """Where the vendor has no figures."""
    ledger = Ledger(tmp_path / "ledger.sqlite3")
    monkeypatch.setenv("WAN_LEDGER", str(ledger.path))
    for number in range(3):
        ledger.begin(f"r-{number}", {}, server.url)
        done = Generation(id=f"g-{number}", status="completed", client_request_id=f"r-{number}")
        ledger.accepted(done, server.url)
    server.script("submit", accepted())
    server.script("poll", poll_response("queued"), poll_response("generating"), completed(server))
    server.script("download", Serve(VIDEO))
    words = ("generate", "A boat", "-o", "b.mp4", "--json")
    result = wan(*words, at=server)
    (usual,) = [each for each in result.events if each["event"] == "expected"]
    assert usual["source"] == "ledger"
    assert 0 < usual["p50"] <= usual["p90"] < 60


@needs("resolution")
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_the_price_of_several_is_shown_once(wan, shop, form):
    """It is that of each; the usual time is shown once, too."""
    words = ("generate", "A red boat", "A blue kite", "--resolution", "480P", *form)
    result = wan(*words, at=shop)
    assert result.code == 0
    said = "Price of each: $0.10 (the catalogue, 20" if not form else '"event": "price"'
    assert result.err.count(said) == 1
    assert result.err.count("Usually " if not form else '"event": "expected"') == 1
