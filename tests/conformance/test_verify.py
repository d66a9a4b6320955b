"""Checking recorded traffic against the contract."""

from __future__ import annotations

import pytest

from tests.support.first_contract import MODEL, PATHS, SERVER
from wan_ergonomic import ContractError

from .traffic import as_har, as_lines, check, exchange, found

pytestmark = pytest.mark.usefixtures("contract_as_it_was")


def test_other_traffic_is_not_checked():
    """Other hosts, preflight requests and other paths are only counted."""
    preflight = exchange()
    preflight["request"]["method"] = "OPTIONS"
    legacy = exchange(url=SERVER + "/v1/images?key=secret", method="post")
    root, other = exchange(url=SERVER), exchange(url="https://example.com/v2/x")
    verification = check(as_lines(exchange(), other, preflight, legacy, root))
    assert (verification.checked, verification.others) == (1, 4)
    assert dict(verification.outside) == {"POST /v1/images": 1, "POST /": 1}
    assert verification.verdict == "honoured"


def test_the_api_may_have_another_server():
    """A host with a path counts if it is named, with or without the default port."""
    entry = exchange(url=f"https://Proxy.example:443/api{PATHS['create']}")
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
    rejected = exchange(status=401, headers=headers, body={"model": MODEL})
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
