"""One request with its response: to be read, without secrets, and as far as it is kept."""

import json

import pytest

from tests.sandbox.conftest import hang_up
from wan_ergonomic import _spec
from wan_ergonomic.sandbox import records


def test_bodies_are_shown_in_full_and_readable(page):
    """With their headers, a line for each property."""
    sent = page.api.submit("A boat 狐")
    shown = page.request(1)
    assert json.loads(shown["body"]) == json.loads(sent.request.content)
    assert '\n  "prompt": "A boat 狐"' in shown["body"]
    response = shown["response"]
    assert json.loads(response["body"]) == sent.json()
    assert response["body"].startswith("{\n  ")
    assert response["headers"]["x-inference-id"] == sent.json()["id"]
    assert (response["size"], response["complete"]) == (len(sent.content), True)
    assert (response["kept"], response["cut"], response["kind"]) == (
        True,
        False,
        "application/json",
    )


def test_the_key_is_masked(page):
    """In the header that is for it, and wherever else it is."""
    key = page.api.sandbox.key
    headers = {"X-Api-Key": "other", "Cookie": "a=b", "X-Note": f"my {key}"}
    body = {"model": _spec.model(), "prompt": f"My {key}", key: 1}
    page.http.post(
        _spec.path("create"), json=body, headers=headers, params={"q": key, "token": "t"}
    )
    page.http.post(_spec.path("create"), content=f"no JSON, {key}".encode())
    page.http.get("/v1/models", headers={"Authorization": "Bearer of-my-own"})
    first = page.request(1)
    assert first["headers"]["authorization"] == "right key"
    assert (first["headers"]["x-api-key"], first["headers"]["cookie"]) == ("…", "…")
    assert first["headers"]["x-note"] == "my ***"
    assert first["query"] == {"q": "***", "token": "…"}
    assert json.loads(first["body"])["prompt"] == "My ***"
    assert page.request(2)["body"] == "no JSON, ***"
    assert page.request(3)["headers"]["authorization"] == "wrong key"
    for number in (1, 2, 3):
        assert key not in json.dumps(page.request(number))
        assert "of-my-own" not in json.dumps(page.request(number))


def test_signed_links_are_shortened(page, get):
    """In bodies, and in the request for the video."""
    link = page.api.link()
    get(link)
    poll, video = page.request(2), page.request(3)
    assert f"{link.partition('?')[0]}?…" in poll["response"]["body"]
    assert set(video["query"]) == {"Expires", "OSSAccessKeyId", "Signature"}
    assert {*video["query"].values()} == {"…"}
    for text in (json.dumps(poll), json.dumps(video), json.dumps(page.state())):
        assert "Signature=" not in text
    assert (video["response"]["body"], video["response"]["kind"]) == (None, "video/mp4")
    assert video["response"]["size"] > 1000


def test_a_text_that_was_cut_is_shown_as_it_is(page, monkeypatch):
    """It is no JSON any more."""
    monkeypatch.setattr(records._recorder, "MAX_TEXT", 20)
    sent = page.http.get("/v1/models").text
    response = page.request(1)["response"]
    assert (response["body"], response["cut"]) == (sent[:20], True)


def test_a_request_without_a_body_has_none(page):
    """And a page of HTML is a text."""
    page.api.submit("[scenario: lost-502]")
    page.http.get("/v2/billing")
    assert page.request(2)["body"] is None
    assert page.request(1)["response"]["body"].startswith("<html>")


def test_a_request_without_a_response_says_so(page):
    """While it waits there is none, and none is sent when the connection drops."""
    hang_up(page.api, "lost-connection")
    response = page.request(1)["response"]
    assert (response["headers"], response["body"], response["complete"]) == ({}, None, False)
    record = records.Received(method="GET", path="/", query={}, headers={}, number=2)
    page.api.sandbox._vendor.records._kept.append(record)
    monkey = page.api.sandbox._vendor.records
    monkey._total += 1
    assert page.request(2)["response"] is None


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "1e0", "9" * 30])
def test_a_request_that_is_not_kept_is_not_found(page, number):
    """The error says why."""
    page.http.get("/nowhere")
    response = page.get(f"requests/{number}")
    assert response.status_code == 404
    assert response.json() == {"error": "This request is no longer kept."}
