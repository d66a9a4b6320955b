"""Parsing recordings in the formats of browsers and proxies."""

from __future__ import annotations

import base64
import io
import json
import tracemalloc

import pytest

from wan_ergonomic import ContractError
from wan_ergonomic.conformance import verify
from wan_ergonomic.conformance._recordings import read_recording

from .traffic import Entry, as_har, as_lines, check, exchange


def har_entry(**parts) -> Entry:
    """Return the HAR entry of a submission, with some parts of the response's content changed."""
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
def test_browsers_record_http_2_with_pseudo_headers(compression):
    """They are ignored. Compressed content is recorded decoded."""
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
def test_a_body_that_was_not_recorded_completely_proves_nothing(content):
    """Neither that there is a violation nor that there is none."""
    verification = check(as_har(har_entry(**content), har_entry()))
    assert list(verification.violations) == []
    assert (verification.verdict, list(verification.unrecorded)) == ("unknown", [1])


def test_an_html_page_that_was_recorded_completely_is_a_violation():
    """It is complete if its length equals its size."""
    page = {"text": "<html>", "size": 6, "mimeType": "text/html"}
    (violation,) = check(as_har(har_entry(**page))).violations
    assert violation.expected == "application/json"


def test_a_size_in_compressed_bytes_is_ignored():
    """A body that is valid JSON is complete, whatever its size."""
    assert check(as_har(har_entry(size=5000))).verdict == "honoured"


def test_a_request_without_its_body_proves_nothing():
    """Unless the recorder wrote a size of 0."""
    entry = exchange(body=None)
    assert check(as_lines(entry)).verdict == "unknown"
    entry["request"]["bodySize"] = 0
    assert check(as_lines(entry)).verdict == "violated"


def test_an_empty_body_has_a_size_of_0():
    """A body that was not recorded has another size, or none."""
    entry = har_entry()
    entry["response"]["content"] = {"size": 0, "mimeType": "application/json"}
    (violation,) = check(as_har(entry)).violations
    assert (violation.expected, violation.found) == ("a JSON body", "nothing")


@pytest.mark.parametrize("response", [None, {"status": 0, "headers": []}])
def test_a_request_without_a_response_is_checked_alone(response):
    """It was cancelled, for example."""
    entry = exchange() | {"response": response}
    assert check(as_lines(entry)).verdict == "honoured"


def test_lines_need_no_headers():
    """Headers that were not recorded are not missing, and a parsed body was JSON."""
    entry = exchange()
    del entry["request"]["headers"], entry["response"]["headers"]
    assert check(as_lines(entry, entry)).verdict == "honoured"


@pytest.mark.parametrize(
    ("recording", "reason"),
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
def test_an_incomplete_or_invalid_recording_is_an_error(recording, reason):
    """The error gives the reason and no verdict."""
    with pytest.raises(ContractError, match=reason):
        check(recording)


def test_long_recordings_are_read_a_line_at_a_time():
    """Memory does not grow with the number of exchanges."""
    line = as_lines(exchange(returned={"id": "a", "status": "queued", "extra": "x" * 500_000}))
    check(line)
    tracemalloc.start()
    verification = verify((line for _ in range(20)), "traffic.jsonl")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert verification.checked == 20
    assert peak < 8 * 2**20
