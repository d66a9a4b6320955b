"""The key goes to the API's origin and nowhere else."""

from __future__ import annotations

import io

import pytest

from tests.support.actions import Serve, response
from tests.support.loopback import Loopback
from tests.support.responses import (
    ID,
    PROMPT,
    VIDEO,
    accepted,
    completed,
    finished,
    link,
    poll_response,
)
from wan_ergonomic import ApiError, SubmissionInDoubtError, WanError

# Not in the door: no other package describes requests.
from wan_ergonomic._http import _endpoint
from wan_ergonomic._http._describe import Description


def test_the_key_is_sent_to_the_api(client_kind, server, canary_key):
    """With both of the API's operations."""
    server.script("submit", accepted())
    server.script("poll", poll_response("generating"))
    with client_kind.client(base_url=server.url) as wan:
        wan.status(wan.submit(PROMPT))
    sent = [request.headers["authorization"] for request in server.requests]
    assert sent == [f"Bearer {canary_key}"] * 2


def test_the_key_is_never_sent_to_a_storage(wan, server, storage, canary_key):
    """Neither with the first request for a video, nor with a fresh link, nor when it resumes."""
    storage.script("download", response(403), Serve(VIDEO, cut=100), Serve(VIDEO))
    server.script("poll", completed(storage))
    wan.download(finished(storage), io.BytesIO(), extra_headers={"X-Team": "blue"})
    assert len(storage.requests) == 3
    for request in storage.requests:
        assert canary_key not in str(request.headers)
        assert {"authorization", "cookie", "x-team"}.isdisjoint(request.headers)


def test_the_key_does_not_follow_a_redirect_of_a_download(wan, server, storage):
    """Not even one that leads to the API."""
    server.script("download", response(302, "", {"Location": link(storage)}))
    storage.script("download", Serve(VIDEO))
    wan.download(finished(server), io.BytesIO())
    requests = [*server.requests, *storage.requests]
    assert len(requests) == 2
    assert not any("authorization" in request.headers for request in requests)


def test_a_video_at_the_api_is_requested_without_the_key(wan, server):
    """One rule for all links: the client that downloads videos has no key."""
    server.script("download", Serve(VIDEO))
    wan.download(finished(server), io.BytesIO())
    (request,) = server.requests
    assert "authorization" not in request.headers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["submit", "status", "wait"])
def test_a_redirect_of_the_api_is_not_followed(wan_once, server, storage, method, status):
    """It is an error, with the key or without it; only a temporary one is polled again."""
    elsewhere = response(status, "", {"Location": f"{storage.origin}/v2/video/generations"})
    server.script("submit", elsewhere)
    server.script("poll", elsewhere)
    with pytest.raises(WanError, match=f"The API returned {status}"):
        getattr(wan_once, method)("a prompt, or an id", timeout=20)
    waits = method == "wait" and status in {302, 303, 307}
    assert (len(server.requests) > 1, storage.requests) == (waits, [])


MALFORMED = ["javascript:x", "mailto:a", "x:y", "http:foo", "https://xn--a/", "//xn--/"]


@pytest.mark.parametrize("location", [*MALFORMED, "http:\\\\a"])
@pytest.mark.parametrize("method", ["submit", "status"])
def test_a_redirect_to_a_malformed_url_is_the_same_error(wan_once, server, method, location):
    """The Location header is not parsed, so it cannot fail to parse."""
    redirect = response(302, "", {"Location": location})
    server.script("submit", redirect)
    server.script("poll", redirect)
    error = SubmissionInDoubtError if method == "submit" else ApiError
    with pytest.raises(error, match="The API returned 302"):
        getattr(wan_once, method)("a prompt, or an id")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "path",
    ["/x", "x", "@other.example/x", "//other.example/x", "https://other.example/x", ":99/x", "?x"],
)
def test_the_key_is_bound_to_the_origin_of_the_api(wan, server, monkeypatch, canary_key, path):
    """Whatever path an operation has, its request leads there."""
    asked = Description("GET", path, {}, {}, {}, with_key=True, fresh=False)
    monkeypatch.setattr(_endpoint, "describe", lambda _: asked)
    server.script("poll", poll_response("queued"))
    server.script("download", poll_response("queued"))
    wan.status(ID)
    assert [request.headers["authorization"] for request in server.requests] == [
        f"Bearer {canary_key}"
    ]


def test_no_cookie_is_kept(wan, server):
    """A session cookie may be as good as the key."""
    cookie = {"Set-Cookie": "s=1; Path=/"}
    server.script("poll", *[response(200, {"id": ID, "status": "queued"}, cookie)] * 2)
    server.script("download", *[response(200, VIDEO, cookie)] * 2)
    for _ in range(2):
        wan.status(ID)
        wan.download(finished(server), io.BytesIO())
    assert [request.headers.get("cookie") for request in server.requests] == [None] * 4


def test_no_proxy_is_used_for_an_api_on_this_machine(client_kind, server, monkeypatch):
    """Its traffic is not encrypted, so a proxy would see the key."""
    with Loopback() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.origin)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("no_proxy", "")
        server.script("poll", poll_response("queued"))
        with client_kind.client(base_url=server.url) as wan:
            assert wan.status(ID).status == "queued"
        assert proxy.requests == []
