"""Connects to the address of a host that responds first (RFC 8305, "Happy Eyeballs").

Each address gets a head start over the next one. Only the first connection is used;
the others are closed. Written twice: for threads and for tasks.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

import anyio
import httpcore

if TYPE_CHECKING:
    from queue import SimpleQueue

# Seconds: the "Connection Attempt Delay" that RFC 8305 recommends.
HEAD_START = 0.25


def in_turn(found: Sequence[str]) -> list[str]:
    """Return addresses in the order to try them in: IPv6 and IPv4 alternate, without duplicates."""
    first = [address for address in found if (":" in address) == (":" in found[0])]
    others = [address for address in found if address not in first]
    turns = (one for pair in zip_longest(first, others) for one in pair if one)
    return list(dict.fromkeys(turns))


class _Race:
    """The attempts to connect to the addresses of one host, each in a thread.

    Attributes:
        connected: The streams of the attempts that succeeded.
        ended: The outcome of each attempt, as it ends.
    """

    def __init__(self, connect: Callable[[str], httpcore.NetworkStream]) -> None:
        from queue import SimpleQueue

        self._connect = connect
        self._lock = threading.Lock()
        self._over = False
        self.connected: list[httpcore.NetworkStream] = []
        self.ended: SimpleQueue[httpcore.NetworkStream | Exception] = SimpleQueue()

    def start(self, address: str) -> None:
        """Begin an attempt in a new thread, or in this one if no thread can be started."""
        try:
            threading.Thread(target=self._attempt, args=(address,), daemon=True).start()
        except RuntimeError:
            self._attempt(address)

    def _attempt(self, address: str) -> None:
        try:
            stream = self._connect(address)
        except Exception as error:  # noqa: BLE001 - the waiting thread raises it
            self.ended.put(error)
            return
        with self._lock:
            if not self._over:
                self.connected.append(stream)
                self.ended.put(stream)
                return
        stream.close()

    def end(self, winner: httpcore.NetworkStream | None) -> None:
        """Close every connection but the winner, including those that are still to come."""
        with self._lock:
            self._over = True
        for stream in self.connected:
            if stream is not winner:
                stream.close()


def first_connected(
    addresses: Sequence[str], connect: Callable[[str], httpcore.NetworkStream]
) -> httpcore.NetworkStream:
    """Return a connection to the first address that responds; blocks.

    Each call of ``connect`` must have a timeout. If all fail, the last error is raised.
    """
    if len(addresses) == 1:
        return connect(addresses[0])
    # Few hosts have several addresses.
    from queue import Empty

    race, waiting, running, winner = _Race(connect), deque(addresses), 0, None
    try:
        while True:
            if waiting:
                race.start(waiting.popleft())
                running += 1
            try:
                outcome = race.ended.get(timeout=HEAD_START if waiting else None)
            except Empty:
                continue
            running -= 1
            if not isinstance(outcome, Exception):
                winner = outcome
                return winner
            if not (waiting or running):
                raise outcome
    finally:
        race.end(winner)


async def afirst_connected(
    addresses: Sequence[str], connect: Callable[[str], Awaitable[httpcore.AsyncNetworkStream]]
) -> httpcore.AsyncNetworkStream:
    """Return a connection to the first address that responds; awaited.

    If all fail, the last error is raised.
    """
    if len(addresses) == 1:
        return await connect(addresses[0])
    connected: list[httpcore.AsyncNetworkStream] = []
    errors: list[Exception] = []

    async def attempt(address: str, ended: anyio.Event) -> None:
        try:
            connected.append(await connect(address))
            tasks.cancel_scope.cancel()
        except Exception as error:  # noqa: BLE001 - raised below
            errors.append(error)
        ended.set()

    winner = None
    try:
        async with anyio.create_task_group() as tasks:
            for address in addresses:
                ended = anyio.Event()
                tasks.start_soon(attempt, address, ended)
                with anyio.move_on_after(HEAD_START):
                    await ended.wait()
        if not connected:
            raise errors[-1]
        winner = connected[0]
        return winner
    finally:
        with anyio.CancelScope(shield=True):
            for each in connected:
                if each is not winner:
                    await each.aclose()
