"""The two clients: short methods over flows, and their lifecycle.

Each method is written once, in a base class that does not know whether running
a flow blocks or has to be awaited. Nothing outside the standard library is
imported before a client is made.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import AsyncGenerator, Coroutine, Generator, Mapping
from contextlib import aclosing, closing
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, Unpack

from wan_ergonomic._files._part_file import Target
from wan_ergonomic._flows import _flow
from wan_ergonomic._flows._download import Progress, download
from wan_ergonomic._http._driver import adrive, drive

from ._generation import Generation
from ._prompts import Options, Preview, prepare
from ._setup import STATUS_SECONDS, SUBMIT_SECONDS, OnSubmit, OnUpdate, Setup, as_generation

if TYPE_CHECKING:
    from wan_ergonomic._flows._steps import Flow
    from wan_ergonomic._http._transport import Origin

One = TypeVar("One")
Many = TypeVar("Many")


class _Client(Setup, Generic[One, Many]):
    """What both clients do.

    ``One`` is a Generation, or what has to be awaited for one; ``Many`` an
    iterator of them. Callbacks may be coroutine functions in the asynchronous
    client.
    """

    @abstractmethod
    def _run(
        self, flow: Flow, on_submit: OnSubmit | None = None, on_update: OnUpdate | None = None
    ) -> One:
        """Run a flow and return its last word."""

    @abstractmethod
    def _changes(self, flow: Flow, on_submit: OnSubmit | None, on_update: OnUpdate | None) -> Many:
        """Run a flow and yield the generation whenever its status has changed."""

    def preview(self, prompt: str, **options: Unpack[Options]) -> Preview:
        """Show the exact body that ``submit`` would send, and what the server would add.

        Raises:
            PromptError: The prompt is blank or an option is not allowed.
        """
        return prepare(prompt, self.defaults, options)

    def submit(
        self,
        prompt: str,
        *,
        timeout: float | None = None,
        extra_headers: Mapping[str, str] | None = None,
        **options: Unpack[Options],
    ) -> One:
        """Start a generation, which is paid for, and return once its id is known.

        Args:
            prompt: What the video shows.
            timeout: Seconds that this may take; 300 by default.
            extra_headers: Sent along with the request.
            **options: As in ``PromptDefaults``, for this call.

        Raises:
            PromptError: Refused here; nothing was sent.
            SubmissionInDoubtError: It may have been accepted; it was not sent again.
            ApiError: The API refused it.
            ConnectionFailedError: The API was never reached.
        """
        context = self._context(timeout, SUBMIT_SECONDS, extra_headers)
        return self._run(_flow.submit(self._body(prompt, options), context))

    def status(
        self,
        generation: Generation | str,
        *,
        timeout: float | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> One:
        """Look once at a generation, finished or not.

        Args:
            generation: It, or its id.
            timeout: Seconds that this may take; 60 by default.
            extra_headers: Sent along with the request.

        Raises:
            NotFoundError: The API does not know it.
            ApiError: The API refused to say.
            ConnectionFailedError: There was no answer.
            UnreadableResponseError: The answer makes no sense.
        """
        context = self._context(timeout, STATUS_SECONDS, extra_headers)
        return self._run(_flow.status(as_generation(generation), context))

    def wait(
        self,
        generation: Generation | str,
        *,
        timeout: float | None = None,
        on_update: OnUpdate | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> One:
        """Wait until a generation is completed, and return it.

        Args:
            generation: It, or its id, from this process or another.
            timeout: Seconds that this may take; by default the client's own.
            on_update: Told of each look.
            extra_headers: Sent along with each request.

        Raises:
            GenerationFailedError: It ended without a video.
            WaitTimeoutError: The time is over; the job goes on and can be awaited again.
            ApiError: The API gave an answer that time cannot change.
        """
        context = self._context(timeout, self.timeout, extra_headers)
        return self._run(_flow.wait(as_generation(generation), context), on_update=on_update)

    def watch(
        self,
        generation: Generation | str,
        *,
        timeout: float | None = None,
        on_update: OnUpdate | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> Many:
        """Yield a generation at the first look and at each change of its status.

        Takes what ``wait`` takes and raises what it raises, after the last change.
        """
        context = self._context(timeout, self.timeout, extra_headers)
        return self._changes(_flow.wait(as_generation(generation), context), None, on_update)

    def generate(
        self,
        prompt: str,
        *,
        timeout: float | None = None,
        on_submit: OnSubmit | None = None,
        on_update: OnUpdate | None = None,
        extra_headers: Mapping[str, str] | None = None,
        **options: Unpack[Options],
    ) -> One:
        """Submit, then wait: the one call from a prompt to a finished video.

        Args:
            prompt: What the video shows.
            timeout: Seconds that all of it may take; by default the client's own.
            on_submit: Given the generation as soon as its id is known, before anything can fail.
            on_update: Told of each look.
            extra_headers: Sent along with each request.
            **options: As in ``PromptDefaults``, for this call.

        Raises:
            WanError: As ``submit`` and ``wait`` do.
        """
        context = self._context(timeout, self.timeout, extra_headers)
        flow = _flow.generate(self._body(prompt, options), context)
        return self._run(flow, on_submit=on_submit, on_update=on_update)

    def download(
        self,
        generation: Generation | str,
        to: Target,
        *,
        overwrite: bool = False,
        timeout: float | None = None,
        on_progress: Progress | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> One:
        """Save a finished video, whole or not at all; free of charge, as often as needed.

        Args:
            generation: It, or its id.
            to: A path, or a file object open for writing bytes.
            overwrite: Whether a file that exists may be replaced.
            timeout: Seconds that this may take; by default as long as bytes keep coming.
            on_progress: Told (bytes so far, bytes in all or None).
            extra_headers: Sent to the API if a fresh link is asked for, never to the store.

        Returns:
            The generation, with the link that worked.

        Raises:
            DownloadError: The video could not be saved; says whether trying again can help.
        """
        context = self._context(timeout, math.inf, extra_headers)
        found = as_generation(generation)
        return self._run(download(found, to, context, on_progress, overwrite=overwrite))


class WanClient(_Client[Generation, Generator[Generation]]):
    """Calls Wan 2.2 Plus and blocks; safe to use from many threads."""

    def _connect(self, origin: Origin, transport: Any) -> None:
        from wan_ergonomic._http._runner import Runner

        self._runner = Runner(origin, self._clock, self.polling.in_flight, transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; the client cannot be used after it."""
        self._runner.close()

    def _run(
        self, flow: Flow, on_submit: OnSubmit | None = None, on_update: OnUpdate | None = None
    ) -> Generation:
        # What a flow reports last is a change, or says again what the last change was.
        return [*self._changes(flow, on_submit, on_update)][-1]

    def _changes(
        self, flow: Flow, on_submit: OnSubmit | None, on_update: OnUpdate | None
    ) -> Generator[Generation]:
        calls = partial(self._calls, on_submit=on_submit, on_update=on_update)
        seen = None
        with closing(drive(flow, self._runner, calls)) as updates:
            for update in updates:
                if update.error is None and update.generation.status != seen:
                    seen = update.generation.status
                    yield update.generation


class AsyncWanClient(_Client[Coroutine[Any, Any, Generation], AsyncGenerator[Generation]]):
    """Calls Wan 2.2 Plus and awaits, under asyncio or trio."""

    def _connect(self, origin: Origin, transport: Any) -> None:
        from wan_ergonomic._http._runner import AsyncRunner

        self._runner = AsyncRunner(origin, self._clock, self.polling.in_flight, transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections; the client cannot be used after it."""
        await self._runner.close()

    async def _run(
        self, flow: Flow, on_submit: OnSubmit | None = None, on_update: OnUpdate | None = None
    ) -> Generation:
        return [seen async for seen in self._changes(flow, on_submit, on_update)][-1]

    async def _changes(
        self, flow: Flow, on_submit: OnSubmit | None, on_update: OnUpdate | None
    ) -> AsyncGenerator[Generation]:
        calls = partial(self._calls, on_submit=on_submit, on_update=on_update)
        seen = None
        async with aclosing(adrive(flow, self._runner, calls)) as updates:
            async for update in updates:
                if update.error is None and update.generation.status != seen:
                    seen = update.generation.status
                    yield update.generation
