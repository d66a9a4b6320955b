"""One run of either client, recorded against a sandbox and replayed without it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import ClientKind
from tests.support.actions import response
from tests.support.options import small
from tests.support.responses import (
    HALF,
    ID,
    MP4,
    PROMPT,
    VIDEO,
    accepted,
    completed,
    link,
    poll_response,
)
from tests.support.stand_in import stand_in
from wan_ergonomic import GenerationFailedError, _spec
from wan_ergonomic.conformance import verify
from wan_ergonomic.plugin._sandbox import SkippingClock
from wan_ergonomic.replay import (
    AsyncRecordingTransport,
    NotRecordedError,
    RecordingError,
    RecordingTransport,
    ReplayTransport,
    _record,
    _replay,
)
from wan_ergonomic.sandbox import Sandbox, _video

KEY = "canary-of-the-recording"


@pytest.fixture(autouse=True)
def short_videos(monkeypatch):
    """Render videos of half a second, which takes a tenth of the time."""
    monkeypatch.setattr(_video, "FRAMES", 15)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox whose clock is put forward by its clients."""
    clock = SkippingClock()
    with Sandbox(key=KEY, clock=clock.today) as running:
        running.test_clock = clock  # type: ignore[attr-defined]
        yield running


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of the recording."""
    return tmp_path / "boat.json"


def recording(kind: ClientKind, path: Path, **options: Any) -> Any:
    """Return a transport that records a client of a kind."""
    made = RecordingTransport if kind.backend == "sync" else AsyncRecordingTransport
    return made(path, **options)


def entries(path: Path) -> Any:
    """Return the entries of a recording."""
    return json.loads(path.read_text("utf-8"))["log"]["entries"]


def record(kind: ClientKind, sandbox: Sandbox, path: Path, **options: Any) -> Any:
    """Make a video of the sandbox, and record that; return the generation and the video."""
    transport = recording(kind, path, base_url=sandbox.url, **options)
    clock = sandbox.test_clock  # type: ignore[attr-defined]
    arguments = {"base_url": sandbox.url, "clock": clock, "transport": transport}
    with kind.client(KEY, **arguments) as wan:
        generation = wan.generate(PROMPT, **small())
        wan.download(generation, path.with_name("real.mp4"))
    return generation


def replayed(kind: ClientKind, path: Path, **options: Any) -> Any:
    """Return a client that plays a recording."""
    transport = ReplayTransport(path, **options)
    return kind.client("any-key", transport=transport, clock=SkippingClock())


def test_a_recorded_run_is_replayed_without_the_server(client_kind, sandbox, path, tmp_path):
    """With the same id, cost and statuses, from another address and with another key."""
    made = record(client_kind, sandbox, path)
    sandbox.stop()
    seen: list[str] = []
    with replayed(client_kind, path) as wan:
        update = lambda each: seen.append(each.generation.status)  # noqa: E731
        generation = wan.generate(PROMPT, on_update=update, **small())
        wan.download(generation, tmp_path / "replayed.mp4")
    assert (generation.id, generation.usage) == (made.id, made.usage)
    assert seen[-1] == made.status
    assert (tmp_path / "replayed.mp4").read_bytes()[4:8] == b"ftyp"
    assert (tmp_path / "replayed.mp4").stat().st_size < 100


def test_either_client_plays_what_the_other_has_recorded(client_kind, sandbox, path):
    """The file is the same."""
    other = ClientKind("asyncio" if client_kind.backend == "sync" else "sync")
    made = record(other, sandbox, path)
    with replayed(client_kind, path) as wan:
        assert wan.generate(PROMPT, **small()).id == made.id


def test_videos_can_be_kept_beside_the_recording(client_kind, sandbox, path, tmp_path):
    """Byte for byte."""
    record(client_kind, sandbox, path, keep_videos=True)
    with replayed(client_kind, path) as wan:
        wan.download(wan.generate(PROMPT, **small()), tmp_path / "replayed.mp4")
    real = (tmp_path / "real.mp4").read_bytes()
    assert (tmp_path / "replayed.mp4").read_bytes() == real
    assert (tmp_path / "boat-1.mp4").read_bytes() == real
    (tmp_path / "boat-1.mp4").unlink()
    with replayed(client_kind, path) as wan, pytest.raises(RecordingError, match=r"boat-1\.mp4"):
        wan.download(wan.generate(PROMPT, **small()), tmp_path / "again.mp4")


def test_no_key_and_no_link_is_recorded(client_kind, sandbox, path):
    """A recording is committed."""
    record(client_kind, sandbox, path)
    text = path.read_text("utf-8")
    assert KEY not in text
    assert "/videos/" not in text
    links = [entry["request"]["url"] for entry in entries(path)]
    assert links[-1] == "https://recorded.invalid/1.mp4"
    assert entries(path)[0]["request"]["headers"]["authorization"] == "Bearer ***"


def test_a_key_and_a_link_in_a_text_are_not_recorded(client_kind, server, clock, path):
    """Whatever a gateway puts into its page."""
    page = f"<p>{KEY} https://cdn.example/v.mp4?Signature=canary</p>"
    server.script("poll", response(200, page), poll_response("error", error={"name": KEY}))
    options = {"base_url": server.url, "clock": clock, "transport": recording(client_kind, path)}
    with client_kind.client(KEY, **options) as wan, pytest.raises(GenerationFailedError):
        wan.wait(ID)
    first, last = (entry["response"]["body"] for entry in entries(path))
    assert first == "<p>*** https://recorded.invalid/1.mp4</p>"
    assert last["error"]["name"] == "***"


def test_a_recording_is_short_and_can_be_read(client_kind, sandbox, path):
    """Polls that said the same are one; bodies are JSON."""
    record(client_kind, sandbox, path)
    said = [(each["request"], each["response"].get("body")) for each in entries(path)]
    assert [one for one, next_ in pairwise(said) if one == next_] == []
    assert len(said) < 8
    assert entries(path)[0]["request"]["body"]["prompt"] == PROMPT
    assert path.read_text("utf-8").startswith('{\n  "log": {\n')


def test_a_recording_can_be_verified(client_kind, sandbox, path):
    """By the command for recordings of others."""
    record(client_kind, sandbox, path)
    with path.open("rb") as lines:
        found = verify(lines, path.name, servers=[sandbox.url])
    assert (found.verdict, found.checked) == ("honoured", len(entries(path)) - 1)


def test_a_request_that_was_not_recorded_is_named(client_kind, sandbox, path):
    """With those that were; nothing was sent or charged."""
    record(client_kind, sandbox, path)
    with replayed(client_kind, path) as wan:
        with pytest.raises(NotRecordedError) as caught:
            wan.submit("Another boat")
        message = str(caught.value)
        assert f"has no POST {_spec.path('create')}" in message
        assert f'"prompt": "{PROMPT}"' in message.partition("It has:")[2]
        assert "Nothing was accepted or charged." in message
        with pytest.raises(NotRecordedError, match="another-id"):
            wan.wait("another-id")


def test_a_submission_is_replayed_once(client_kind, sandbox, path):
    """A second one would have been a second charge; a poll may be repeated."""
    made = record(client_kind, sandbox, path)
    with replayed(client_kind, path) as wan:
        wan.generate(PROMPT, **small())
        assert wan.status(made.id).status == wan.status(made.id).status == made.status
        with pytest.raises(NotRecordedError, match="no further response to POST"):
            wan.submit(PROMPT, **small())


def test_an_empty_recording_has_nothing(client_kind, path):
    """It is written before anything is sent."""
    recording(client_kind, path)
    with replayed(client_kind, path) as wan, pytest.raises(NotRecordedError, match="nothing"):
        wan.submit(PROMPT)


def test_what_was_recorded_is_checked_against_the_contract(client_kind, sandbox, path):
    """A response that departs from it is named, unless that is not wanted."""
    record(client_kind, sandbox, path)
    changed = json.loads(path.read_text("utf-8"))
    changed["log"]["entries"][1]["response"]["body"] = ["no", "object"]
    path.write_text(json.dumps(changed))
    with pytest.raises(RecordingError, match="departs from the contract: poll response, the body"):
        ReplayTransport(path)
    assert ReplayTransport(path, check=False)


def test_without_the_extra_a_check_names_it(client_kind, sandbox, path, monkeypatch):
    """A replay without a check needs nothing."""
    record(client_kind, sandbox, path)

    class Missing:
        """Stands in for a check whose packages are not installed."""

        def check_response(self, *_: object) -> None:
            raise ModuleNotFoundError("No module named 'openapi_core'", name="openapi_core")

    monkeypatch.setattr(_replay, "Conformance", Missing)
    with pytest.raises(RecordingError, match=r"pip install 'wan-ergonomic\[contract\]'"):
        ReplayTransport(path)
    assert ReplayTransport(path, check=False)


def test_a_recording_is_not_replaced(client_kind, path):
    """It may have been paid for."""
    path.write_text("precious")
    with pytest.raises(RecordingError, match="exists already"):
        recording(client_kind, path)
    assert path.read_text() == "precious"


def test_a_folder_that_is_missing_is_an_error_before_anything_is_sent(client_kind, tmp_path):
    """Nothing was paid for."""
    with pytest.raises(RecordingError, match="cannot be written"):
        recording(client_kind, tmp_path / "nowhere" / "boat.json")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read"),
        ("x", "is no recording"),
        ("[]", "is no recording"),
        ('{"log": {"entries": [{"request": {"method": "GET"}}]}}', "is no recording"),
        ('{"log": {"entries": [{"request": {"method": "GET", "url": "x"}}]}}', "is no recording"),
    ],
)
def test_what_is_no_recording_is_an_error(path, content, message):
    """It says which file."""
    if content is not None:
        path.write_text(content)
    with pytest.raises(RecordingError, match=f"boat.json {message}"):
        ReplayTransport(path)


def test_trouble_with_the_file_loses_no_submission(client_kind, server, clock, path, monkeypatch):
    """The response counts; the log says what is missing."""
    server.script("submit", accepted())
    transport = recording(client_kind, path)

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    stand_in(monkeypatch, _record, "_file", write=fail)
    options = {"base_url": server.url, "clock": clock, "transport": transport}
    with client_kind.client(KEY, **options) as wan:
        assert wan.submit(PROMPT).id == ID


def test_the_log_says_that_a_response_is_missing(client_kind, path, caplog):
    """Once for each."""
    transport = recording(client_kind, path)
    path.parent.joinpath("boat.json.part").mkdir()
    request = httpx.Request("GET", "https://x.example/")
    with caplog.at_level(logging.WARNING, "wan_ergonomic"):
        transport._tape.add(request, httpx.Response(200, json={}))
    assert "boat.json lacks a response" in caplog.text


def test_what_a_storage_rejects_is_recorded_too(client_kind, server, storage, clock, path):
    """It is replayed in its turn."""
    server.script("poll", completed(storage))
    storage.script("download", response(404, "not yet"), response(200, VIDEO, MP4))
    options = {"base_url": server.url, "clock": clock, "transport": recording(client_kind, path)}
    with client_kind.client(KEY, **options) as wan:
        wan.download(ID, path.with_name("a.mp4"))
    videos = [e["response"] for e in entries(path) if e["request"]["url"].endswith("1.mp4")]
    assert [video["status"] for video in videos] == [404, 200]
    assert ("file" in videos[0], videos[1]["file"]) == (False, None)
    assert link(storage) not in path.read_text("utf-8")


def test_a_part_of_a_video_is_not_kept(path):
    """What is replayed is whole."""
    transport = RecordingTransport(path, keep_videos=True)
    poll = httpx.Request("GET", "https://x.example/poll")
    url = "https://cdn.example/v.mp4?Signature=canary"
    transport._tape.add(poll, httpx.Response(200, json={"video": {"urls": [url]}, "n": 1}))
    transport._tape.add(httpx.Request("GET", url), httpx.Response(206, content=HALF))
    assert [*path.parent.glob("*.mp4")] == []
    last = entries(path)[-1]
    assert (last["response"]["status"], last["response"]["file"]) == (200, None)
    assert entries(path)[0]["response"]["body"]["video"]["urls"] == [last["request"]["url"]]


def test_a_recording_leads_to_no_other_folder(path, tmp_path):
    """Whatever it names as a video."""
    (tmp_path.parent / "secret").write_text("canary")
    request = {"method": "GET", "url": "https://recorded.invalid/1.mp4"}
    answer = {"status": 200, "headers": {}, "file": "../secret"}
    path.write_text(json.dumps({"log": {"entries": [{"request": request, "response": answer}]}}))
    with pytest.raises(RecordingError, match="secret cannot be read"):
        ReplayTransport(path).handle_request(httpx.Request("GET", request["url"]))


def test_a_long_body_is_shortened_in_an_error(path):
    """So that the error can be read."""
    RecordingTransport(path)
    request = httpx.Request("POST", "https://x.example/v2?a=1", json={"prompt": "boat " * 40})
    with pytest.raises(NotRecordedError) as caught:
        ReplayTransport(path).handle_request(request)
    assert "POST /v2?a=1 {" in str(caught.value)
    assert "…" in str(caught.value)
    assert len(str(caught.value)) < 250


def test_a_text_is_replayed_as_it_was(path):
    """A body that is no JSON, and a request whose body is none."""
    transport = RecordingTransport(path)
    request = httpx.Request("POST", "https://x.example/any", content=b"no JSON")
    transport._tape.add(request, httpx.Response(200, content=b"<p>\xff</p>"))
    found = ReplayTransport(path).handle_request(request)
    assert found.text == "<p>\ufffd</p>"


def test_a_compressed_response_is_recorded_and_passed_on_decoded(path):
    """Its headers say so."""
    import gzip

    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    inner = httpx.MockTransport(
        lambda _: httpx.Response(200, headers=headers, content=gzip.compress(b'{"a": 1}'))
    )
    transport = RecordingTransport(path, transport=inner)
    found = transport.handle_request(httpx.Request("GET", "https://x.example/any"))
    assert (found.json(), found.headers["content-length"]) == ({"a": 1}, "8")
    assert "content-encoding" not in found.headers
    assert entries(path)[0]["response"]["body"] == {"a": 1}
    transport.close()


def test_headers_with_ids_and_costs_are_recorded_and_others_are_not(path):
    """No cookie and no token."""
    transport = RecordingTransport(path)
    headers = {
        "x-request-id": "r-1",
        "x-any-cost": "7",
        "retry-after": "1",
        "set-cookie": "canary",
        "x-security-token": "canary",
        "server": "any",
    }
    request = httpx.Request("GET", "https://x.example/any")
    transport._tape.add(request, httpx.Response(200, headers=headers, json={}))
    assert entries(path)[0]["response"]["headers"] == {
        "content-type": "application/json",
        "x-request-id": "r-1",
        "x-any-cost": "7",
        "retry-after": "1",
    }
