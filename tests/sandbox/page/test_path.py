"""The page is where the API is not."""

from copy import deepcopy

import httpx
import pytest

from tests.sandbox.conftest import Api
from tests.support.operations import poll_path, poll_query
from wan_ergonomic import _spec
from wan_ergonomic.sandbox import Sandbox
from wan_ergonomic.sandbox.account import PATHS
from wan_ergonomic.sandbox.page import free_path


def test_the_page_is_below_a_name_that_no_path_of_the_api_begins_with():
    """Today's contract included."""
    paths = [_spec.path(role) for role in _spec.METHODS] + [*PATHS.values()]
    assert Sandbox(port=80).page == f"http://127.0.0.1:80{free_path(paths)}"
    assert all(f"{path}/".find(f"{free_path(paths)}/") for path in paths)


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([], "/sandbox"),
        (["/v2/sandbox", "/sandboxes"], "/sandbox"),
        (["/sandbox"], "/sandbox-2"),
        (["/sandbox/{id}", "/sandbox-2/x"], "/sandbox-3"),
        (["/{id}"], "/sandbox"),
    ],
)
def test_a_name_that_is_taken_is_not_used(paths, expected):
    """The next number is, whatever the vendor publishes."""
    assert free_path(paths) == expected


def test_the_api_keeps_a_path_that_the_page_would_have_had(monkeypatch, clock):
    """Both work then."""
    document = deepcopy(_spec.contract())
    monkeypatch.setattr(_spec, "contract", lambda: document)
    document["paths"]["/sandbox"] = document["paths"].pop(_spec.path("create"))
    with Sandbox(clock=clock.now) as sandbox:
        headers = {"Authorization": f"Bearer {sandbox.key}"}
        with httpx.Client(base_url=sandbox.url, headers=headers) as http:
            api = Api(sandbox, http, clock)
            generation_id = api.submit().json()["id"]
            assert sandbox.page == f"{sandbox.url}/sandbox-2"
            page = http.get(sandbox.page).text
            assert '"/sandbox-2/start.js"' in page
            poll = http.get(poll_path(generation_id), params=poll_query(generation_id))
            assert poll.json()["id"] == generation_id
