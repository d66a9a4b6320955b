"""What a server cannot do for the moment is tried again, within a time limit."""

import time
from contextlib import suppress

import pytest

from tests.support.web import serving
from wan_ergonomic import Clock
from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract.source import _fetch, _retries
from wan_ergonomic.contract.source._fetch import retrieve
from wan_ergonomic.contract.source._retries import noting_retries


def seconds_of(call, *args):
    """Return how long a call takes that may raise a ContractError."""
    begun = time.monotonic()
    with suppress(ContractError):
        call(*args)
    return time.monotonic() - begun


class Sleepless(Clock):
    """A clock that records how long it was to sleep, and does not."""

    def __init__(self):
        self.slept: list[float] = []

    def sleep(self, seconds):
        """Record the seconds."""
        self.slept.append(seconds)


@pytest.mark.parametrize("status", [429, 500, 501, 502, 503, 504, 520, 599])
def test_a_busy_or_broken_server_is_asked_again(web, status):
    """Until it responds with the page. Each attempt that failed is noted."""
    url = web.put("/a", status=status)
    web.add("/a", status=status)
    web.add("/a", b"# A page")
    with noting_retries() as notes:
        assert retrieve(f"{url}?token=secret").text == "# A page"
    assert len(web.requests) == 3
    assert [note.partition(";")[0] for note in notes] == [f"{url}: {status}"] * 2
    assert "secret" not in str(notes)


def test_a_connection_that_is_lost_before_a_response_is_made_again(web):
    """And noted with its reason."""
    url = web.put("/a", status=0)
    web.add("/a", b"# A page")
    with noting_retries() as notes:
        assert retrieve(url).text == "# A page"
    (note,) = notes
    assert note.startswith(f"{url}: Server disconnected")
    assert "tried again after 0.0 s" in note


def test_a_connection_that_is_refused_is_tried_again(monkeypatch):
    """The server may be restarting."""
    with serving() as web:
        url = web.put("/a")
    monkeypatch.setattr(_retries, "CLOCK", Sleepless())
    with noting_retries() as notes, pytest.raises(ContractError, match=r"in 4 attempts: .*refused"):
        retrieve(url)
    assert len(notes) == 3
    assert all("refused" in note for note in notes)


def test_after_the_last_attempt_the_failure_is_an_error(web):
    """It says how many there were."""
    url = web.put("/a", b"{}", 503)
    with pytest.raises(ContractError) as caught:
        retrieve(url)
    assert str(caught.value) == f"{url} could not be fetched in 4 attempts: 503."
    assert len(web.requests) == 4


def test_a_page_that_breaks_off_is_not_requested_again(web):
    """The server had responded."""
    url = web.put("/a", b"# A page", Content_Length="100")
    with pytest.raises(ContractError, match="could not be fetched: "):
        retrieve(url)
    assert len(web.requests) == 1


def test_the_server_decides_how_long_to_wait(web):
    """As long as it asks for, at least."""
    url = web.put("/a", status=429, Retry_After="1")
    web.add("/a", b"# A page")
    assert 1 <= seconds_of(retrieve, url) < 5


@pytest.mark.parametrize("value", ["61", "86400", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_a_wait_beyond_the_time_limit_ends_the_attempts(web, value):
    """At once, and the error says how long the server asks to wait."""
    url = web.put("/a", status=503, Retry_After=value)
    assert seconds_of(retrieve, url) < 5
    assert len(web.requests) == 1
    with pytest.raises(
        ContractError, match=r"fetched: 503\. The server asks to try again after \d+"
    ):
        retrieve(url)


def test_the_time_limit_is_for_all_attempts_together(web, monkeypatch):
    """A server that asks for one second each time is not asked for ever."""
    monkeypatch.setattr(_fetch, "MAX_SECONDS", 1.5)
    url = web.put("/a", status=503, Retry_After="1")
    with pytest.raises(ContractError) as caught:
        retrieve(url)
    assert "in 2 attempts: 503. The server asks to try again after 1 s." in str(caught.value)
    assert len(web.requests) == 2


def test_delays_grow_and_differ(monkeypatch, web):
    """So that programs that failed together do not return together."""
    clock = Sleepless()
    monkeypatch.setattr(_retries, "BACKOFF", 0.5)
    monkeypatch.setattr(_retries, "CLOCK", clock)
    url = web.put("/a", status=503)
    for _ in range(30):
        with pytest.raises(ContractError):
            retrieve(url)
    for attempt, longest in enumerate((0.5, 1.0, 2.0)):
        delays = clock.slept[attempt::3]
        assert longest / 2 < max(delays) <= longest
        assert len(set(delays)) == 30


def test_a_failure_that_lasts_is_not_repeated(web):
    """A server that does not use TLS, for example."""
    url = web.put("/a").replace("http:", "https:")
    with noting_retries() as notes, pytest.raises(ContractError, match="does not use TLS"):
        retrieve(url)
    assert notes == []
