"""Reading recordings in the formats of browsers and proxies, each entry for itself."""

from __future__ import annotations

import base64
import gzip
import json
import tracemalloc

import pytest

from wan_ergonomic import ContractError, _spec
from wan_ergonomic.conformance import verify
from wan_ergonomic.conformance._exchange import exchange_of, target_of

from .traffic import Entry, as_har, as_lines, check, exchange

pytestmark = pytest.mark.usefixtures("contract_as_it_was")


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
    entry = har_entry(compression=compression)
    assert check(as_har(entry)).verdict == "honoured"
    one = exchange_of(entry, target_of(entry))
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
    assert (verification.verdict, list(verification.unclear)) == ("unknown", [1])


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
        (b"\xff\xfe", "it is empty"),
        (b"<html>", "it is not JSON"),
        (as_har(exchange())[:-20], "it is incomplete or damaged"),
        (b"\n" + as_har(exchange())[:-20], "it is incomplete or damaged"),
        (b"[" * 200_000, "it is incomplete or damaged"),
        (b'{"openapi": "3.0.0"}', "neither log.entries nor a request"),
        (b"[1]", "neither log.entries nor a request"),
        (b'{"log": {"entries": 1}}', "neither log.entries nor a request"),
        (as_har(exchange(), indent=None) + b"\n{}", "more text after"),
        (b'{"request": 1, "response":', "it is incomplete or damaged"),
        (b"\xff\xfe7\x00", "neither log.entries nor a request"),
    ],
)
def test_an_incomplete_or_invalid_recording_is_an_error(recording, reason):
    """The error gives the reason and no verdict, and says what to pass instead."""
    with pytest.raises(ContractError, match=rf"{reason}.*Browsers and proxies save"):
        check(recording)


BROKEN = {
    "not JSON": ('{"request": ', "is not JSON"),
    "not text": ("\udcff\udcff", "is not JSON"),
    "too deep": ("[" * 200_000, "is not JSON"),
    "no object": ("7", "is no object"),
    "null": ("null", "is no object"),
    "no request": ("{}", "has no request"),
    "a list": ('{"request": []}', "has no request"),
    "no URL": ('{"request": {"method": "GET"}}', "has a request without a URL"),
    "no host": (
        '{"request": {"method": "GET", "url": "/v2"}}',
        "has a request whose URL has no host",
    ),
    "no method": ('{"request": {"url": "https://h/"}}', "has a request without a method"),
    "bad port": (
        '{"request": {"method": "GET", "url": "https://h:99999/"}}',
        "has a request with an invalid URL",
    ),
    "a space": (
        '{"request": {"method": "GET", "url": "https://a /"}}',
        "has a request with an invalid URL",
    ),
    "no address": (
        '{"request": {"method": "GET", "url": "https://[h/"}}',
        "has a request with an invalid URL",
    ),
}


@pytest.mark.parametrize(("line", "reason"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_broken_entry_leaves_the_others_as_they_are(line, reason, place):
    """It is named; wherever it is, the others are checked."""
    lines = [as_lines(exchange()), as_lines(exchange(returned={"id": 1, "status": "queued"}))]
    lines.insert(place, line.encode("utf-8", "surrogateescape") + b"\n")
    result = check(b"\n".join(lines))
    assert {**result.unclear, **result.skipped} == {place + 1: reason}
    assert [one.entry for one in result.violations] == [2 if place == 2 else 3]
    assert check(b"".join(lines[:2] if place < 2 else lines[::2])).verdict in {
        "honoured",
        "unknown",
    }


@pytest.mark.parametrize("line", [line for line, _ in BROKEN.values()], ids=BROKEN)
def test_a_broken_entry_counts_only_if_it_may_be_an_exchange_with_the_api(line):
    """If it is no exchange, or one with another host, it is skipped."""
    result = check(as_lines(exchange()) + line.encode("utf-8", "surrogateescape") + b"\n")
    may_be_ours = "is not JSON" in str(result.unclear) or "no host" in str(result.unclear)
    assert result.verdict == ("unknown" if may_be_ours else "honoured")
    assert (result.checked, len(result.unclear), result.others) == (
        1,
        may_be_ours,
        not may_be_ours,
    )


def test_a_broken_entry_that_went_to_another_server_does_not_count():
    """It is named nevertheless. One that may be ours leaves the verdict unknown."""
    ours = _spec.server_url()
    for url, verdict in [
        ("http://x:99999/", "honoured"),
        (f"{ours}:99999/", "unknown"),
        (f"https://me@{ours.removeprefix('https://').upper()} /", "unknown"),
    ]:
        result = check(as_har(exchange(), exchange(url=url)))
        assert (result.verdict, result.checked) == (verdict, 1)
        named = {2: "has a request with an invalid URL"}
        assert (result.skipped, result.unclear)[verdict == "unknown"] == named
    assert check(as_har(exchange(), {"request": {"url": "data:,x", "method": "GET"}})).others == 1


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        ([], "has a response that is no object"),
        ({"status": "fine"}, "has a response whose status is no number"),
        ({"status": [200]}, "has a response whose status is no number"),
    ],
)
def test_a_broken_response_counts_only_for_the_api(response, reason):
    """What other servers responded is not looked at."""
    broken = exchange() | {"response": response}
    assert check(as_har(exchange(), broken)).unclear == {2: reason}
    broken["request"]["url"] = "https://elsewhere.example/"
    assert check(as_har(exchange(), broken)).verdict == "honoured"


@pytest.mark.parametrize("form", [as_har, as_lines, lambda entry: as_har(entry, indent=None)])
def test_blank_lines_around_a_recording_are_ignored(form):
    """So is a byte order mark."""
    for before in (b"", b"\n \r\n", b"\xef\xbb\xbf"):
        result = check(before + form(exchange()) + b"\n\r\n \n")
        assert (result.verdict, result.checked) == ("honoured", 1)


def test_a_recording_in_utf_16_is_read():
    """Windows PowerShell writes what a command prints like this."""
    for recording in (as_lines(exchange(), exchange("poll")), as_har(exchange(), exchange("poll"))):
        text = recording.decode()
        for encoded in (text.encode("utf-16"), b"\xfe\xff" + text.encode("utf-16-be")):
            assert (check(encoded).checked, check(encoded).verdict) == (2, "honoured")


def test_one_entry_of_a_har_that_is_not_utf_8_leaves_the_others_as_they_are():
    """Its bytes are replaced, so it is unknown if that matters."""
    bad = har_entry(text="<p>caf\u00e9", size=-1)
    recording = as_har(exchange(), bad).replace(b"\\u00e9", b"\xe9")
    result = check(recording)
    assert (result.checked, list(result.unclear)) == (2, [2])


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


def query_apart(recorded, url="") -> Entry:
    """Return a poll whose query is recorded beside its URL."""
    entry = exchange("poll", url=_spec.server_url() + _spec.path("poll") + url)
    entry["request"]["queryString"] = recorded
    return entry


def test_a_query_may_be_recorded_beside_the_url_only():
    """As a HAR has it, or as an object; a broken parameter is skipped."""
    _, name = _spec.id_parameter()
    pair = {"name": name, "value": "id-1"}
    assert check(as_har(query_apart([pair]), query_apart({name: "id-1"}))).verdict == "honoured"
    assert check(as_har(query_apart([7, {"name": 1}, {"name": "x"}, pair]))).verdict == "honoured"
    for wrong in ([], None, "x", [{"name": name, "value": None}], [{"name": "x", "value": "y"}]):
        assert check(as_har(query_apart(wrong))).verdict == "violated"


def test_a_query_in_both_places_is_one_query():
    """The URL is what was sent; a recorder's list may have more, and never a second value."""
    _, name = _spec.id_parameter()
    entry = query_apart([{"name": name, "value": "b"}, {"name": "x", "value": "y"}], f"?{name}=a")
    assert exchange_of(entry, target_of(entry)).request.query == ((name, "a"), ("x", "y"))


@pytest.mark.parametrize(
    "headers",
    [
        {":authority": "HOST", ":scheme": "https"},
        [{"name": "Host", "value": "HOST"}],
        {"Host": ["HOST"]},
    ],
)
def test_a_url_may_be_only_a_path(headers):
    """The host is then in the headers."""
    host = _spec.server_url().removeprefix("https://")
    text = json.dumps(headers).replace("HOST", host)
    sent = exchange(url=_spec.path("create"))
    headers = json.loads(text)
    extra = {"Content-Type": "application/json"}
    if isinstance(headers, list):
        headers += [{"name": name, "value": value} for name, value in extra.items()]
    else:
        headers |= extra
    sent["request"]["headers"] = headers
    assert check(as_har(sent)).verdict == "honoured"


def test_broken_headers_are_skipped():
    """The others count; different values of one name are joined."""
    entry = har_entry()
    entry["response"]["headers"] += [7, {"name": None}, {"name": "a"}, {"name": "A", "value": 1}]
    entry["response"]["headers"] += [{"name": "a", "value": ["b", "b", None]}]
    one = exchange_of(entry, target_of(entry))
    assert one.response is not None
    assert one.response.headers["a"] == "1, b"


def test_the_text_of_a_request_may_stand_alone():
    """Some recorders have a text in place of postData."""
    entry = exchange(body=None)
    entry["request"]["postData"] = json.dumps({"model": _spec.model(), "prompt": "A boat"})
    assert check(as_har(entry)).verdict == "honoured"
    entry["request"]["postData"] = {"text": "{}", "mimeType": "application/json"}
    assert check(as_har(entry)).verdict == "violated"


def test_a_compressed_request_is_decompressed():
    """As a response is."""
    body = json.dumps({"model": _spec.model(), "prompt": "A boat"}).encode()
    entry = exchange(body=base64.b64encode(gzip.compress(body)).decode())
    entry["request"]["encoding"] = "base64"
    assert check(as_lines(entry)).verdict == "honoured"


@pytest.mark.parametrize("status", [0, -1, None, "", "0", 304])
def test_an_aborted_request_and_one_to_a_cache_have_no_response(status):
    """The request is checked alone."""
    entry = har_entry(text=None, size=-1)
    entry["response"]["status"] = status
    result = check(as_har(entry))
    assert (result.verdict, result.unclear) == ("honoured", {})


def test_browsers_record_more_than_exchanges():
    """Sockets, preflight requests, several pages and their own fields change nothing."""
    url = _spec.server_url().replace("https", "wss") + "/socket"
    socket = {
        "request": {"method": "GET", "url": url, "headers": []},
        "response": {"status": 101, "content": {"size": 0, "mimeType": "x-unknown"}},
        "_webSocketMessages": [{"type": "send", "data": "x"}],
    }
    preflight = exchange()
    preflight["request"] |= {"method": "OPTIONS", "body": None}
    pages = [har_entry() | {"pageref": f"page_{number}"} for number in (1, 2)]
    result = check(as_har(*pages, socket, preflight))
    assert (result.verdict, result.checked, result.others) == ("honoured", 2, 2)
    assert dict(result.outside) == {}


def test_a_parsed_body_that_cannot_be_formatted_is_unknown():
    """Formatting can need more of the stack than parsing."""
    body: list[object] = []
    for _ in range(100_000):
        body = [body]
    entry = exchange(body=body)
    one = exchange_of(entry, target_of(entry))
    assert dict(one.lost) == {"request": "is nested too deeply"}
