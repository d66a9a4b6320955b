"""What our own client sends and the sandbox responds, checked against today's contract."""

from __future__ import annotations

import copy
import io
import json
from typing import Any

import pytest

from tests.support.options import small
from wan_ergonomic import WanClient, WanError
from wan_ergonomic.plugin._sandbox import SkippingClock
from wan_ergonomic.sandbox import Sandbox, _video

from .traffic import Entry, Recorder, as_har, as_lines, check


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
def test_what_our_own_client_does_honors_the_contract(recorded, form):
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
    violations = check(as_har(*changed), url).violations
    assert {violation.entry for violation in violations} == {index + 1}
    (violation,) = (each for each in violations if each.pointer == "/id")
    assert violation.found == "nothing"
