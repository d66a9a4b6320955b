"""The catalogue: which models there are, what they cost, and ETags."""

from copy import deepcopy

import httpx
import pytest

from tests.sandbox.conftest import LONG
from wan_ergonomic import _spec
from wan_ergonomic.sandbox import AccountScenario, Sandbox

from .conftest import CATALOGUE

SECONDS = 5


def quote(pricing, resolution):
    """Return the US dollars for a video, as a reader of the catalogue works them out."""
    if pricing["kind"] == "fixed":
        (found,) = pricing["units"]
        unit = found["measure"]
    else:
        (found,) = (
            one
            for one in pricing["variants"]
            if one["when"].get("resolution", resolution).upper() == resolution
        )
        unit = found["unit"]
    units = {"second": SECONDS, "video": 1}[unit]
    return round(found["price"] * units / found["per"], 9)


def names(response):
    """Return the ids of the models in a response."""
    return [model["id"] for model in response.json()["data"]]


@pytest.mark.parametrize("resolution", ["480P", "1080P"])
@pytest.mark.parametrize("scenario", ["ordinary", "lower-case", "unit-video", "per-ten", "fixed"])
def test_a_quote_is_what_is_charged_and_reported(account, scenario, resolution):
    """In the books, the headers, the body, the log and the balance."""
    account.play(scenario)
    quoted = quote(account.pricing(), resolution)
    response = account.api.submit(resolution=resolution)
    assert account.account.charged_usd == quoted
    assert float(response.headers["x-aimlapi-usd-spent"]) == quoted
    assert float(response.headers["x-aimlapi-credits-used"]) == quoted * 2_000_000
    assert set(response.json()["meta"]["usage"].values()) == {quoted * 2_000_000}
    account.pass_time(LONG)
    (row,) = account.rows()
    assert row["cost"] == {"usd": quoted, "credits": quoted * 2_000_000}
    assert account.get("/v2/billing").json()["current_balance"] == 100 - quoted


def test_each_value_of_an_option_is_quoted(account):
    """Also a value that does not change the price."""
    properties, defaults = _spec.request_schema()["properties"], _spec.server_defaults()
    values = [
        {name: value} for name in defaults for value in properties[name].get("enum", [True, False])
    ]
    assert len(values) > len(defaults)
    for options in values:
        before = account.account.charged_usd
        account.http.post(
            _spec.path("create"), json={"model": _spec.model(), "prompt": "A boat"} | options
        )
        quoted = quote(account.pricing(), (defaults | options)["resolution"])
        assert round(account.account.charged_usd - before, 9) == quoted


@pytest.mark.parametrize(
    ("scenario", "amounts"),
    [
        ("usage-tokens", {"tokens_used": 200_000}),
        ("usage-credits", {"credits_used": 200_000}),
        ("usage-usd", {"credits_used": 200_000, "usd_spent": 0.1}),
    ],
)
def test_a_cost_with_other_names_is_the_same(account, scenario, amounts):
    """In the responses to the submission and to a poll."""
    response = account.api.submit(f"[scenario: {scenario}]")
    polled = account.api.poll(response.json()["id"])
    for each in (response, polled):
        assert each.json()["meta"]["usage"] == amounts
    assert account.account.charged_usd == 0.1


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        (
            "ordinary",
            [
                {"when": {"resolution": "480P"}, "price": 0.02, "unit": "second", "per": 1},
                {"when": {"resolution": "1080P"}, "price": 0.1, "unit": "second", "per": 1},
            ],
        ),
        (
            "lower-case",
            [
                {"when": {"resolution": "480p"}, "price": 0.02, "unit": "second", "per": 1},
                {"when": {"resolution": "1080p"}, "price": 0.1, "unit": "second", "per": 1},
            ],
        ),
        (
            "per-ten",
            [
                {"when": {"resolution": "480P"}, "price": 0.2, "unit": "second", "per": 10},
                {"when": {"resolution": "1080P"}, "price": 1.0, "unit": "second", "per": 10},
            ],
        ),
    ],
)
def test_prices_are_by_resolution(account, scenario, expected):
    """In US dollars, for a number of seconds."""
    account.play(scenario)
    pricing = account.pricing()
    assert (pricing["kind"], pricing["dimensions"]) == ("variants", ["resolution"])
    assert pricing["variants"] == expected


@pytest.mark.parametrize(
    ("scenario", "name", "values"),
    [
        ("unit-video", "unit", {"video"}),
        ("unit-unknown", "unit", {"megapixel"}),
        ("price-negative", "price", {-0.02, -0.1}),
        ("price-absurd", "price", {1e300}),
    ],
)
def test_prices_can_be_of_no_use(account, scenario, name, values):
    """A generation costs what it costs, whatever the catalogue says."""
    account.play(scenario)
    assert {variant[name] for variant in account.pricing()["variants"]} == values
    account.submit()
    assert account.account.charged_usd == 0.1


def test_the_kind_can_be_fixed_or_variable(account):
    """Fixed has one price for all; variable has none."""
    account.play("fixed")
    unit = {"name": "video", "measure": "second", "price": 0.06, "per": 1}
    assert account.pricing() == {"kind": "fixed", "units": [unit]}
    account.play("variable")
    assert account.pricing() == {"kind": "variable"}


def test_a_model_can_be_without_pricing(account):
    """It is listed all the same."""
    account.play("no-pricing")
    (model,) = account.get(CATALOGUE, id=_spec.model(), include="pricing").json()["data"]
    assert "pricing" not in model


def test_pricing_is_there_only_for_include(account):
    """Without it, a model has everything else."""
    (model,) = account.get(CATALOGUE, id=_spec.model()).json()["data"]
    assert sorted(model) == ["aliases", "id", "info", "tags", "type"]


def test_a_model_is_found_by_its_other_name(account):
    """And an unknown name finds nothing."""
    alias = _spec.model().rpartition("/")[2]
    assert names(account.get(CATALOGUE, id=alias)) == [_spec.model()]
    assert names(account.get(CATALOGUE, id="nobody/nothing")) == []


def test_all_models_are_listed_without_an_id(account):
    """Some are of other kinds."""
    listed = names(account.get(CATALOGUE))
    assert listed[0] == _spec.model()
    assert len(listed) == 3


def test_the_catalogue_can_lack_the_model(account):
    """The others are still there."""
    account.play("no-model")
    assert names(account.get(CATALOGUE, id=_spec.model())) == []
    assert len(names(account.get(CATALOGUE))) == 2


def test_the_catalogue_names_the_sandboxs_own_document(account):
    """It can be followed."""
    (model,) = account.get(CATALOGUE, id=_spec.model()).json()["data"]
    assert account.http.get(model["info"]["docsJson"]).json()["paths"] == _spec.contract()["paths"]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_a_client_that_has_the_catalogue_gets_304(account, form):
    """Without a body, and with the same ETag."""
    etag = account.get(CATALOGUE).headers["etag"]
    response = account.http.get(CATALOGUE, headers={"If-None-Match": form.format(etag)})
    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["etag"] == etag
    assert "content-type" not in response.headers


def test_another_price_has_another_etag(account):
    """A client that has the old one gets the new one."""
    etag = account.get(CATALOGUE, include="pricing").headers["etag"]
    account.play(AccountScenario(rates={"480P": 0.03, "1080P": 0.1}))
    query = {"include": "pricing"}
    response = account.http.get(CATALOGUE, params=query, headers={"If-None-Match": etag})
    assert response.status_code == 200
    assert response.headers["etag"] != etag


def test_there_can_be_no_etag(account):
    """If-None-Match is then ignored."""
    account.play("no-etag")
    response = account.http.get(CATALOGUE, headers={"If-None-Match": "*"})
    assert response.status_code == 200
    assert "etag" not in response.headers


@pytest.fixture
def document(monkeypatch):
    """A copy of the contract that everything reads in place of the vendored one."""
    copy = deepcopy(_spec.contract())
    monkeypatch.setattr(_spec, "contract", lambda: copy)
    return copy


@pytest.mark.usefixtures("document")
def test_a_new_resolution_is_quoted_too(account):
    """It costs as much as the best one of today."""
    _spec.request_schema()["properties"]["resolution"]["enum"].append("8K")
    assert quote(account.pricing(), "8K") == 0.5


@pytest.mark.usefixtures("document")
def test_resolutions_that_the_contract_leaves_open_are_the_models(account):
    """Those that have a price are listed."""
    del _spec.request_schema()["properties"]["resolution"]["enum"]
    assert [quote(account.pricing(), each) for each in ("480P", "1080P")] == [0.1, 0.5]


@pytest.mark.usefixtures("document")
def test_without_a_resolution_there_is_one_price(clock):
    """That of the model's default, which is charged."""
    del _spec.request_schema()["properties"]["resolution"]
    with Sandbox(clock=clock.now) as sandbox:
        headers = {"Authorization": f"Bearer {sandbox.key}"}
        with httpx.Client(base_url=sandbox.url, headers=headers) as http:
            (model,) = http.get(
                CATALOGUE, params={"id": _spec.model(), "include": "pricing"}
            ).json()["data"]
            body = {"model": _spec.model(), "prompt": "A boat"}
            http.post(_spec.path("create"), json=body)
    assert model["pricing"]["dimensions"] == []
    assert quote(model["pricing"], "1080P") == sandbox.account.charged_usd == 0.5
