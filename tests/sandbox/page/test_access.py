"""Who may use the page: a browser on this machine, from the page itself."""

import pytest
from starlette.requests import Request

from tests.sandbox.test_server import request
from wan_ergonomic.sandbox import create_app
from wan_ergonomic.sandbox.page import _files
from wan_ergonomic.sandbox.page._access import rejection


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:80",
        "127.0.0.1.evil.example",
        "192.0.2.1",
        "localhost@evil.example",
        "",
        "[::2]",
        "127.0.0.1:80:80",
        "localhost.",
        "[127.0.0.1",
        "a b",
        "127.0.0.1/",
    ],
)
@pytest.mark.parametrize("rest", ["", "state", "about", "start.js", "requests/1", "videos/x.mp4"])
def test_another_name_of_this_machine_gets_nothing(page, host, rest):
    """A name of another page's may lead here: that page must not read what is sent."""
    response = page.get(rest, headers={"Host": host})
    assert response.status_code == 403
    assert page.api.sandbox.key not in response.text
    assert response.json()["error"].startswith("The page is only for this machine")


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:9", "[::1]:9", "127.9.9.9:9", "a.localhost"]
)
def test_each_name_that_always_means_this_machine_works(page, host):
    """Whatever the port: it may be forwarded."""
    assert page.get("state", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "192.0.2.1:80", ""])
def test_another_name_changes_nothing(page, host):
    """Neither settings nor a job."""
    generation_id = page.api.submit().json()["id"]
    (job,) = page.jobs()
    for rest, body in (("settings", {"speed": 9}), (f"jobs/{job['name']}/fail", {})):
        assert page.post(rest, body, Host=host).status_code == 403
    assert page.api.sandbox.speed == 1
    assert page.api.poll(generation_id).json()["status"] == "queued"


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "http://evil.example",
        "https://{host}",
        "http://localhost:1",
        "http://{host}.evil",
        "",
    ],
)
def test_a_request_of_another_page_is_rejected(page, origin):
    """It comes from this machine's browser, but is not of this page."""
    host = page.api.sandbox.url.removeprefix("http://")
    headers = {"Origin": origin.format(host=host)}
    assert page.post("settings", {"speed": 9}, **headers).status_code == 403
    assert page.get("state", headers=headers).status_code == 403
    assert page.api.sandbox.speed == 1


@pytest.mark.parametrize(
    "headers",
    [
        [("host", "127.0.0.1")],
        [("host", "127.0.0.1"), ("origin", "http://127.0.0.1")],
        [("host", "127.0.0.1"), ("host", "evil.example")],
        [("host", "127.0.0.1"), ("origin", "http://127.0.0.1"), ("origin", "http://evil.example")],
        [],
    ],
)
def test_two_of_a_header_are_rejected_and_so_is_no_host(headers):
    """Servers disagree about which one counts."""
    raw = [(name.encode(), value.encode()) for name, value in headers]
    scope = {"type": "http", "scheme": "http", "method": "GET", "path": "/", "headers": raw}
    own = all("evil" not in value for _, value in headers) and headers != []
    assert (rejection(Request(scope)) is None) == own


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
)
def test_what_another_page_can_send_without_asking_is_rejected(page, headers):
    """A form of another page, for example."""
    assert page.post("settings", {"speed": 9}, **headers).status_code == 403
    assert page.api.sandbox.speed == 1


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_request_of_the_page_itself_is_accepted(page, site):
    """With the headers that a browser sends."""
    headers = {"Origin": page.api.sandbox.url, "Sec-Fetch-Site": site}
    assert page.post("settings", {"speed": 9}, **headers).status_code == 200
    assert page.api.sandbox.speed == 9


@pytest.mark.parametrize("rest", ["", "state", "start.js", "page.css", "nothing"])
def test_each_response_says_what_a_browser_may_do_with_it(page, rest):
    """Load nothing from elsewhere, run nothing else, keep nothing, and lend it to no other page."""
    headers = page.get(rest).headers
    assert _files.HEADERS.items() <= dict(headers).items()
    policy = headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= {*policy}
    assert "unsafe" not in headers["content-security-policy"]


def test_the_page_is_neither_recorded_nor_charged(page):
    """Whatever it requests, and whether or not that is there."""
    link = page.api.link()
    before, charged = page.api.sandbox.received, page.api.sandbox.account.charged_usd
    (job,) = page.jobs()
    for rest in ("", "about", "start.js", "requests/1", f"videos/{job['name']}.mp4", "x", "a/b/c"):
        page.get(rest)
    page.http.get(page.path)
    for method in ("PUT", "DELETE", "HEAD", "OPTIONS"):
        response = page.http.request(method, f"{page.path}/state")
        assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")
    page.post("settings", {"speed": 2})
    page.post("x")
    assert page.api.sandbox.received == before
    assert page.api.sandbox.account.charged_usd == charged
    assert page.http.get(link, headers={"Authorization": ""}).status_code == 400
    assert len(page.api.sandbox.received) == len(before) + 1


def test_the_page_works_without_its_own_server(clock):
    """It is part of the application; this host is not of this machine, though."""
    assert request(create_app(clock=clock.now), "GET", "/sandbox").status_code == 403
