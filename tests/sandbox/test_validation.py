"""Requests outside the contract, and bodies that parsers disagree about."""

import json
from typing import Any

import pytest

from tests.support.first_contract import MODEL, OPTIONS
from tests.support.operations import poll_path, poll_query
from wan_ergonomic import _spec
from wan_ergonomic._spec import id_parameter
from wan_ergonomic.sandbox._gateway import MAX_BODY

from .conftest import contract_errors

GOOD = {"model": MODEL, "prompt": "A boat"}
# Values that are of another type, by the type that the contract names.
OTHERS: dict[str, list[Any]] = {
    "boolean": [1, "yes", None],
    "integer": [1.5, True, "7", None],
    "number": [True, "7", None],
    "string": [5, None],
}


def issues(response):
    """Return the issues of an error response by path."""
    assert response.status_code == 400
    found = response.json()["error"]["data"]
    by_path = {tuple(issue["path"]): issue for issue in found}
    assert len(by_path) == len(found)
    return by_path


def test_a_refusal_has_the_gateways_newest_shape(api):
    """title, status, message, instance, timestamp, requestId and error, and it conforms."""
    response = api.submit(model="huge")
    body = response.json()
    assert sorted(body) == sorted(
        ["title", "status", "message", "instance", "timestamp", "requestId", "error"]
    )
    assert body["error"]["name"] == "BadRequestException"
    assert contract_errors(response) == []


def test_an_issue_about_a_value_names_the_options(api):
    """An unknown value is told with those that are known and the one received."""
    options = [MODEL]
    assert issues(api.submit(model="huge")) == {
        ("model",): {
            "code": "invalid_enum_value",
            "path": ["model"],
            "message": f"'huge' is not one of {options}",
            "options": options,
            "received": "huge",
        }
    }


def test_everything_that_is_missing_is_named_at_once(api):
    """A body without its required properties has one issue for each."""
    found = issues(api.http.post(_spec.path("create"), json={}))
    assert sorted(found) == [("model",), ("prompt",)]
    assert found["prompt",]["message"] == "Required"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (name, value)
        for name, schema in OPTIONS.items()
        if "enum" not in schema
        for value in OTHERS[schema["type"]]
    ],
)
def test_a_value_of_another_type_is_one_issue(api, name, value):
    """A wrong type is told once, null included."""
    found = issues(api.submit(**{name: value}))
    assert [(path, issue["received"]) for path, issue in found.items()] == [((name,), value)]


@pytest.mark.parametrize("body", [[], "text", 7, None, True])
def test_a_body_that_is_no_object_is_rejected(api, body):
    """JSON of another kind is a 400."""
    content = json.dumps(body)
    response = api.http.post(
        _spec.path("create"), content=content, headers={"content-type": "application/json"}
    )
    assert list(issues(response)) == [()]


def test_properties_that_the_contract_does_not_know_are_let_through(api):
    """AdditionalProperties is open, so an unknown one is no error."""
    assert api.submit(colour="blue").status_code == 200


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "Expecting"),
        (b'{"prompt": NaN}', "NaN is not a number"),
        (b'{"seed": 1e999}', "1e999 is too large"),
        (b'{"seed": ' + b"9" * 5000 + b"}", "digits"),
        (b'{"prompt": "a", "prompt": "b"}', "a key occurs twice"),
        (rb'{"prompt": "\ud800"}', "an unpaired surrogate"),
        (rb'{"\udfff": 1}', "an unpaired surrogate"),
        (b'{"prompt": "\xff"}', "utf-8"),
        ('{"prompt": "a"}'.encode("utf-16"), "utf-8"),
        (b"[" * 100 + b"]" * 100, "nested too deep"),
        (b"[" * 100_000, ""),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, ""),
    ],
)
def test_a_body_that_parsers_disagree_about_is_rejected(api, content, reason):
    """No client can depend on how one parser happens to read what is not quite JSON."""
    headers = {"content-type": "application/json"}
    response = api.http.post(_spec.path("create"), content=content, headers=headers)
    assert response.status_code == 400
    assert response.json()["message"].startswith("Body is not valid JSON: ")
    assert reason in response.json()["message"]
    assert api.sandbox.received[-1].body is None


def test_a_float_that_is_finite_is_a_number_like_any_other(api):
    """Only what no parser can hold is refused as unreadable."""
    assert api.submit(strength=0.5).status_code == 200


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_another_content_type_is_rejected(api, content_type):
    """415 says which content type it must be."""
    headers = {} if content_type is None else {"content-type": content_type}
    response = api.http.post(_spec.path("create"), content=json.dumps(GOOD), headers=headers)
    assert response.status_code == 415
    assert response.json()["message"] == "Content type must be application/json"


def test_the_content_types_charset_and_case_do_not_matter(api):
    """A media type is what it is in any case and with any parameter."""
    headers = {"content-type": "Application/JSON; Charset=UTF-8"}
    response = api.http.post(_spec.path("create"), content=json.dumps(GOOD), headers=headers)
    assert response.status_code == 200


def test_an_empty_body_is_rejected(api):
    """A submission without a body is a 400."""
    response = api.http.post(_spec.path("create"), headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["message"]) == (
        400,
        "Missing required request body",
    )


def test_a_body_up_to_a_mebibyte_is_read(api):
    """A prompt of any length is taken as long as the whole fits."""
    assert api.submit("x" * (MAX_BODY - 200)).status_code == 200


@pytest.mark.parametrize("size", [MAX_BODY + 1, 5 * MAX_BODY])
def test_a_larger_body_is_rejected_with_a_response_that_arrives(api, size):
    """413 is given after the last byte, so the sender sees it."""
    headers = {"content-type": "application/json"}
    response = api.http.post(_spec.path("create"), content=b" " * size, headers=headers)
    assert (response.status_code, response.json()["status"]) == (413, 413)


def test_a_poll_without_the_id_is_rejected(api):
    """The parameter is required, and the issue says its name."""
    response = api.http.get(_spec.path("poll"), params={"another": "x"})
    assert list(issues(response)) == [(id_parameter()[1],)]


def test_a_poll_with_a_body_is_a_poll(api):
    """A GET's body means nothing, not even a broken one."""
    generation_id = api.submit().json()["id"]
    path, params = poll_path(generation_id), poll_query(generation_id)
    response = api.http.request("GET", path, params=params, content=b"{")
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("[scenario: cutt]", "There is no scenario 'cutt'; the most similar is 'cut'"),
        ("[scenario: ?]", "There is no scenario '?'; wan sandbox --scenarios lists them"),
        ("[scenario:]", "There is no scenario ''"),
        (
            "[scenario: cut] [scenario: busy]",
            "A prompt can have one scenario, and this one names several",
        ),
        (f"[scenario: {'x' * 100_000}]", "There is no scenario 'xxx"),
    ],
)
def test_a_scenario_that_is_not_known_is_rejected_with_the_list(api, prompt, message):
    """A mistyped scenario spends nothing and says what there is."""
    response = api.submit(prompt)
    issue = issues(response)["prompt",]
    assert issue["message"].startswith(message)
    assert "lost-connection" in issue["options"]
    assert "lost-connection" in response.json()["message"]
    assert len(response.content) < 5000
    assert api.sandbox.billed == 0


def test_only_the_word_scenario_chooses_one(api):
    """Any other word in brackets is part of an ordinary prompt."""
    assert api.finished("A boat [fate: fails] [Scenario: fails]")["status"] == "completed"


def test_a_scenario_may_stand_anywhere_in_a_prompt(api):
    """The words around it do not matter, nor does the space inside."""
    assert api.finished("A boat [scenario:fails] at dusk")["status"] == "error"
