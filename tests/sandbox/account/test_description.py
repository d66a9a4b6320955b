"""Every response is as openapi/account/account.yaml describes it."""

from typing import Any

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from wan_ergonomic import _spec
from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS, KEYLESS_PATHS
from wan_ergonomic.sandbox.account._paths import PATHS

DOCUMENT: Any = yaml.safe_load(
    (_spec.openapi_folder() / "account" / "account.yaml").read_text("utf-8")
)
OPERATIONS = {path: item["get"] for path, item in DOCUMENT["paths"].items()}
OPENAPI = OpenAPI.from_dict({**DOCUMENT, "servers": [{"url": "/"}]})

# These failures are no responses of the operation: HTML, or nothing.
SILENT = ("log-page", "log-dropped", "log-hangs", "account-slow")


def departures(response: httpx.Response) -> list[Exception]:
    """Return where a request or its response departs from the description."""
    sent = response.request
    # MockRequest takes pairs too, so that a parameter can be repeated.
    query: Any = sent.url.params.multi_items()
    request = MockRequest(
        str(sent.url.copy_with(path="/", query=None)),
        "get",
        sent.url.path,
        args=query,
        headers=dict(sent.headers),
    )
    received = MockResponse(
        response.content,
        response.status_code,
        dict(response.headers),
        response.headers["content-type"],
    )
    return [
        *OPENAPI.iter_apicall_request_errors(request),
        *OPENAPI.iter_apicall_response_errors(request, received),
    ]


def closed(schema: Any) -> Any:
    """Return a schema with references replaced, whose objects have all properties and no other."""
    if "$ref" in schema:
        return closed(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    copy = dict(schema)
    if "items" in schema:
        copy["items"] = closed(schema["items"])
    if "properties" in schema:
        copy["properties"] = {name: closed(part) for name, part in schema["properties"].items()}
        copy["additionalProperties"] = False
        copy["required"] = [*schema["properties"]]
    if schema.get("nullable"):
        copy["type"] = [schema["type"], "null"]
    return copy


def test_the_paths_and_keys_are_those_of_the_description():
    """One table in the sandbox has them."""
    assert {name: path for path, each in OPERATIONS.items() for name in [each["operationId"]]} == (
        PATHS
    )
    assert {
        path for path, each in OPERATIONS.items() if each.get("security") == []
    } == KEYLESS_PATHS


@pytest.mark.parametrize("scenario", sorted(ACCOUNT_SCENARIOS.keys() - {*SILENT}))
def test_every_response_is_as_described(account, scenario):
    """In each scenario, with rows of each kind."""
    account.play(scenario)
    account.submit(client_id="mine-1")
    account.finish("[scenario: fails]")
    account.pass_time(600)
    queries: dict[str, Any] = {
        "/v1/models": {"include": "pricing"},
        "/v2/logs": {"period": "24h", "status": ["failed", "succeeded"], "limit": 1},
        "/v2/billing/transactions": {"limit": 1},
    }
    for path in OPERATIONS:
        response = account.get(path, **queries.get(path, {}))
        if response.status_code == 200:
            assert departures(response) == []
        else:
            assert sorted(response.json())[0] == "error"


def test_each_described_property_is_there_and_no_other(account):
    """Of an ordinary response; pricing has the properties of its kind."""
    account.submit(client_id="mine-1")
    account.finish("[scenario: fails]")
    queries = {"/v2/logs": {"period": "24h"}}
    for path, operation in OPERATIONS.items():
        described = closed(operation["responses"]["200"]["content"]["application/json"]["schema"])
        if path == "/v1/models":
            described["properties"]["data"]["items"]["required"].remove("pricing")
        body = account.get(path, **queries.get(path, {})).json()
        errors = [error.message for error in Draft202012Validator(described).iter_errors(body)]
        assert errors == []


@pytest.mark.parametrize(
    ("body", "found"),
    [({"current_balance": "1", "currency": "USD"}, 1), ({"current_balance": 1}, 0)],
)
def test_a_response_of_another_type_is_found(account, body, found):
    """The check above would find it."""
    response = account.get("/v2/billing")
    changed = httpx.Response(200, json=body, request=response.request)
    assert len(departures(changed)) == found
