"""Waiting: at once, patiently, politely, and never past the deadline."""

from __future__ import annotations

import logging
import pickle
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import anyio
import pytest

from tests.conftest import CANARY_KEY, FakeClock
from tests.support.actions import Close, Hang, Reset, Send, head, response
from tests.support.loopback import Entry
from tests.support.options import an_option
from tests.support.responses import ID, PROMPT, accepted, completed, html, poll_response
from tests.support.waiting import auntil, until
from wan_ergonomic import (
    AsyncWanClient,
    ConfigurationError,
    ConnectionFailedError,
    Drift,
    Generation,
    GenerationFailedError,
    PollingPolicy,
    RateLimitError,
    RetryPolicy,
    SubmissionInDoubtError,
    Update,
    Usage,
    WaitTimeoutError,
    WanClient,
)
from wan_ergonomic._spec import model
from wan_ergonomic.sandbox._spec import id_parameter, usage_field

GENERATING = poll_response("generating")
ALONE = PollingPolicy(in_flight=1)
ONCE = RetryPolicy(attempts=1)
HEAD = Send(head(200, {"Content-Length": "500"}))
BODY = b'{"id": "gen-1", "status": "generating"}'.ljust(500)
# Each goes on for at least 20 seconds unless the client gives up.
SLOW: dict[str, Entry] = {
    "no answer": Hang(),
    "a head that drips": Send(head(200, {"X-Padding": "a" * 500}), size=1, every=0.05),
    "announcements without end": Send(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 500, 28, 0.05),
    "a body that drips": (HEAD, Send(BODY, size=1, every=0.05)),
}
# Much later than any deadline here, even on a busy machine, and well before those end.
LATE = 10.0
# Of these, submissions have to come through.
TIME = {"wait": 0.2, "status": 0.2, "submit": 1, "generate": 2}


@pytest.fixture
def wan(client_kind, server, clock):
    """A client with a fake clock."""
    with client_kind.client(base_url=server.url, clock=clock) as client:
        yield client


# When it looks


def test_the_first_look_comes_at_once(wan, server, clock):
    """A job that has ended is not waited for."""
    server.script("poll", completed(server))
    assert wan.wait(ID).completed
    assert (len(server.requests), clock.sleeps) == (1, [])


def test_the_pauses_grow_and_never_march_in_step(wan, server, clock):
    """From about one second to about ten, each a little off."""
    server.script("poll", *[GENERATING] * 60, completed(server))
    wan.wait(ID)
    assert 0.8 <= min(clock.sleeps[:5]) <= max(clock.sleeps[:5]) <= 1.2
    assert 8 <= min(clock.sleeps[-5:]) <= max(clock.sleeps) <= 12
    assert len(set(clock.sleeps)) == 60


def test_the_recorded_run_of_the_vendor_plays(wan, server, clock):
    """Queued, 37 times generating, completed: seen to its end, and without real waiting."""
    server.script("submit", accepted())
    server.script("poll", *[GENERATING] * 37, completed(server))
    statuses: list[str] = []
    generation = wan.generate(
        PROMPT, on_update=lambda update: statuses.append(update.generation.status)
    )
    assert statuses == ["generating"] * 37 + ["completed"]
    assert (generation.completed, len(clock.sleeps)) == (True, 37)


@pytest.mark.parametrize("status", ["completed", "error"])
def test_what_is_known_to_have_ended_is_not_looked_at(wan, server, status):
    """A generation that is over stays over."""
    known = Generation(id=ID, status=status)
    if status == "completed":
        assert wan.wait(known) == known
    else:
        with pytest.raises(GenerationFailedError):
            wan.wait(known)
    assert server.requests == []


def test_a_submission_that_is_completed_at_once_is_not_polled(wan, server):
    """Nor is one that comes back finished."""
    server.script("submit", accepted(status="completed", video={"url": "https://a.example/v.mp4"}))
    assert wan.generate(PROMPT).video.url == "https://a.example/v.mp4"
    assert len(server.requests) == 1


def test_retry_after_is_honoured_each_time_and_not_remembered(wan, server, clock):
    """A hint is for the next look alone, beside a status as beside a refusal."""
    hint = response(200, {"id": ID, "status": "generating"}, {"Retry-After": "33"})
    refused = response(429, "", {"Retry-After": "44"})
    server.script("poll", hint, GENERATING, refused, GENERATING, hint, completed(server))
    wan.wait(ID)
    assert [clock.sleeps[n] for n in (0, 2, 4)] == [33.0, 44.0, 33.0]
    assert max(clock.sleeps[1], clock.sleeps[3]) <= 12


def test_retry_after_may_be_a_date_too(wan, server, clock):
    """An HTTP date is a moment."""
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    hint = response(200, {"id": ID, "status": "generating"}, {"Retry-After": moment})
    server.script("poll", hint, completed(server))
    wan.wait(ID)
    assert 30 < clock.sleeps[0] <= 50


def test_a_wait_survives_whatever_passes(client_kind, server, clock):
    """The job is paid for: failures on the way are waited out, and told."""
    broken = [
        html(502),
        html(503),
        html(524),
        response(500),
        Close(),
        Reset(),
        Hang(),
        response(429),
    ]
    server.script(
        "poll", *broken, response(404), response(404), GENERATING, *broken, completed(server)
    )
    told: list[Update] = []
    polling = PollingPolicy(request_timeout=1)
    with client_kind.client(base_url=server.url, clock=clock, polling=polling) as wan:
        assert wan.wait(ID, on_update=told.append).completed
    assert len(server.requests) == 20
    assert [update.polls for update in told] == list(range(1, 21))
    assert [update.error is None for update in told].count(True) == 2
    assert "last poll failed: " in str(told[0])


# The deadline


def test_a_deadline_ends_the_wait_and_says_how_to_go_on(wan, server, clock):
    """The error carries the generation, what was seen when, and the id to resume with."""
    server.script("poll", poll_response("queued"), GENERATING)
    with pytest.raises(WaitTimeoutError, match=f"wait.'{ID}'. picks it up") as caught:
        wan.wait(ID, timeout=100)
    assert clock.time == pytest.approx(1100)
    assert caught.value.generation == Generation(id=ID, status="generating")
    assert caught.value.generation_id == ID
    first, second = caught.value.timeline
    assert (first, second[1]) == ((0.0, "queued"), "generating")
    assert 0 < second[0] < 2
    assert isinstance(caught.value, TimeoutError)


def test_a_deadline_can_be_pickled_with_all_it_carries(wan, server):
    """So it survives the way out of a pool of workers."""
    server.script("poll", GENERATING)
    with pytest.raises(WaitTimeoutError) as caught:
        wan.wait(ID, timeout=5)
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - made in this line
    assert (str(copy), copy.timeline) == (str(caught.value), caught.value.timeline)
    assert copy.generation == caught.value.generation


def test_a_deadline_names_what_failed_last(wan, server):
    """When nothing was ever seen, the cause is there to read."""
    server.script("poll", response(429))
    with pytest.raises(WaitTimeoutError) as caught:
        wan.wait(ID, timeout=5)
    assert isinstance(caught.value.__cause__, RateLimitError)


def test_the_client_has_a_deadline_of_its_own(client_kind, server, clock):
    """It holds where a call sets none, and gives way where it does."""
    server.script("poll", GENERATING)
    with client_kind.client(base_url=server.url, clock=clock, timeout=50) as wan:
        for timeout, expected in ((None, 50), (7, 7)):
            began = clock.time
            with pytest.raises(WaitTimeoutError):
                wan.wait(ID, timeout=timeout)
            assert clock.time - began == pytest.approx(expected)


@pytest.mark.parametrize("slow", SLOW.values(), ids=SLOW)
@pytest.mark.parametrize("act", ["wait", "generate"])
def test_a_deadline_bounds_the_request_in_flight(client_kind, server, act, slow):
    """On the real clock: what hangs or drips is given up when the time is over."""
    server.script("submit", accepted())
    server.script("poll", slow)
    began = time.monotonic()
    with client_kind.client(base_url=server.url) as wan:
        with pytest.raises(WaitTimeoutError):
            getattr(wan, act)("an id, or a prompt", timeout=TIME[act])
        assert 0.15 < time.monotonic() - began < LATE


@pytest.mark.parametrize("slow", SLOW.values(), ids=SLOW)
@pytest.mark.parametrize(
    ("act", "kind"), [("submit", SubmissionInDoubtError), ("status", ConnectionFailedError)]
)
def test_a_deadline_bounds_every_request(client_kind, server, act, kind, slow):
    """A single request has its time too."""
    server.script("submit", slow)
    server.script("poll", slow)
    began = time.monotonic()
    with client_kind.client(base_url=server.url) as wan:
        with pytest.raises(kind):
            getattr(wan, act)("a prompt, or an id", timeout=TIME[act])
        assert 0.15 < time.monotonic() - began < LATE


def test_a_body_has_only_what_its_head_left_of_the_time(client_kind, server):
    """An answer that begins late and then stops is not given its time twice."""
    server.script("poll", (Hang(2), HEAD, Hang()))
    began = time.monotonic()
    with client_kind.client(base_url=server.url, retrying=ONCE) as wan:
        with pytest.raises(ConnectionFailedError):
            wan.status(ID, timeout=2.5)
        assert 2.4 < time.monotonic() - began < 4.4


def test_nothing_runs_on_after_a_deadline(client_kind, server):
    """No poller is left behind."""
    server.script("poll", GENERATING)
    polling = PollingPolicy(min_interval=0.02, max_interval=0.02)
    with client_kind.client(base_url=server.url, polling=polling) as wan:
        with pytest.raises(WaitTimeoutError):
            wan.wait(ID, timeout=2)
        made = len(server.requests)
        time.sleep(0.1)
        assert 0 < made == len(server.requests)


# How many at once


def test_few_status_requests_are_in_flight_from_many_threads(server):
    """However many threads wait, the client makes as many at once as its policy says."""
    server.script("poll", (Hang(0.1), GENERATING))
    polling = PollingPolicy(in_flight=4)
    with (
        WanClient(CANARY_KEY, base_url=server.url, polling=polling) as wan,
        ThreadPoolExecutor(50) as pool,
    ):
        assert len([*pool.map(wan.status, map(str, range(50)))]) == 50
    assert (len(server.requests), server.most_at_once("poll")) == (50, 4)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_few_status_requests_are_in_flight_from_many_tasks(server, backend):
    """So it is with tasks."""
    server.script("poll", (Hang(0.1), completed(server)))

    async def main() -> None:
        polling = PollingPolicy(in_flight=4)
        async with (
            AsyncWanClient(CANARY_KEY, base_url=server.url, polling=polling) as wan,
            anyio.create_task_group() as group,
        ):
            for number in range(50):
                group.start_soon(wan.wait, str(number))

    anyio.run(main, backend=backend)
    assert (len(server.requests), server.most_at_once("poll")) == (50, 4)


def test_submissions_do_not_wait_for_status_requests(server):
    """A job can be started while every look hangs."""
    server.script("poll", Hang())
    server.script("submit", accepted())
    with (
        WanClient(CANARY_KEY, base_url=server.url, polling=ALONE, retrying=ONCE) as wan,
        ThreadPoolExecutor(1) as pool,
    ):
        look = pool.submit(wan.status, ID, timeout=5)
        until(lambda: server.requests)
        assert wan.submit(PROMPT).id == ID
        server.release()
        assert isinstance(look.exception(), ConnectionFailedError)


def test_a_deadline_bounds_the_wait_for_a_turn_among_threads(server):
    """Whoever gets no turn in time says so, and that nothing was sent."""
    server.script("poll", Hang())
    with (
        WanClient(CANARY_KEY, base_url=server.url, polling=ALONE, retrying=ONCE) as wan,
        ThreadPoolExecutor(1) as pool,
    ):
        pool.submit(wan.status, "first", timeout=5)
        until(lambda: server.requests)
        with pytest.raises(ConnectionFailedError, match="Other status requests") as caught:
            wan.status("second", timeout=0.1)
        server.release()
    assert (caught.value.sent, len(server.received("poll"))) == (False, 1)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_deadline_bounds_the_wait_for_a_turn_among_tasks(server, backend):
    """So it is with tasks."""
    server.script("poll", Hang())

    async def main() -> None:
        async with (
            AsyncWanClient(CANARY_KEY, base_url=server.url, polling=ALONE, retrying=ONCE) as wan,
            anyio.create_task_group() as group,
        ):
            group.start_soon(wan.status, "first")
            await auntil(lambda: server.requests)
            with pytest.raises(ConnectionFailedError, match="Other status requests") as caught:
                await wan.status("second", timeout=0.1)
            assert not caught.value.sent
            group.cancel_scope.cancel()

    anyio.run(main, backend=backend)
    assert len(server.received("poll")) == 1


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_wait_frees_its_turn(server, backend):
    """Cancelling one wait costs the others nothing, and leaves no connection."""
    server.script("poll", Hang(), completed(server))

    async def main() -> None:
        async with AsyncWanClient(CANARY_KEY, base_url=server.url, polling=ALONE) as wan:
            async with anyio.create_task_group() as group:
                group.start_soon(wan.wait, "first")
                await auntil(lambda: server.requests)
                group.cancel_scope.cancel()
            assert (await wan.wait("second", timeout=5)).completed

    anyio.run(main, backend=backend)


# Who is told


def test_watch_yields_each_change(wan, server):
    """The first look and each new status; a look that failed is no change."""
    statuses = [
        response(502),
        poll_response("queued"),
        poll_response("queued"),
        response(502),
        GENERATING,
        GENERATING,
    ]
    server.script("poll", *statuses, completed(server))
    told: list[Update] = []
    changes = [seen.status for seen in wan.watch(ID, on_update=told.append)]
    assert changes == ["queued", "generating", "completed"]
    assert len(told) == len(server.requests) == 7


def test_watch_raises_what_wait_raises_after_the_last_change(wan, server):
    """A job that failed is seen failing."""
    server.script("poll", GENERATING, poll_response("error"))
    changes: list[str] = []
    with pytest.raises(GenerationFailedError):
        changes.extend(generation.status for generation in wan.watch(ID))
    assert changes == ["generating", "error"]


def test_watch_can_be_left(wan, server, clock):
    """Whoever has seen enough goes, and nothing is asked after that."""
    server.script("poll", GENERATING)
    changes = wan.watch(ID)
    assert next(changes).status == "generating"
    changes.close()
    assert (len(server.requests), clock.sleeps) == (1, [])


def test_the_id_is_told_before_anything_can_fail(wan, server):
    """``on_submit`` comes once, first, with what is known; then each look."""
    server.script("submit", response(429), accepted(meta={"usage": {usage_field("create"): 9}}))
    server.script("poll", response(502), completed(server))
    told: list[tuple[Any, Any]] = []
    wan.generate(
        PROMPT,
        on_submit=lambda generation: told.append((len(server.requests), generation)),
        on_update=lambda update: told.append(("looked", update.polls)),
    )
    (requests, generation), *looks = told
    assert (requests, generation.id, generation.usage.credits) == (2, ID, 9.0)
    assert generation.request["prompt"] == PROMPT
    assert looks == [("looked", 1), ("looked", 2)]


def test_each_look_is_told(wan, server, clock):
    """Status, time passed, number of looks, and when the next one comes."""
    server.script("poll", poll_response("queued"), GENERATING, completed(server))
    told: list[Update] = []
    wan.wait(ID, on_update=told.append)
    assert [update.generation.status for update in told] == ["queued", "generating", "completed"]
    assert [update.polls for update in told] == [1, 2, 3]
    assert [update.next_poll for update in told] == [*clock.sleeps, None]
    assert [update.elapsed for update in told] == [
        pytest.approx(sum(clock.sleeps[:n])) for n in range(3)
    ]


def test_callbacks_may_be_coroutine_functions(server, clock):
    """In the asynchronous client whatever is told may be awaited."""
    told: Counter[str] = Counter()

    async def note(about: object) -> None:
        await anyio.sleep(0)
        told[type(about).__name__] += 1

    server.script("submit", accepted(status="elsewhere"))
    server.script("poll", GENERATING, completed(server))

    async def main() -> None:
        async with AsyncWanClient(
            CANARY_KEY, base_url=server.url, clock=clock, on_drift=note
        ) as wan:
            await wan.generate(PROMPT, on_submit=note, on_update=note)
            async for _ in wan.watch(ID, on_update=note):
                pass

    anyio.run(main)
    assert told == {"Generation": 1, "Update": 3, "Drift": 1}


class OwnError(Exception):
    """What a caller's own code raises."""


@pytest.mark.parametrize("told", ["on_submit", "on_update"])
@pytest.mark.parametrize("own", [OwnError, TimeoutError, ConnectionFailedError])
def test_what_a_callback_raises_comes_back_unchanged(wan, server, told, own):
    """It is not ours to translate or to try again, whatever it is; and the client goes on."""

    def stop(_: object) -> None:
        raise own("enough")

    server.script("submit", accepted())
    server.script("poll", GENERATING, completed(server))
    with pytest.raises(own, match="enough"):
        wan.generate(PROMPT, **{told: stop})
    assert len(server.requests) == (1 if told == "on_submit" else 2)
    assert wan.status(ID).id == ID


# Drift


def test_drift_is_on_the_generation_told_each_time_and_logged_once(
    client_kind, server, clock, caplog
):
    """Loud, and not a flood."""
    odd = poll_response("dreaming", colour="blue")
    server.script("poll", odd, odd, odd, completed(server))
    told: list[Drift] = []
    with (
        caplog.at_level(logging.WARNING, "wan_ergonomic"),
        client_kind.client(base_url=server.url, clock=clock, on_drift=told.append) as wan,
    ):
        changes = [*wan.watch(ID)]
    assert [change.status for change in changes] == ["dreaming", "completed"]
    kinds = ["unknown-status", "undocumented"]
    assert [drift.kind for drift in changes[0].drift] == kinds
    assert Counter(drift.kind for drift in told) == dict.fromkeys(kinds, 3)
    ours = [record for record in caplog.records if record.name == "wan_ergonomic"]
    assert [kind in record.getMessage() for kind, record in zip(kinds, ours, strict=True)] == [
        True,
        True,
    ]


def test_drift_needs_nobody_to_hear_it(wan, server, caplog):
    """Without ``on_drift`` it is logged, and the answer is read as far as it goes."""
    server.script("poll", poll_response("queued", meta=7))
    with caplog.at_level(logging.WARNING, "wan_ergonomic"):
        assert wan.status(ID).status == "queued"
    assert "poll returned 7 at /meta; the contract requires" in caplog.text


# How it ends


def test_a_failed_job_is_an_error_with_its_price(wan, server):
    """200 and ``error`` is a failure; what it cost is known from the submission."""
    server.script("submit", accepted(meta={"usage": {usage_field("create"): 1200000}}))
    server.script(
        "poll", GENERATING, poll_response("error", error={"name": "Unsafe", "message": "No"})
    )
    with pytest.raises(GenerationFailedError, match=r"Unsafe: No.*1,200,000 credits") as caught:
        wan.generate(PROMPT, **an_option())
    generation = caught.value.generation
    assert generation
    assert (generation.id, generation.status) == (ID, "error")
    assert generation.usage == Usage(credits=1200000.0)
    assert generation.request == {"model": model(), "prompt": PROMPT, **an_option()}


def test_a_job_that_failed_without_a_word_is_an_error_too(wan, server):
    """Whether or not the API says why, or what it cost."""
    server.script("poll", poll_response("cancelled"))
    with pytest.raises(GenerationFailedError, match=r"gives no reason\. The job is over"):
        wan.wait(ID)


def test_a_completed_job_remembers_its_submission(wan, server):
    """Price, request, and the ids to ask the vendor by outlive the polls."""
    headers = {"X-Inference-Id": "inf-1", "X-Aimlapi-Usd-Spent": "0.6"}
    server.script("submit", response(200, {"id": ID, "status": "queued"}, headers))
    server.script("poll", completed(server))
    generation = wan.generate(PROMPT)
    posted = server.received("submit")[0]
    assert (generation.usage.usd, generation.inference_id) == (0.6, "inf-1")
    assert generation.request == posted.json
    assert generation.client_request_id == posted.headers["x-client-request-id"]
    assert generation.raw["status"] == "completed"


# The rest of what a call takes


def test_extra_headers_go_with_each_request(wan, server):
    """To the API, with every call it takes."""
    server.script("submit", accepted())
    server.script("poll", GENERATING, completed(server))
    wan.generate(PROMPT, extra_headers={"X-Team": "blue", "x-client-request-id": "mine-1"})
    assert [request.headers["x-team"] for request in server.requests] == ["blue"] * 3
    assert server.requests[0].headers["x-client-request-id"] == "mine-1"


@pytest.mark.parametrize("name", ["Authorization", "authorization", "Host", "Content-Length"])
def test_a_header_of_ours_is_refused(wan, server, name):
    """The key has one way in, and framing is not the caller's."""
    with pytest.raises(ConfigurationError, match="set by the client itself"):
        wan.submit(PROMPT, extra_headers={name: "mine"})
    assert server.requests == []


def test_the_raw_answer_is_kept(wan, server):
    """Whatever this library does not understand can be read by who does."""
    server.script("poll", poll_response("queued", extra={"deep": [1, None]}))
    assert wan.status(ID).raw == {"id": ID, "status": "queued", "extra": {"deep": [1, None]}}


def test_an_id_is_sent_as_it_is(wan, server):
    """Any text is an id, and travels as one query parameter."""
    server.script("poll", GENERATING)
    for name in ("-x_", "a:b/c d&e=f?#%2F+", "é", "7"):
        assert wan.status(name).id == name
    encoded = ["-x_", "a%3Ab%2Fc+d%26e%3Df%3F%23%252F%2B", "%C3%A9", "7"]
    queries = [request.target.partition("?")[2] for request in server.requests]
    assert queries == [f"{id_parameter()[1]}={text}" for text in encoded]


@pytest.mark.parametrize("identity", ["", "  ", "\ud800", 7, None])
@pytest.mark.parametrize("act", ["status", "wait", "watch"])
def test_what_is_no_id_is_refused(wan, server, act, identity):
    """Nothing is asked about it."""
    with pytest.raises(ConfigurationError, match="Not a generation or its id"):
        [*getattr(wan, act)(identity)]
    assert server.requests == []


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), "5"])
def test_a_time_that_is_none_is_refused(wan, server, timeout):
    """Seconds are a positive number."""
    with pytest.raises(ConfigurationError, match="positive number of seconds"):
        wan.submit(PROMPT, timeout=timeout)
    assert server.requests == []


@pytest.mark.parametrize("act", ["submit", "status", "wait", "generate", "watch"])
def test_a_closed_client_says_so(client_kind, server, act):
    """It cannot be used again, and sends nothing."""
    with client_kind.client(base_url=server.url) as wan:
        wan.close()
        with pytest.raises(ConfigurationError, match="was closed"):
            [*getattr(wan, act)("a prompt, or an id")]
    assert server.requests == []


def test_everything_works_under_trio(trio_kind, server, clock):
    """The asynchronous client is not asyncio's alone."""
    server.script("submit", response(429), accepted())
    server.script("poll", Close(), GENERATING, completed(server))
    with trio_kind.client(base_url=server.url, clock=clock) as wan:
        changes = [change.status for change in wan.watch(wan.submit(PROMPT))]
    assert (changes, len(clock.sleeps)) == (["generating", "completed"], 3)


def test_a_deadline_is_one_under_trio(trio_kind, server):
    """There too it bounds the request in flight."""
    server.script("poll", Hang())
    began = time.monotonic()
    with trio_kind.client(base_url=server.url) as wan, pytest.raises(WaitTimeoutError):
        wan.wait(ID, timeout=0.3)
    assert time.monotonic() - began < LATE


def test_a_client_goes_by_the_clock_it_is_given(client_kind, server):
    """No second clock decides about deadlines."""
    clock = FakeClock(time=5e6)
    server.script("poll", GENERATING)
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(WaitTimeoutError),
    ):
        wan.wait(ID, timeout=30)
    assert clock.time == pytest.approx(5e6 + 30)


def test_an_id_that_no_address_can_hold_is_not_asked_for_again_and_again(
    client_kind, server, clock
):
    """That will never pass."""
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(ConfigurationError, match="The request URL is invalid"),
    ):
        wan.wait("a" * 70_000)
    assert (server.requests, clock.sleeps) == ([], [])
