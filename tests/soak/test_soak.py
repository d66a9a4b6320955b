"""The soak keeps its promises, repeats itself, and notices each promise that is broken."""

import asyncio
import gc
import json
import socket
import threading
from collections import Counter
from dataclasses import replace

import pytest

from tests.support.actions import Stage
from wan_ergonomic import (
    AsyncWanClient,
    RetryPolicy,
    SubmissionInDoubtError,
    UnreadableResponseError,
)
from wan_ergonomic._files import _part_file
from wan_ergonomic._files._part_file import PartFile
from wan_ergonomic._flows import _submit, _wait
from wan_ergonomic.sandbox import _storage
from wan_ergonomic.sandbox._video import Videos

from . import lap, wire
from .faults import FAULTS, REFUSED, fault_of
from .figures import PROMISES
from .lap import Lap, Plan
from .run import report, soak

SMALL = Plan(generations=16, faults=0.4, at_once=8)
STAGES: tuple[Stage, ...] = ("submit", "poll", "download")

VIDEOS = Videos()
# Ends the threads that a test has left.
RELEASED = threading.Event()


@pytest.fixture(autouse=True)
def one_card(monkeypatch):
    """Draw one card once for all tests: what is soaked here is not the drawing."""
    monkeypatch.setattr(_storage, "Videos", lambda: VIDEOS)
    monkeypatch.setattr(lap, "CARDS", 1)
    monkeypatch.setattr(lap, "SCENARIOS", ("completes", "fails", "no-video"))


@pytest.fixture
def breaking():
    """A monkeypatch after which what was left behind on purpose is collected here, not later."""
    RELEASED.clear()
    with pytest.MonkeyPatch.context() as patch:
        yield patch
    RELEASED.set()
    gc.collect()


def on_close(patch, act, *, instead=False):
    """Add something to what closing a client does."""
    close = AsyncWanClient.close

    async def act_and_close(self):
        act(self)
        if not instead:
            await close(self)

    patch.setattr(AsyncWanClient, "close", act_and_close)


def test_a_small_soak_keeps_every_promise(monkeypatch):
    """And its figures add up, over several sandboxes."""
    monkeypatch.setattr(lap, "REMEMBERED", 25)
    told: list[int] = []
    figures = soak(Plan(generations=60), told.append)
    assert figures.broken() == [], figures
    assert figures.outcomes.total() == figures.received == figures.billed == 60
    assert figures.outcomes["video"] > 20
    assert set(figures.requests) == set(STAGES)
    turned_away = figures.requests["submit"] - figures.received
    assert turned_away == sum(
        figures.faults.get(f"submit: {fault.name}", 0)
        for fault in FAULTS["submit"]
        if not fault.reached
    )
    assert told == []


def test_without_faults_every_generation_but_the_doomed_has_a_video():
    """Nothing is in the way then."""
    figures = soak(Plan(generations=20, faults=0.0))
    assert (figures.broken(), dict(figures.faults)) == ([], {})
    doomed = sum(Lap(Plan(), print)._scenario(n) in lap.DOOMED for n in range(20))
    assert figures.outcomes["video"] == 20 - doomed


def test_with_faults_everywhere_every_generation_is_received_once_all_the_same():
    """Every request but those that must succeed meets a fault."""
    figures = soak(Plan(generations=20, faults=1.0))
    assert figures.broken() == []
    assert figures.received == figures.billed == 20


def test_the_same_seed_asks_for_the_same_faults():
    """Of submissions, whose number does not depend on how fast the machine is, to the last one."""

    def played(seed: int) -> dict[str, int]:
        figures = soak(replace(SMALL, seed=seed))
        return {name: count for name, count in figures.faults.items() if "submit" in name}

    assert played(1) == played(1) != played(2)


def test_a_fault_depends_on_the_request_alone():
    """The same request gets the same fault; the share is as planned; each fault occurs."""
    requests = [(n, stage, nth) for n in range(2000) for stage in STAGES for nth in (1, 2)]
    faults = [fault_of(7, 0.2, *request) for request in requests]
    assert faults == [fault_of(7, 0.2, *request) for request in requests]
    assert sum(map(bool, faults)) / len(faults) == pytest.approx(0.2, abs=0.01)
    seen = Counter(
        (stage, fault) for (_, stage, _), fault in zip(requests, faults, strict=True) if fault
    )
    assert set(seen) == {(stage, fault) for stage in STAGES for fault in FAULTS[stage]}


def test_the_last_attempt_of_a_submission_is_never_turned_away():
    """So that each generation is received, and the counts can be equal."""
    last = RetryPolicy().attempts
    faults = {fault_of(0, 1.0, generation, "submit", last) for generation in range(500)}
    assert {fault.reached for fault in faults if fault} == {True}
    assert fault_of(0, 1.0, 0, "submit", last - 1) in {*FAULTS["submit"], None}
    assert REFUSED in {fault_of(0, 1.0, generation, "submit", 1) for generation in range(500)}


def _send_again(patch):
    patch.setattr(_submit, "after_submission", lambda _: "again")


def _fail_untyped(patch):
    patch.setattr(_wait, "parse_generation", lambda: "takes no arguments")


def _fail_needlessly(patch):
    def refuse(*_, **__):
        raise UnreadableResponseError("No.")

    patch.setattr(_submit, "parse_generation", refuse)


def _forget_the_id(patch):
    patch.setattr(_submit, "in_doubt", lambda *_: SubmissionInDoubtError("No."))


def _keep_half(patch):
    publish = PartFile.publish

    def half(self, finish):
        self._file.truncate(1000)
        self.total = None
        publish(self, finish)

    patch.setattr(PartFile, "publish", half)
    patch.setattr(_part_file, "is_complete_mp4", lambda *_, **__: True)


def _leave_halves(patch):
    publish = PartFile.publish

    def too_early(self, finish):
        if self.path:
            self.path.with_name("half.mp4").write_bytes(b"half")
        publish(self, finish)

    patch.setattr(PartFile, "publish", too_early)


def _leave_socket(patch):
    kept: list[socket.socket] = []
    on_close(patch, lambda _: kept.append(socket.socket()))


def _leave_connections(patch):
    patch.setattr(wire, "PATIENCE", 0.2)
    kept: list[AsyncWanClient] = []
    on_close(patch, kept.append, instead=True)


def _leave_task(patch):
    kept: list[asyncio.Task[None]] = []
    on_close(patch, lambda _: kept.append(asyncio.create_task(asyncio.sleep(60))))


def _leave_thread(patch):
    on_close(patch, lambda _: threading.Thread(target=RELEASED.wait, daemon=True).start())


def _remember(patch, size):
    submit, kept = _submit.submit, []

    def remember(*arguments):
        kept.extend(size())
        return submit(*arguments)

    patch.setattr(_wait, "submit", remember)


def _remember_much(patch):
    _remember(patch, lambda: [b"\1" * 4 * 2**20])


def _remember_many(patch):
    _remember(patch, lambda: [object() for _ in range(2000)])


def _leave_open(patch):
    on_close(patch, lambda _: socket.socket())


BROKEN = {
    _send_again: (
        "POSTs received equal generations requested",
        "nothing was received or paid twice",
    ),
    _fail_untyped: ("every generation ended in a video or a typed error",),
    _fail_needlessly: ("nothing went wrong without a fault",),
    _forget_the_id: ("each submission in doubt can be looked up",),
    _keep_half: ("each video is whole",),
    _leave_halves: ("each video is whole",),
    _leave_socket: ("sockets are back where they began",),
    _leave_connections: ("sockets are back where they began",),
    _leave_task: ("tasks are back where they began",),
    _leave_thread: ("no thread was left",),
    _remember_much: ("memory is back where it began",),
    _remember_many: ("memory is back where it began",),
    _leave_open: ("nothing was left for the garbage collector",),
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("how", BROKEN, ids=lambda how: how.__name__)
def test_a_broken_promise_is_noticed(breaking, how):
    """Whichever it is: the client is made to break it, and nothing else."""
    how(breaking)
    assert set(BROKEN[how]) <= set(soak(SMALL).broken())


def test_each_promise_is_seen_broken_above():
    """One that cannot be broken says nothing."""
    assert {promise for promises in BROKEN.values() for promise in promises} == set(PROMISES)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_report_names_the_promise_that_was_broken(breaking, capsys):
    """And ends with 1; the figures are there for programs, too."""
    _leave_socket(breaking)
    plan = Plan(generations=4, faults=0, seed=5, at_once=4)
    assert report(plan, in_json=True) == 1
    said = capsys.readouterr()
    figures = json.loads(said.out)
    assert (figures["requested"], figures["seed"], figures["received"]) == (4, 5, 4)
    assert [name for name, is_kept in figures["promises"].items() if not is_kept] == [
        "sockets are back where they began"
    ]
    assert said.err == "BROKEN: sockets are back where they began\n"
