"""Recorded traffic is held against the contract, whole and in every form it is recorded in."""

from __future__ import annotations

import base64
import copy
import io
import json
import tracemalloc
from typing import Any

import pytest

from tests.support.options import small
from wan_ergonomic import ContractError, WanClient, WanError, _spec
from wan_ergonomic.conformance import Verification, verify
from wan_ergonomic.conformance._recordings import read_recording
from wan_ergonomic.plugin._sandbox import SkippingClock
from wan_ergonomic.sandbox import Sandbox, _video
from wan_ergonomic.sandbox._spec import usage_field

from .traffic import Entry, Recorder, as_har, as_lines, exchange


def check(recording: bytes, *servers: str) -> Verification:
    """Check a recording that is called traffic.har."""
    return verify(io.BytesIO(recording), "traffic.har", servers=servers)


def found(*entries) -> list[tuple[str | None, str, str]]:
    """Return where, what was expected and what came, for each violation of some exchanges."""
    violations = check(as_lines(*entries)).violations
    return [(one.pointer, one.expected, one.found) for one in violations]


@pytest.fixture(scope="module")
def recorded() -> tuple[str, list[Entry]]:
    """Where a sandbox was, and what our own client did there, its refusals included."""
    clock, recorder, before = SkippingClock(), Recorder(), _video.FRAMES
    _video.FRAMES = 15
    with Sandbox(clock=clock.today, speed=100) as sandbox:
        options: dict[str, Any] = {"base_url": sandbox.url, "clock": clock, "transport": recorder}
        with WanClient(sandbox.key, **options) as wan:
            wan.download(wan.generate("A boat", **small()), io.BytesIO())
            with pytest.raises(WanError):
                wan.generate("A boat [scenario: fails]")
            with pytest.raises(WanError):
                wan.status("nobody-has-this")
        with WanClient("wrong-key", **options) as wan, pytest.raises(WanError):
            wan.submit("A boat")
    _video.FRAMES = before
    return sandbox.url, recorder.entries


@pytest.mark.parametrize("form", ["har", "har-on-one-line", "lines"])
def test_what_our_own_client_does_honours_the_contract(recorded, form):
    """A session with a sandbox, refusals included, verifies in every form."""
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
def test_a_recording_that_was_changed_does_not_verify(recorded, index):
    """Whatever exchange loses a required property, it is named."""
    url, entries = recorded
    changed = copy.deepcopy(entries)
    content = changed[index]["response"]["content"]
    content["text"] = json.dumps({"status": "queued"})
    content["size"] = len(content["text"])
    (violation,) = check(as_har(*changed), url).violations
    assert (violation.entry, violation.pointer) == (index + 1, "/id")
    assert violation.found == "nothing"


@pytest.mark.parametrize(
    ("entry", "violation"),
    [
        (
            exchange(body={"model": "another", "prompt": "x"}),
            ("/model", f"one of {_spec.model()!r}", "'another'"),
        ),
        (
            exchange(body={"model": _spec.model(), "prompt": 7}),
            ("/prompt", "the type string", "7"),
        ),
        (
            exchange(body={"model": _spec.model(), "prompt": None}),
            ("/prompt", "the type string", "nothing"),
        ),
        (exchange(body={"model": _spec.model()}), ("/prompt", "a required property", "nothing")),
        (exchange(body=""), ("", "a JSON body", "nothing")),
        (exchange(body="{prompt: x}"), ("", "JSON", "something else")),
        (exchange(body="[" * 200_000), ("", "JSON that can be parsed", "JSON nested too deeply")),
        (
            exchange(headers={"Content-Type": "text/plain"}),
            (None, "application/json", "'text/plain'"),
        ),
        (
            exchange(headers={}),
            (None, "application/json", "no content type"),
        ),
        (
            exchange("poll", url=_spec.server_url() + _spec.path("poll")),
            (None, "a value", "nothing"),
        ),
        (exchange(answer={"id": 7, "status": "queued"}), ("/id", "the type string", "7")),
        (
            exchange("poll", answer={"id": "a", "status": "active"}),
            ("/status", "one of 'queued', 'generating', 'completed', 'error'", "'active'"),
        ),
        (
            exchange("poll", answer={"id": "a", "status": "completed", "video": ["https://x"]}),
            ("/video", "the type object", "a list of 1"),
        ),
        (
            exchange("poll", answer={"id": "a", "status": "queued", "meta": {"usage": {}}}),
            (f"/meta/usage/{usage_field('poll')}", "a required property", "nothing"),
        ),
        (exchange(status=201), (None, "status 200 or 4XX or 5XX", "201")),
        (exchange(status=302, answer=""), (None, "status 200 or 4XX or 5XX", "302")),
        (exchange(status=404, answer=["no"]), ("", "the type object", "a list of 1")),
        (exchange(answer=""), ("", "a JSON body", "nothing")),
    ],
)
def test_each_departure_is_found_once(entry, violation):
    """One thing is wrong, one thing is said, where it is and what it should be."""
    assert found(exchange(), entry) == [violation]


def test_a_page_in_place_of_an_answer_is_a_departure():
    """A proxy's page is not JSON, which this package survives and the contract does not know."""
    entry = exchange("poll", 502, "<html>")
    entry["response"]["headers"] = {"Content-Type": "text/html"}
    (violation,) = check(as_lines(entry)).violations
    assert (violation.expected, violation.found) == ("application/json", "'text/html'")
    assert violation.note == "this package can use the response all the same"


@pytest.mark.parametrize(
    ("entry", "note"),
    [
        (exchange(status=201), "this package can use the response all the same"),
        (
            exchange("poll", answer={"id": "a", "status": "active"}),
            "this package can use the response all the same",
        ),
        (
            exchange("poll", answer={"id": "a", "status": "dancing"}),
            "this package uses the response and reports this as drift",
        ),
        (exchange(answer={"status": "queued"}), "this package cannot use such a response"),
        (exchange(status=302), None),
        (exchange(body={"model": _spec.model()}), None),
    ],
)
def test_a_departure_that_is_survived_is_noted(entry, note):
    """The contract is the measure; what this package makes of it stands beside."""
    (violation,) = check(as_lines(entry)).violations
    assert violation.note == note
    assert str(violation).endswith(f" ({note})" if note else violation.found)


def test_places_are_named_as_a_comparison_names_them():
    """A violation and a finding about the same thing can be put side by side."""
    entries = [
        exchange(body={"model": _spec.model()}),
        exchange("poll", url=_spec.server_url() + _spec.path("poll")),
        exchange("poll", answer={"id": "a", "status": "queued", "video": {}}),
        exchange(status=404, answer=[]),
        exchange(status=302),
    ]
    assert [one.place for one in check(as_lines(*entries)).violations] == [
        "request/prompt",
        "parameter/query/generation_id",
        "response/200/video/url",
        "response/4XX",
        "response/302",
    ]


def test_other_traffic_is_left_aside():
    """Other hosts, preflights and other paths are no concern of the contract's."""
    preflight = exchange()
    preflight["request"]["method"] = "OPTIONS"
    legacy = exchange(url=_spec.server_url() + "/v1/images?key=secret")
    verification = check(
        as_lines(exchange(), exchange(url="https://example.com/v2/x"), preflight, legacy)
    )
    assert (verification.checked, verification.others) == (1, 3)
    assert dict(verification.outside) == {"POST /v1/images": 1}
    assert verification.verdict == "honoured"


def test_the_api_is_found_wherever_it_was_reached():
    """A server below a path of another host counts once it is named, however its port is spelt."""
    entry = exchange(url=f"https://Proxy.example:443/api{_spec.path('create')}")
    assert check(as_lines(entry)).checked == 0
    assert check(as_lines(entry), "https://proxy.example/api/").checked == 1
    elsewhere = check(as_lines(entry), "https://proxy.example/ap")
    assert (elsewhere.checked, dict(elsewhere.outside)) == (0, {})


@pytest.mark.parametrize("server", ["proxy.example", "ftp://x", "http://x:99999", "http://"])
def test_a_server_that_is_none_is_refused(server):
    """A typing error does not leave traffic unchecked in silence."""
    with pytest.raises(ContractError, match=r"must look like https://host"):
        check(as_lines(exchange()), server)


def test_missing_credentials_count_where_the_api_missed_them_too():
    """Recorders leave them out; that the API returned shows that they were there."""
    headers = {"Content-Type": "application/json"}
    assert found(exchange(headers=headers)) == []
    refused = exchange(status=401, headers=headers, body={"model": _spec.model()})
    assert found(refused) == [
        (None, "the credentials that the contract requires", "none that match"),
        ("/prompt", "a required property", "nothing"),
    ]


def test_keys_and_signed_links_are_never_shown():
    """Neither in a violation nor in what is said of it."""
    link = "https://cdn.example/a.mp4?Expires=1&Signature=secret-link"
    answer = {"id": "a", "status": "completed", "video": link}
    shown = str(check(as_lines(exchange("poll", answer=answer))).as_json())
    assert "https://cdn.example/a.mp4?…" in shown
    assert "secret" not in shown


def har_entry(**parts) -> Entry:
    """Return a HAR's entry of a submission, but for some parts of the answer's content."""
    entry = exchange()
    text = json.dumps({"id": "id-1", "status": "queued"})
    entry["response"] = {
        "status": 200,
        "headers": [
            {"name": ":status", "value": "200"},
            {"name": "content-encoding", "value": "gzip"},
        ],
        "content": {"size": len(text), "mimeType": "application/json", "text": text} | parts,
    }
    return entry


@pytest.mark.parametrize("compression", [0, -400])
def test_what_browsers_make_of_http_2_is_understood(compression):
    """Pseudo-headers are no headers, and compressed content stands there decoded."""
    recording = as_har(har_entry(compression=compression))
    assert check(recording).verdict == "honoured"
    (one,) = read_recording(io.BytesIO(recording), "traffic.har")
    assert one.response is not None
    assert dict(one.response.headers) == {"content-encoding": "gzip"}


def test_base64_is_decoded():
    """In a HAR and in a JSON line."""
    text = base64.b64encode(b'{"id": 1, "status": "queued"}').decode()
    line = exchange()
    line["response"] |= {"body": text, "encoding": "base64"}
    verification = check(as_har(har_entry(text=text, encoding="base64", size=29), line))
    assert [one.pointer for one in verification.violations] == ["/id", "/id"]


@pytest.mark.parametrize(
    "content",
    [
        {"text": None},
        {"text": '{"id": "id-', "size": 4000},
        {"text": "%%%", "encoding": "base64"},
    ],
)
def test_a_body_that_was_not_recorded_whole_proves_nothing(content):
    """Neither a violation nor its absence."""
    verification = check(as_har(har_entry(**content), har_entry()))
    assert list(verification.violations) == []
    assert (verification.verdict, list(verification.unrecorded)) == ("unknown", [1])


def test_a_page_that_was_recorded_whole_is_a_departure():
    """What is not JSON was not cut short if it is as long as its size."""
    page = {"text": "<html>", "size": 6, "mimeType": "text/html"}
    (violation,) = check(as_har(har_entry(**page))).violations
    assert violation.expected == "application/json"


def test_a_size_that_counts_compressed_bytes_does_no_harm():
    """A body that parses is whole, whatever a recorder says of its size."""
    assert check(as_har(har_entry(size=5000))).verdict == "honoured"


def test_a_request_without_its_body_proves_nothing():
    """Unless the recorder says that there was none."""
    entry = exchange(body=None)
    assert check(as_lines(entry)).verdict == "unknown"
    entry["request"]["bodySize"] = 0
    assert check(as_lines(entry)).verdict == "violated"


def test_an_empty_answer_is_told_from_one_that_was_not_recorded():
    """A HAR says so by a size of 0."""
    entry = har_entry()
    entry["response"]["content"] = {"size": 0, "mimeType": "application/json"}
    (violation,) = check(as_har(entry)).violations
    assert (violation.expected, violation.found) == ("a JSON body", "nothing")


@pytest.mark.parametrize("response", [None, {"status": 0, "headers": []}])
def test_a_request_that_was_never_answered_is_checked_alone(response):
    """A cancelled request has no answer to find fault with."""
    entry = exchange() | {"response": response}
    assert check(as_lines(entry)).verdict == "honoured"


def test_lines_need_no_headers():
    """Where none were recorded, none are missed, and a parsed body is taken for JSON."""
    entry = exchange()
    del entry["request"]["headers"], entry["response"]["headers"]
    assert check(as_lines(entry, entry)).verdict == "honoured"


@pytest.mark.parametrize(
    ("recording", "what"),
    [
        (b"", "it is empty"),
        (b"\n \n", "it is empty"),
        (b"<html>", "it is not JSON"),
        (as_har(exchange())[:-20], "it is incomplete or damaged"),
        (b"[" * 200_000, "it is incomplete or damaged"),
        (b'{"openapi": "3.0.0"}', "neither log.entries nor a request"),
        (b"[1]", "neither log.entries nor a request"),
        (b'{"log": {"entries": 1}}', "neither log.entries nor a request"),
        (as_har(exchange(), indent=None) + b"\n{}", "more text after"),
        (as_lines(exchange()) + b"\n" + as_lines(exchange())[:50], "line 3 is not JSON"),
        (as_lines(exchange()) + b'{"request": {}}\n', "Entry 2 of traffic.har is not an exchange"),
        (as_lines(exchange()) + b"7\n", "Entry 2 of traffic.har is not an exchange"),
        (as_lines(exchange()) + b"\xff\xfe\n", "line 2 is not JSON"),
    ],
)
def test_what_is_no_recording_is_refused(recording, what):
    """Cut short, or something else altogether: nothing is said about the traffic."""
    with pytest.raises(ContractError, match=what):
        check(recording)


def test_a_recording_without_this_api_tells_nothing():
    """No violation is not the same as none found."""
    assert check(as_har()).verdict == "unknown"
    assert check(b"\xef\xbb\xbf" + as_lines(exchange(url="https://x.example/"))).checked == 0


@pytest.fixture
def another_contract(monkeypatch) -> dict[str, Any]:
    """A contract that a test may change, in place of the vendored one."""
    changed = copy.deepcopy(dict(_spec.contract()))
    monkeypatch.setattr(_spec, "contract", lambda: changed)
    return changed


def test_keywords_of_other_contracts_are_told_in_their_own_words(another_contract):
    """The vendored contract uses few of them today."""
    properties = _spec.request_schema()["properties"]
    properties["seed"] = {"type": "integer", "minimum": 0}
    properties["negative_prompt"] = {"type": "string", "oneOf": [{"maxLength": 3}]}
    body = {"model": _spec.model(), "prompt": "x", "seed": -1, "negative_prompt": "blurred"}
    assert another_contract["openapi"] == "3.0.0"
    assert sorted(found(exchange(body=body))) == [
        ("/negative_prompt", "what its oneOf allows", "'blurred'"),
        ("/seed", "minimum 0", "-1"),
    ]


def test_an_operation_that_moved_below_a_template_is_found(another_contract):
    """A parameter in the path is checked as one in the query is."""
    (path,) = [path for path, item in another_contract["paths"].items() if "get" in item]
    item = another_contract["paths"].pop(path)
    schema = {"type": "integer", "maximum": 9}
    item["get"]["parameters"] = [{"in": "path", "name": "n", "required": True, "schema": schema}]
    another_contract["paths"]["/jobs/{n}.json"] = item
    entries = [
        exchange("poll", url=f"{_spec.server_url()}/jobs/{n}") for n in ("7.json", "12.json", "7xx")
    ]
    verification = check(as_lines(*entries))
    (violation,) = verification.violations
    assert (violation.entry, violation.place) == (2, "parameter/path/n")
    assert (violation.expected, violation.found) == ("maximum 9", "12")
    assert verification.others == 1


def test_long_recordings_are_read_a_line_at_a_time():
    """Memory does not grow with the number of exchanges."""
    line = as_lines(exchange(answer={"id": "a", "status": "queued", "extra": "x" * 500_000}))
    check(line)
    tracemalloc.start()
    verification = verify((line for _ in range(20)), "traffic.jsonl")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert verification.checked == 20
    assert peak < 8 * 2**20
