"""What looks like a key is never shown, wherever in a recording it stands."""

import json

import pytest

from tests.conformance.traffic import as_har, as_lines, check, exchange
from tests.support.first_contract import MODEL, SERVER
from wan_ergonomic import ContractError
from wan_ergonomic.conformance._secrets import shown, without_likely_keys

pytestmark = pytest.mark.usefixtures("contract_as_it_was")
KEYS = [
    "sk-proj-Abc123def456",
    "sk_live_abcdefghij",
    "0123456789abcdef0123456789abcdef",
    "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "Zm9v-YmFy_YmF6-cXV4_MTIzNDU2Nzg5",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
]


def entries(key):
    """Return exchanges that have a key in every place that a recorder might put it."""
    sent = {"model": key, "prompt": "A boat", "seed": f"Bearer {key}"}
    base = SERVER
    yield exchange(body=sent)
    yield exchange(body={"model": MODEL, "prompt": {key: 1}})
    yield exchange(body=[key])
    yield exchange(body={"model": MODEL, "prompt": "A", "resolution": "x " * 20 + key})
    yield exchange("poll", returned={"id": {key: key}, "status": key, "video": key})
    yield exchange(returned={"id": "a", "status": "queued", "video": {"url": [key]}, key: key})
    yield exchange(url=f"{base}/v9/{key}/models?key={key}")
    yield exchange(headers={"Content-Type": key})
    yield exchange(method=key)


@pytest.mark.parametrize("key", KEYS)
def test_no_key_is_shown_wherever_it_stands(key):
    """In a body, a name, a path, a query or a header; every violation is still found."""
    recorded = list(entries(key))
    result = check(as_lines(*recorded))
    assert {one.entry for one in result.violations} >= {1, 2, 3, 4, 5, 8}
    text = json.dumps(result.as_json()) + "".join(map(str, result.violations))
    assert key.lower() not in text.lower()
    assert key[8:16].lower() not in text.lower()
    assert key not in str(check(as_har(*recorded)).as_json())


@pytest.mark.parametrize("key", KEYS)
def test_no_error_about_a_recording_shows_a_key(key):
    """Neither about an entry nor about a server."""
    for wrong in ({"status": key}, {"status": 200, "headers": [key]}):
        entry = exchange()
        entry["response"] |= wrong
        result = check(as_lines(entry))
        assert key not in json.dumps(result.as_json())
    with pytest.raises(ContractError) as caught:
        check(as_lines(exchange()), f"ftp://{key}")
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "dabf0a77-7ab4-4f3a-8d6f-1b2c3d4e5f60",
        "alibaba/wan2.2-t2v-plus",
        "A boat that sails down a gutter, frame 120 of 150",
        "2026-11-04T08:22:27.000Z",
        "response/200/negative_prompt_of_the_whole_video",
        "application/x-www-form-urlencoded",
        "key frames and tokens",
    ],
)
def test_what_is_no_key_is_shown(text):
    """Ids, models, words, times and names."""
    assert without_likely_keys(text) == text


def test_a_key_that_is_cut_off_is_not_shown_in_part():
    """A long text is masked before it is shortened."""
    assert KEYS[2][:4] not in shown("x " * 27 + KEYS[2])
