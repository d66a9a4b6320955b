"""Checking recorded traffic against the contract."""

from __future__ import annotations

import copy
import io
import json
from typing import Any

import pytest

from tests.support.options import small
from wan_ergonomic import ContractError, WanClient, WanError, _spec
from wan_ergonomic.plugin._sandbox import SkippingClock
from wan_ergonomic.sandbox import Sandbox, _video

from .traffic import Entry, Recorder, as_har, as_lines, check, exchange, found


@pytest.fixture(scope="module")
def recorded() -> tuple[str, list[Entry]]:
    """The URL of a sandbox, and a session of our own client with it, error responses included."""
    clock, recorder, before = SkippingClock(), Recorder(), _video.FRAMES
    _video.FRAMES = 15
    with Sandbox(clock=clock.today, speed=100) as sandbox:
        options: dict[str, Any] = {"base_url": sandbox.url, "clock": clock, "transport": recorder}
        with WanClient(sandbox.key, **options) as wan:
            wan.download(wan.generate("A boat", **small()), io.BytesIO())
            with pytest.raises(WanError):
                wan.generate("A boat [scenario: fails]")
            with pytest.raises(WanError):
                wan.status("unknown-id")
        with WanClient("wrong-key", **options) as wan, pytest.raises(WanError):
            wan.submit("A boat")
    _video.FRAMES = before
    return sandbox.url, recorder.entries


@pytest.mark.parametrize("form", ["har", "har-on-one-line", "lines"])
def test_what_our_own_client_does_honours_the_contract(recorded, form):
    """A session with a sandbox, error responses included, has no violation in any format."""
    url, entries = recorded
    forms = {
        "har": as_har(*entries),
        "har-on-one-line": as_har(*entries, indent=None),
        "lines": as_lines(*entries),
    }
    verification = check(forms[form], url)
    assert list(verification.violations) == []
    assert verification.verdict == "honoured"
    assert verification.others == 1  # the video
    assert verification.checked == len(entries) - 1


@pytest.mark.parametrize("index", range(5))
def test_a_recording_that_was_changed_is_a_violation(recorded, index):
    """If an exchange loses a required property, the violation has its number."""
    url, entries = recorded
    changed = copy.deepcopy(entries)
    content = changed[index]["response"]["content"]
    content["text"] = json.dumps({"status": "queued"})
    content["size"] = len(content["text"])
    (violation,) = check(as_har(*changed), url).violations
    assert (violation.entry, violation.pointer) == (index + 1, "/id")
    assert violation.found == "nothing"


def test_other_traffic_is_not_checked():
    """Other hosts, preflight requests and other paths are only counted."""
    preflight = exchange()
    preflight["request"]["method"] = "OPTIONS"
    legacy = exchange(url=_spec.server_url() + "/v1/images?key=secret", method="post")
    root, other = exchange(url=_spec.server_url()), exchange(url="https://example.com/v2/x")
    verification = check(as_lines(exchange(), other, preflight, legacy, root))
    assert (verification.checked, verification.others) == (1, 4)
    assert dict(verification.outside) == {"POST /v1/images": 1, "POST /": 1}
    assert verification.verdict == "honoured"


def test_the_api_may_have_another_server():
    """A host with a path counts if it is named, with or without the default port."""
    entry = exchange(url=f"https://Proxy.example:443/api{_spec.path('create')}")
    assert check(as_lines(entry)).checked == 0
    assert check(as_lines(entry), "https://proxy.example/api/").checked == 1
    elsewhere = check(as_lines(entry), "https://proxy.example/ap")
    assert (elsewhere.checked, dict(elsewhere.outside)) == (0, {})


@pytest.mark.parametrize("server", ["proxy.example", "ftp://x", "http://x:99999", "http://"])
def test_an_invalid_server_is_an_error(server):
    """Otherwise a typing error would leave the traffic unchecked."""
    with pytest.raises(ContractError, match=r"must look like https://host"):
        check(as_lines(exchange()), server)


def test_missing_credentials_are_a_violation_if_the_status_is_401():
    """Recorders omit credentials, and any other status shows that there were some."""
    headers = {"Content-Type": "application/json"}
    assert found(exchange(headers=headers)) == []
    rejected = exchange(status=401, headers=headers, body={"model": _spec.model()})
    assert found(rejected) == [
        (None, "the credentials that the contract requires", "none that match"),
        ("/prompt", "a required property", "nothing"),
    ]


def test_keys_and_signed_links_are_never_shown():
    """Neither in a violation nor in its message."""
    link = "https://cdn.example/a.mp4?Expires=1&Signature=secret-link"
    returned = {"id": "a", "status": "completed", "video": link}
    shown = str(check(as_lines(exchange("poll", returned=returned))).as_json())
    assert "https://cdn.example/a.mp4?…" in shown
    assert "secret" not in shown


def test_a_recording_without_this_api_has_an_unknown_verdict():
    """It has no violation, but nothing was checked."""
    assert check(as_har()).verdict == "unknown"
    assert check(b"\xef\xbb\xbf" + as_lines(exchange(url="https://x.example/"))).checked == 0
