"""What a video costs, as a client says it: by the catalogue, or by what was charged, or unknown."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.flows.stage import api_error, context, play
from tests.support.options import known
from wan_ergonomic import PromptError, RetryPolicy, SpendLimitError, Usage, _spec
from wan_ergonomic._flows import ApiResponse
from wan_ergonomic.account import Catalogue, Pricing, _ask
from wan_ergonomic.account._catalogue import Entry
from wan_ergonomic.ledger import Ledger
from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS, AccountScenario, Reply, Run, Silence
from wan_ergonomic.sandbox._scenario import Trouble
from wan_ergonomic.sandbox.account._paths import PATHS
from wan_ergonomic.sandbox.account._prices import pricing_of

from .conftest import BY_RESOLUTION, PRICE, SMALL

ONCE = RetryPolicy(attempts=1)
CATALOGUES = [each for each in ACCOUNT_SCENARIOS.values() if each.stage == "catalogue"]


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    """A ledger without a job."""
    return Ledger(tmp_path / "ledger.sqlite3")


def age_catalogue(ledger: Ledger, base_url: str, **changes: Any) -> datetime:
    """Make the catalogue's entry in a ledger a day old, with changes; return its date."""
    name = f"{base_url} {_spec.model()}"
    entry = Entry.from_text(ledger.kept(name) or "")
    assert entry
    old = replace(entry, as_of=entry.as_of - timedelta(days=1), **changes)
    ledger.keep(name, old.as_text())
    return old.as_of


@pytest.mark.parametrize("resolution", ["480P", "1080P", None])
@pytest.mark.parametrize("more", [{}, {"watermark": True, "seed": 5, "negative_prompt": "fog"}])
def test_a_quote_is_what_is_charged(bank, resolution, more):
    """For every option that changes it, and those that do not."""
    with bank.client() as wan:
        options = known(aspect_ratio="16:9", **more)
        if resolution:
            options |= known(resolution=resolution)
        quoted = wan.price(**options)
        generation = wan.submit("A boat", **options)
        assert wan.preview("A boat", **options).price == quoted
    assert quoted.usd == pytest.approx(bank.sandbox.account.charged_usd)
    assert generation.usage.in_usd == pytest.approx(quoted.usd)
    assert (quoted.source, quoted.exact, quoted.reason) == ("catalogue", True, "")
    assert abs(datetime.now(UTC) - quoted.as_of) < timedelta(minutes=1)
    assert generation.drift == ()


READ = {"no-etag", "lower-case", "unit-video", "per-ten", "fixed"}
UNKNOWN = {
    "catalogue-away": "the catalogue cannot be read: ",
    "no-model": "does not list the model",
    "no-pricing": "no price for the model",
    "unit-unknown": "is for megapixel, not for a video or a second",
    "variable": "the price varies",
    "price-negative": "cannot be right: -",
    "price-absurd": "cannot be right: 5e+300",
}


@BY_RESOLUTION
@pytest.mark.parametrize("scenario", [each.name for each in CATALOGUES])
@pytest.mark.parametrize("resolution", ["480P", "1080P"])
def test_each_catalogue_is_read_or_its_price_is_unknown_with_a_reason(bank, scenario, resolution):
    """Nothing is invented, and a submission does not need the price."""
    assert {each.name for each in CATALOGUES} == READ | {*UNKNOWN}
    bank.play(scenario)
    with bank.client(retrying=ONCE) as wan:
        price = wan.price(resolution=resolution)
        wan.submit("A boat", resolution=resolution)
    if scenario in READ:
        assert price.usd == pytest.approx(bank.sandbox.account.charged_usd)
        assert price.exact
    else:
        assert price.usd is None
        assert UNKNOWN[scenario] in price.reason


def test_a_preview_asks_nobody(bank):
    """It has the price only if the client has read the catalogue."""
    with bank.client() as wan:
        assert wan.preview("A boat").price is None
        assert bank.sandbox.received == ()
        quoted = wan.price()
        assert wan.preview("A boat").price == quoted
        assert wan.preview("A boat", **SMALL).price.usd == pytest.approx(PRICE)
    assert len(bank.sandbox.received) == 1


def test_the_price_of_an_invalid_option_is_an_error(bank):
    """Before anything is asked."""
    with bank.client() as wan, pytest.raises(PromptError):
        wan.price(resolution="9P")
    assert bank.sandbox.received == ()


def test_the_catalogue_is_not_asked_again_while_it_is_fresh(bank):
    """One request serves all options."""
    with bank.client() as wan:
        for resolution in ("480P", "1080P", "480P"):
            wan.price(resolution=resolution)
    assert len(bank.requests("list_models")) == 1


def test_no_key_is_sent_to_the_catalogue_and_the_metrics(bank):
    """Only to the operations that need one."""
    with bank.client() as wan:
        wan.price()
        wan.durations()
        wan.balance()
        wan.usage()
    for operation in ("list_models", "model_metrics"):
        (request,) = bank.requests(operation)
        assert "authorization" not in request.headers
    for operation in ("get_balance", "list_requests"):
        (request,) = bank.requests(operation)
        assert request.has_right_key


@pytest.mark.parametrize("recorded", [False, True])
def test_a_client_without_these_features_makes_no_request_more(bank, ledger, recorded):
    """With a ledger or without one."""
    with bank.client(ledger=ledger if recorded else None) as wan:
        wan.wait(wan.submit("A boat", **SMALL))
    assert not {each.path for each in bank.sandbox.received} & {*PATHS.values()}
    assert bank.posts == 1


def test_a_catalogue_that_has_not_changed_is_a_304(bank, ledger):
    """It is asked with the kept ETag; its price then has the new date."""
    with bank.client(ledger=ledger) as wan:
        first = wan.price()
    old = age_catalogue(ledger, bank.sandbox.url)
    # What a 304 says of the price is what was kept.
    with bank.client(ledger=ledger) as wan:
        second = wan.price()
        assert wan.price() == second
    requests = bank.requests("list_models")
    assert len(requests) == 2
    assert "if-none-match" not in requests[0].headers
    assert requests[1].headers["if-none-match"].startswith('"')
    assert (second.usd, second.exact) == (first.usd, True)
    assert second.as_of > old


def test_a_304_is_not_read_again(bank, ledger):
    """The kept pricing is used, though it is another than the sandbox has."""
    with bank.client(ledger=ledger) as wan:
        wan.price()
    kept = pricing_of({"480P": 0.03, "1080P": 0.03})
    age_catalogue(ledger, bank.sandbox.url, pricing=kept)
    with bank.client(ledger=ledger) as wan:
        assert wan.price().usd == pytest.approx(0.15)


def test_a_changed_catalogue_replaces_the_kept_one(bank, ledger):
    """Its ETag is another."""
    with bank.client(ledger=ledger) as wan:
        wan.price()
    age_catalogue(ledger, bank.sandbox.url)
    bank.play(rates={"480P": 0.04, "1080P": 0.2})
    with bank.client(ledger=ledger) as wan:
        assert wan.price(resolution="480P").usd == pytest.approx(0.2)
    with bank.client(ledger=ledger) as wan:
        assert wan.price(resolution="480P").usd == pytest.approx(0.2)
    assert len(bank.requests("list_models")) == 2


def test_a_304_that_was_not_asked_for_is_an_error(bank):
    """There is nothing that could be unchanged."""
    unasked: Run[Trouble] = Run((Reply(status=304),), endless=True)
    bank.sandbox.account.scenario = AccountScenario(failures={"list_models": unasked})
    with bank.client() as wan:
        price = wan.price()
    assert price.usd is None
    assert "cannot be read" in price.reason


def test_the_kept_price_is_used_with_its_date_when_the_catalogue_is_away(bank, ledger):
    """And is not called exact."""
    with bank.client(ledger=ledger) as wan:
        first = wan.price(resolution="480P")
    old = age_catalogue(ledger, bank.sandbox.url)
    bank.play("catalogue-away")
    with bank.client(ledger=ledger, retrying=ONCE) as wan:
        price = wan.price(resolution="480P")
    assert (price.usd, price.source, price.as_of) == (first.usd, "catalogue", old)
    assert "cannot be read" in price.reason
    assert not price.exact


@BY_RESOLUTION
def test_the_last_charge_for_such_a_request_is_used_without_a_kept_price(bank, ledger):
    """With the moment of its submission; one for other options does not count."""
    bank.play("catalogue-away")
    with bank.client(ledger=ledger, retrying=ONCE) as wan:
        wan.submit("A boat", resolution="480P", seed=1)
        price = wan.price(resolution="480P", watermark=False, seed=2)
        # Not in the log yet: its job is running.
        other = wan.price(resolution="1080P")
    (job,) = ledger.jobs()
    assert (price.usd, price.source, price.as_of) == (0.1, "ledger", job.submitted)
    assert "cannot be read" in price.reason
    assert other.usd is None


@BY_RESOLUTION
def test_the_charges_in_the_log_are_used_if_they_are_equal(bank):
    """Of the last week; else the price is not known."""
    bank.play("catalogue-away")
    with bank.client(retrying=ONCE) as wan:
        assert wan.price().usd is None
        bank.pay(wan)
        bank.pay(wan, prompt="It fails [scenario: fails]")
        price = wan.price(resolution="480P")
        assert (price.usd, price.source) == (0.1, "charges")
        assert price.as_of
        bank.pay(wan, resolution="1080P")
        assert wan.price(resolution="480P").usd is None
    query = bank.requests("list_requests")[0].query
    assert (query["status"], query["model"]) == ("succeeded", _spec.model())


def test_a_log_that_is_away_too_leaves_the_price_unknown(bank):
    """With the catalogue's reason."""
    both = [ACCOUNT_SCENARIOS[name].failures for name in ("catalogue-away", "log-away")]
    bank.sandbox.account.scenario = AccountScenario(failures={**both[0], **both[1]})
    with bank.client(retrying=ONCE) as wan:
        price = wan.price()
    assert price.usd is None
    assert price.reason.startswith("the catalogue cannot be read: ")


def test_a_ledger_that_cannot_be_read_stops_no_price(bank, tmp_path):
    """It is as if there were none."""
    broken = tmp_path / "ledger.sqlite3"
    broken.write_text("not a database " * 100)
    said: list[str] = []
    with bank.client(ledger=Ledger(broken, on_trouble=said.append)) as wan:
        assert wan.price().exact
    assert said


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "5", "[1, 2, 3, 4]", '[{}, null, "yesterday", true]'],
)
def test_a_kept_entry_that_cannot_be_read_is_asked_for_again(text):
    """It was written by another version, or damaged."""
    assert Entry.from_text(text) is None


def test_a_kept_entry_without_an_offset_can_be_compared_with_now():
    """Its moment is a local one."""
    entry = Entry.from_text(json.dumps([{}, None, "2026-11-01T00:00:00", True]))
    assert entry
    assert entry.as_of < datetime.now(UTC)


def test_an_entry_is_kept_as_it_is():
    """All of it."""
    entry = Entry(pricing={"kind": "variable"}, etag='"x"', as_of=datetime.now(UTC), listed=False)
    assert Entry.from_text(entry.as_text()) == entry


@BY_RESOLUTION
def test_a_charge_that_differs_from_the_quote_is_drift(bank, ledger):
    """Of a client that has read the price; the ledger has both amounts."""
    seen: list[Any] = []
    with bank.client(ledger=ledger, on_drift=seen.append) as wan:
        wan.price()
        wan.submit("A boat", resolution="480P")
        assert seen == []
        bank.play(rates={"480P": 0.04, "1080P": 0.2})
        generation = wan.submit("A boat", resolution="480P")
    assert generation.usage.in_usd == 0.2
    assert [(each.kind, each.expected, each.found) for each in seen] == [("price", "$0.1", "$0.2")]
    (job, _) = ledger.jobs()
    assert (job.reserved_usd, job.usd) == (pytest.approx(0.1), 0.2)


@BY_RESOLUTION
def test_a_cap_takes_the_price_of_the_request(bank, ledger):
    """And holds before anything is sent."""
    with bank.client(ledger=ledger, max_usd=0.25) as wan:
        wan.submit("A boat", resolution="480P")
        with pytest.raises(SpendLimitError) as caught:
            wan.submit("A boat", resolution="1080P")
        wan.submit("A boat", resolution="480P")
    assert caught.value.price_usd == 0.5
    assert (bank.posts, bank.sandbox.account.charged_usd) == (2, 0.2)


@BY_RESOLUTION
def test_a_cap_takes_the_highest_known_price_for_an_unknown_one(bank, ledger):
    """Of the catalogue, or of what was charged."""
    with bank.client(ledger=ledger) as wan:
        wan.submit("A boat", resolution="1080P")
    bank.play("catalogue-away")
    with (
        bank.client(ledger=ledger, max_usd=0.9, retrying=ONCE) as wan,
        pytest.raises(SpendLimitError) as caught,
    ):
        wan.submit("A boat", resolution="480P")
    assert caught.value.price_usd == 0.5
    assert bank.posts == 1


@BY_RESOLUTION
def test_a_cap_takes_the_highest_price_of_a_catalogue_without_these_options(bank):
    """A request of 480P costs at most as much as one of 1080P then."""

    def only_1080p(pricing: dict[str, Any]) -> dict[str, Any]:
        kept = [each for each in pricing["variants"] if each["when"]["resolution"] == "1080P"]
        return pricing | {"variants": kept}

    bank.play(pricing=only_1080p)
    with bank.client(max_usd=0.4) as wan, pytest.raises(SpendLimitError) as caught:
        wan.submit("A boat", resolution="480P")
    assert caught.value.price_usd == 0.5
    assert bank.posts == 0


def test_nothing_is_sent_under_a_cap_if_no_price_is_known(bank):
    """There is nothing that could be reserved."""
    bank.play("variable")
    with bank.client(max_usd=5) as wan, pytest.raises(SpendLimitError) as caught:
        wan.submit("A boat")
    assert caught.value.price_usd is None
    assert bank.posts == 0


def listed(*models: Any, etag: str | None = None, **more: Any) -> ApiResponse:
    """Return a response of the catalogue."""
    content = json.dumps({"data": list(models), **more}).encode()
    return ApiResponse(content=content, headers={} if etag is None else {"etag": etag})


def model(price: float = 0.5, **more: Any) -> dict[str, Any]:
    """Return a model of the catalogue, with a price for a video."""
    pricing = {"kind": "fixed", "units": [{"measure": "video", "price": price}]}
    return {"id": "maker/m", "pricing": pricing, **more}


def price_of(clock: Any, *responses: Any, **options: Any) -> Any:
    """Return the price of a request by these responses of the catalogue and the log."""
    steps: Any = Pricing(Catalogue("maker/m", "https://api.example"), **options).price(
        {"model": "maker/m"}, context(clock, retrying=ONCE)
    )
    return play(steps, clock, *responses).result


def test_a_model_is_found_by_its_id_or_an_alias(clock):
    """In any case; all others are passed over."""
    others = [5, {"id": "maker/m2"}, {"id": None, "aliases": "maker/m"}, model(9, id="m")]
    assert price_of(clock, listed(*others, model(id="Maker/M"))).usd == 0.5
    assert price_of(clock, listed(*others, model(id="x", aliases=[5, "MAKER/m"]))).usd == 0.5
    assert "does not list" in price_of(clock, listed(*others)).reason


def test_a_catalogue_without_a_list_says_nothing(clock):
    """It is not said that the model is not listed."""
    maintenance = ApiResponse(content=b'{"message": "Back soon"}', headers={})
    price = price_of(clock, maintenance, has_key=False)
    assert price.usd is None
    assert "cannot be read" in price.reason


@pytest.mark.parametrize(("etag", "sent"), [('"x"', '"x"'), ('"\u00fc"', None), ("", None)])
def test_only_an_etag_that_can_be_sent_back_is_kept(clock, etag, sent):
    """A header is ASCII."""
    catalogue = Catalogue("maker/m", "https://api.example")
    steps: Any = catalogue.latest(context(clock))
    play(steps, clock, listed(model(), etag=etag))
    assert catalogue.entry
    assert catalogue.entry.etag == sent


@BY_RESOLUTION
def test_a_cap_does_not_rely_on_charges_whose_options_are_not_known(bank):
    """The log names no options, so the next video may cost more."""
    bank.play("catalogue-away")
    with bank.client(retrying=ONCE) as wan:
        bank.pay(wan)
        assert wan.price(resolution="1080P").source == "charges"
    with (
        bank.client(retrying=ONCE, max_usd=0.3) as capped,
        pytest.raises(SpendLimitError, match="is not known"),
    ):
        capped.submit("A boat", **known(resolution="1080P"))
    assert bank.posts == 1


def test_a_cap_reserves_what_the_same_request_was_charged_last(bank, ledger):
    """If that is more than the catalogue says."""
    with bank.client(ledger=ledger) as wan:
        paid = bank.pay(wan)
    ledger.seen(replace(paid, usage=Usage(usd=2 * PRICE)))
    with bank.client(ledger=ledger, max_usd=9 * PRICE) as capped:
        assert capped.submit("A boat", **SMALL).drift == ()
    ledger.seen(replace(ledger.jobs()[0].generation, usage=Usage(usd=2 * PRICE)))
    with (
        bank.client(ledger=ledger, max_usd=5.5 * PRICE) as capped,
        pytest.raises(SpendLimitError) as caught,
    ):
        capped.submit("A boat", **SMALL)
    assert caught.value.price_usd == 2 * PRICE


def test_without_a_key_the_log_is_not_asked(clock):
    """It would be an error."""
    away = api_error(503)
    assert price_of(clock, away, has_key=False).usd is None
    row = {"cost": {"usd": 0.7}, "created": "2026-11-03T14:05:00Z"}
    found = price_of(clock, away, listed(row, row, {"cost": {"usd": 0}}))
    assert (found.usd, found.source) == (0.7, "charges")


def test_a_price_on_a_hanging_catalogue_is_unknown(bank, monkeypatch):
    """Once the time for it is over."""
    monkeypatch.setattr(_ask, "SECONDS", 0.3)
    hangs: Run[Trouble] = Run((Silence.HANGING,), endless=True)
    bank.sandbox.account.scenario = AccountScenario(failures={"list_models": hangs})
    with bank.client(retrying=ONCE) as wan:
        price = wan.price()
    assert price.usd is None
    assert "cannot be read" in price.reason
