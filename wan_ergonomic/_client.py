"""The two clients: how they are set up, and short methods that run flows.

Each method is written once, in a base class that does not know whether running
a flow blocks or has to be awaited. Nothing outside the standard library is
imported before a client is made.
"""

from __future__ import annotations

import logging
import math
import warnings
from abc import ABC, abstractmethod
from collections.abc import (
    AsyncGenerator,
    Callable,
    Coroutine,
    Generator,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypeAlias, TypeVar, Unpack
from urllib.parse import urlsplit

from . import _flows
from ._api_key import ApiKey, find_key
from ._clock import Clock
from ._environment import Environment, read_environment
from ._errors import ConfigurationError, SubmissionInDoubtError
from ._files import Target
from ._flows import CallContext, Finish, PollingPolicy, Progress, RetryPolicy
from ._generation import Drift, Generation, Update, is_id
from ._loading import is_http_loaded, load_http
from ._options import Options
from ._prompts import Preview, PromptDefaults, PromptWarning, prepare
from ._settings import check_headers, find_base_url, is_loopback, resolve_defaults
from ._spec import model
from ._tracing import observe
from .account import Questions
from .ledger import Ledger

if TYPE_CHECKING:
    from ._flows import Flow, Steps
    from ._http import AsyncDriver, AsyncRunner, Driver, Endpoint

    # Some of them are named in strings.
    from .account import Balance, Durations, LoggedRequest, Price, Pricing  # noqa: F401
    from .ledger import Books, Recorder

# The sample on the vendor's page waits 1000 seconds for a run that took about 370.
WAIT_SECONDS = 1200.0
SUBMIT_SECONDS = 300.0
STATUS_SECONDS = 60.0

OnUpdate = Callable[[Update], object]
OnSubmit = Callable[[Generation], object]
ShowProgress: TypeAlias = bool | Literal["auto"]

One = TypeVar("One")
Many = TypeVar("Many")
T = TypeVar("T")
Awaited: TypeAlias = Coroutine[Any, Any, T]

_log = logging.getLogger("wan_ergonomic")


class BaseClient(ABC, Generic[One, Many]):
    """What both clients do.

    ``One`` is a Generation, or a coroutine that returns one; ``Many`` is an
    iterator of generations. Callbacks may be coroutine functions in the
    asynchronous client.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        defaults: PromptDefaults | None = None,
        preset: str | Sequence[str] | None = None,
        polling: PollingPolicy | None = None,
        retrying: RetryPolicy | None = None,
        timeout: float = WAIT_SECONDS,
        transport: Any = None,
        allow_private_links: bool = False,
        allow_unsupported: bool = False,
        ledger: Ledger | None = None,
        max_usd: float | None = None,
        on_drift: Callable[[Drift], object] | None = None,
        progress: ShowProgress = "auto",
        clock: Clock | None = None,
    ) -> None:
        """Set a client up; nothing is sent.

        Args:
            api_key: The AIML API key; by default ``AIMLAPI_API_KEY``, ``AIML_API_KEY`` or
                ``AIMLAPI_KEY`` from the environment, or ``WAN_API_KEY`` for ``WAN_BASE_URL``.
            base_url: The API's address; https, or http on this machine. By default
                ``WAN_BASE_URL`` from the environment, or the vendor's own.
            defaults: Options for every prompt.
            preset: The name of a set of options, built in or from the configuration file; or a
                list of names, of which the last one that sets an option wins.
            polling: How often to poll a job; by default ``PollingPolicy.every()``, or
                ``PollingPolicy()`` for an API on this machine.
            retrying: How often to retry a request that may be retried.
            timeout: Seconds that ``generate``, ``wait`` and ``watch`` may take by default.
            transport: An httpx transport to use in place of this library's own. Deadlines within a
                response and the check for private addresses apply only to httpx's own transports;
                their connection pool is replaced, and its limits do not apply. Any other
                asynchronous transport works in one event loop only.
            allow_private_links: Whether a video's link may lead to an address that is not public.
                Addresses of this machine are allowed if the API is on this machine. A proxy
                resolves host names itself, so with one only literal addresses are checked.
            allow_unsupported: Whether to submit what the model is known not to support, such as 4:3
                at 480P, unless a call says otherwise; by default it is a ``PromptError``.
            ledger: Where each submission is recorded before it is sent, and what becomes of it;
                by default nowhere.
            max_usd: The most that submissions may cost in any 24 hours, in US dollars: those of all
                that use this ledger or, without one, of this client. The price is reserved before
                a request is sent; what would exceed the cap, or has no known price, is not sent.
            on_drift: Called with each departure of a response from the published contract.
            progress: Whether ``generate`` and ``wait`` show how far they are. With "auto", they do
                in a cell of a notebook, and on standard error if that is a terminal; but not in a
                call with callbacks, nor on a terminal from another thread than the main one. With
                True, they always do, and print plain lines if standard error is no terminal.
            clock: The clock to use; for tests.

        Raises:
            ConfigurationError: A setting is missing or invalid; nothing was sent.
        """
        self._key = self._find_key(api_key, base_url)
        self.base_url = find_base_url(base_url)
        # The caller's own transport has its own proxies and certificates.
        self._environment = read_environment(self.base_url) if transport is None else Environment()
        self._allow_private_links = allow_private_links
        self.defaults = resolve_defaults(defaults, preset)
        # The jobs of a sandbox or of a test server are short.
        local = is_loopback(urlsplit(self.base_url).hostname or "")
        self.polling = polling or (PollingPolicy() if local else PollingPolicy.every())
        self.retrying = retrying or RetryPolicy()
        self.timeout = _check_timeout(timeout)
        self.progress = _check_progress(progress)
        self.allow_unsupported = allow_unsupported
        self._on_drift = on_drift
        self._capped = max_usd is not None
        self._recorder, self._records = self._keep_records(ledger, max_usd)
        self._made_pricing: Pricing | None = None
        self._clock = clock or Clock()
        self._logged: dict[tuple[str, str], object] = {}
        self._connect(transport)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r}, defaults={self.defaults!r})"

    @property
    def _pricing(self) -> Pricing:
        if self._made_pricing is None:
            # Few programs ask for a price.
            from .account import Catalogue, Pricing

            catalogue = Catalogue(model(), self.base_url, self._recorder)
            made = Pricing(catalogue, self._recorder, has_key=bool(self._key.text))
            # Another thread may have been faster; one of the two is kept.
            self._made_pricing = self._made_pricing or made
        return self._made_pricing

    def _keep_records(
        self, ledger: Ledger | None, max_usd: float | None
    ) -> tuple[Recorder | None, Recorder | Books | None]:
        """Return what records submissions in the ledger, and what is asked before each."""
        if ledger is None and max_usd is None:
            return None, None
        from .ledger import Books, Cap, Recorder

        cap = None if max_usd is None else Cap(max_usd)
        recorder = Recorder(ledger, self.base_url, cap) if ledger else None
        return recorder, recorder or (Books(cap) if cap else None)

    def _find_key(self, api_key: str | None, base_url: str | None) -> ApiKey:
        return find_key(api_key, base_url=base_url)

    @abstractmethod
    def _connect(self, transport: Any) -> None:
        """Create this client's runner, or prepare to."""

    def _endpoint(self) -> Endpoint:
        # The first import of httpx.
        from ._http import Endpoint

        return Endpoint(
            self.base_url,
            self._key,
            self._environment,
            allow_private_links=self._allow_private_links,
        )

    def _prepare(
        self, prompt: str, options: Mapping[str, Any], *, allow_unsupported: bool | None
    ) -> Preview:
        """Return the request for a prompt."""
        allowed = self.allow_unsupported if allow_unsupported is None else allow_unsupported
        return prepare(prompt, self.defaults, options, allow_unsupported=allowed)

    def _body(
        self, prompt: str, options: Mapping[str, Any], *, allow_unsupported: bool | None
    ) -> Mapping[str, Any]:
        """Return the body to submit; warn about what the model ignores or does not support."""
        preview = self._prepare(prompt, options, allow_unsupported=allow_unsupported)
        for text in preview.warnings:
            # Level 3 is the caller of the client's method.
            warnings.warn(text, PromptWarning, stacklevel=3)
        return preview.body

    def _context(
        self, timeout: float | None, default: float, extra_headers: Mapping[str, str] | None
    ) -> CallContext:
        """Return the context of one call, whose time begins now."""
        context = CallContext(
            now=self._clock.now,
            started=self._clock.now(),
            timeout=default if timeout is None else _check_timeout(timeout),
            polling=self.polling,
            retrying=self.retrying,
            extra_headers=check_headers(extra_headers),
        )
        if self._records is None:
            return context
        # Without a cap, a submission does not wait to be told its price.
        known = self._made_pricing.known if self._made_pricing else _unknown
        quote = self._pricing.ceiling if self._capped else known
        recording = _flows.Recording(self._records, partial(quote, context=context))
        return replace(context, recording=recording)

    def _callbacks(
        self, on_submit: OnSubmit | None, on_update: OnUpdate | None, update: Update
    ) -> Iterator[tuple[Callable[[Any], object], object]]:
        """Yield each callback that an update is for, with its argument; log new drift."""
        if on_submit and not update.polls:
            yield on_submit, update.generation
        if on_update and update.polls:
            yield on_update, update
        for drift in () if update.error else update.generation.drift:
            # setdefault is atomic: several threads may see the same drift at once.
            ours = object()
            if self._logged.setdefault((drift.kind, drift.pointer), ours) is ours:
                _log.warning("The API departs from its contract: %s", drift)
            if self._on_drift:
                yield self._on_drift, drift

    def _shown(
        self,
        flow: Flow,
        progress: ShowProgress | None,
        first: str,
        *callbacks: Callable[..., object] | None,
    ) -> Flow:
        """Return a flow that also shows its progress, if that is wanted."""
        setting = self.progress if progress is None else _check_progress(progress)
        if setting is False:
            return flow
        # Loaded by the first call that waits.
        from ._progress import display_for, shown

        display = display_for(always=setting is True, has_callbacks=any(callbacks))
        return shown(flow, display, first) if display else flow

    @abstractmethod
    def _run(
        self,
        flow: Flow,
        context: CallContext,
        on_submit: OnSubmit | None = None,
        on_update: OnUpdate | None = None,
    ) -> One:
        """Run a flow to its end and return its result."""

    @abstractmethod
    def _changes(self, flow: Flow, context: CallContext, on_update: OnUpdate | None) -> Many:
        """Run a flow; yield the generation whenever its status changes or its link appears."""

    def preview(
        self, prompt: str, *, allow_unsupported: bool | None = None, **options: Unpack[Options]
    ) -> Preview:
        """Show the exact body that ``submit`` would send, and what the server would add.

        Args:
            prompt: What the video shows.
            allow_unsupported: As in ``submit``.
            **options: For this call, as the vendor describes them:
                aspect_ratio: The aspect ratio of the generated video. One of 16:9, 9:16, 1:1, 4:3,
                    3:4. By default 16:9.
                enhance_prompt: Whether to enable prompt expansion. By default True.
                negative_prompt: The description of elements to avoid in the generated video.
                resolution: An enumeration where the short side of the video frame determines the
                    resolution. One of 480P, 1080P. By default 1080P.
                seed: Varying the seed integer is a way to get different results for the same other
                    request parameters. Using the same value for an identical request will produce
                    similar results. If unspecified, a random number is chosen.
                watermark: Whether the video contains a watermark. By default False.

        Raises:
            PromptError: As ``submit`` does.
        """
        made = self._prepare(prompt, options, allow_unsupported=allow_unsupported)
        known = self._made_pricing
        return replace(made, price=known.last_read(made.body)) if known else made

    def submit(
        self,
        prompt: str,
        *,
        timeout: float | None = None,
        extra_headers: Mapping[str, str] | None = None,
        allow_unsupported: bool | None = None,
        **options: Unpack[Options],
    ) -> One:
        """Start a generation, which costs money, and return once its id is known.

        Args:
            prompt: What the video shows.
            timeout: Seconds that this may take; 300 by default.
            extra_headers: Added to the request.
            allow_unsupported: Whether to send what the model is known not to support; by default
                as the client is set up.
            **options: For this call, as the vendor describes them:
                aspect_ratio: The aspect ratio of the generated video. One of 16:9, 9:16, 1:1, 4:3,
                    3:4. By default 16:9.
                enhance_prompt: Whether to enable prompt expansion. By default True.
                negative_prompt: The description of elements to avoid in the generated video.
                resolution: An enumeration where the short side of the video frame determines the
                    resolution. One of 480P, 1080P. By default 1080P.
                seed: Varying the seed integer is a way to get different results for the same other
                    request parameters. Using the same value for an identical request will produce
                    similar results. If unspecified, a random number is chosen.
                watermark: Whether the video contains a watermark. By default False.

        Raises:
            PromptError: The prompt or an option is invalid, or the model does not support the
                request; nothing was sent.
            SubmissionInDoubtError: It may have been accepted; it was not sent again.
            ApiError: The API rejected it.
            ConnectionFailedError: The API was never reached.
        """
        context = self._context(timeout, SUBMIT_SECONDS, extra_headers)
        body = self._body(prompt, options, allow_unsupported=allow_unsupported)
        return self._run(_flows.submit(body, context), context)

    def status(
        self,
        generation: Generation | str,
        *,
        timeout: float | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> One:
        """Return a generation as it is now, finished or not.

        Args:
            generation: It, or its id.
            timeout: Seconds that this may take; 60 by default.
            extra_headers: Added to the request.

        Raises:
            NotFoundError: The API does not know it.
            ApiError: The API returned an error.
            ConnectionFailedError: There was no response.
            UnreadableResponseError: The response cannot be read.
        """
        context = self._context(timeout, STATUS_SECONDS, extra_headers)
        return self._run(_flows.status(as_generation(generation), context), context)

    def wait(
        self,
        generation: Generation | str,
        *,
        timeout: float | None = None,
        on_update: OnUpdate | None = None,
        progress: ShowProgress | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> One:
        """Wait until a generation is completed, and return it.

        Args:
            generation: It, or its id, from this process or another.
            timeout: Seconds that this may take; by default the client's own.
            on_update: Called with an ``Update`` after each poll.
            progress: Whether to show how far it is; by default as the client is set up.
            extra_headers: Added to each request.

        Raises:
            GenerationFailedError: It ended without a video, or without a link to it for a minute.
            WaitTimeoutError: The timeout has passed; the job runs on; you can wait for it again.
            ApiError: The API returned an error that time cannot change.
            ConnectionFailedError: A setting is the cause, so another poll would fail as well.
            UnreadableResponseError: Several responses in a row cannot be read.
        """
        context = self._context(timeout, self.timeout, extra_headers)
        found = as_generation(generation)
        flow = _flows.wait(found, context)
        flow = self._shown(flow, progress, f"{found.id}: waiting", on_update)
        return self._run(flow, context, on_update=on_update)

    def watch(
        self,
        generation: Generation | str,
        *,
        timeout: float | None = None,
        on_update: OnUpdate | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> Many:
        """Yield a generation after the first poll, and when its status changes or its link appears.

        Takes the arguments of ``wait``, and raises its errors after the last change.
        """
        context = self._context(timeout, self.timeout, extra_headers)
        return self._changes(_flows.wait(as_generation(generation), context), context, on_update)

    def generate(
        self,
        prompt: str,
        *,
        timeout: float | None = None,
        on_submit: OnSubmit | None = None,
        on_update: OnUpdate | None = None,
        progress: ShowProgress | None = None,
        extra_headers: Mapping[str, str] | None = None,
        allow_unsupported: bool | None = None,
        recover: bool = False,
        **options: Unpack[Options],
    ) -> One:
        """Submit, then wait: the one call from a prompt to a finished video.

        Args:
            prompt: What the video shows.
            timeout: Seconds that all of it may take; by default the client's own.
            on_submit: Called with the generation as soon as its id is known, before anything else
                can fail.
            on_update: Called with an ``Update`` after each poll.
            progress: As in ``wait``.
            extra_headers: Added to each request.
            allow_unsupported: As in ``submit``.
            recover: Whether to look for a submission in doubt in the account's request log, as
                ``recover`` does, and to wait for it, instead of raising at once.
            **options: For this call, as the vendor describes them:
                aspect_ratio: The aspect ratio of the generated video. One of 16:9, 9:16, 1:1, 4:3,
                    3:4. By default 16:9.
                enhance_prompt: Whether to enable prompt expansion. By default True.
                negative_prompt: The description of elements to avoid in the generated video.
                resolution: An enumeration where the short side of the video frame determines the
                    resolution. One of 480P, 1080P. By default 1080P.
                seed: Varying the seed integer is a way to get different results for the same other
                    request parameters. Using the same value for an identical request will produce
                    similar results. If unspecified, a random number is chosen.
                watermark: Whether the video contains a watermark. By default False.

        Raises:
            WanError: As ``submit``, ``wait`` and ``recover`` do.
        """
        context = self._context(timeout, self.timeout, extra_headers)
        body = self._body(prompt, options, allow_unsupported=allow_unsupported)
        flow = _flows.generate(body, context)
        if recover:
            from .account import recovering

            flow = recovering(flow, context)
        flow = self._shown(flow, progress, "submitting", on_submit, on_update)
        return self._run(flow, context, on_submit=on_submit, on_update=on_update)

    def recover(
        self,
        submission: SubmissionInDoubtError | str,
        *,
        timeout: float | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> One:
        """Look for a submission in doubt in the account's request log; nothing is sent again.

        The log has a video's request only once its job has ended, so this may take as long as a
        job. The id that the log gives is checked by one poll.

        Args:
            submission: The error, or the ``X-Client-Request-Id`` that it was sent with.
            timeout: Seconds that this may take; by default the client's own.
            extra_headers: Added to each request.

        Returns:
            The generation, which can be waited for and downloaded.

        Raises:
            GenerationFailedError: It was accepted and failed; nothing was charged.
            SubmissionNotFoundError: The log does not have it, though its job must have ended.
            SubmissionInDoubtError: The log could not be read, or the time is over.
        """
        context = self._context(timeout, self.timeout, extra_headers)
        # Few programs look for a submission.
        from .account import recover_submission

        return self._run(recover_submission(submission, self._recorder, context), context)

    def download(
        self,
        generation: Generation | str,
        to: Target,
        *,
        overwrite: bool = False,
        timeout: float | None = None,
        on_progress: Progress | None = None,
        finish: Finish | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> One:
        """Save a finished video, whole or not at all; free of charge, as often as needed.

        Args:
            generation: It, or its id.
            to: A path, or a file object open for writing bytes. A relative path starts from the
                folder that is the current one when this is called.
            overwrite: Whether a file that exists may be replaced.
            timeout: Seconds that this may take; by default as long as bytes keep coming.
            on_progress: Called with (bytes so far, total bytes or None).
            finish: Called before the video gets its name, where it may block, with the generation,
                the complete video, open for reading, and an empty file, open for writing. If it
                returns True, what it has written is saved instead.
                ``wan_ergonomic.video.metadata_for()`` returns one, so that the video says of
                itself what it is. Not called if ``to`` is a file object.
            extra_headers: Added to the poll for a fresh link; never sent to the storage.

        Returns:
            The generation, with the link that worked and, for a path, the file.

        Raises:
            DownloadError: The video could not be saved.
            GenerationFailedError: It has no video, or no link to it for a minute.
        """
        context = self._context(timeout, math.inf, extra_headers)
        found = as_generation(generation)
        # Loaded by the first download.
        from ._files import PartFile

        part = PartFile(to, found.id, overwrite=overwrite)
        return self._run(_flows.download(found, part, context, on_progress, finish), context)


class WanClient(
    BaseClient[Generation, Generator[Generation]],
    Questions["Price", "Balance", "list[LoggedRequest]", "Durations | None"],
):
    """Calls Wan 2.2 Plus and blocks; safe to use from many threads, and from child processes."""

    def _connect(self, transport: Any) -> None:
        from ._http import Runner

        self._runner = Runner(self._endpoint(), self._clock, self.polling.in_flight, transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; the client cannot be used after it."""
        self._runner.close()

    def _drive(self, steps: Steps[T], context: CallContext | None, *callbacks: Any) -> Driver[T]:
        from ._http import Driver

        steps, runner = observe(steps, self._runner, self.base_url)
        return Driver(_recorded(steps, context), runner, partial(self._callbacks, *callbacks))

    def _run(
        self,
        flow: Flow,
        context: CallContext,
        on_submit: OnSubmit | None = None,
        on_update: OnUpdate | None = None,
    ) -> Generation:
        with closing(self._drive(flow, context, on_submit, on_update)) as driver:
            while driver.next_update():
                pass
            return driver.result

    def _ask(self, steps: Steps[T]) -> T:
        with closing(self._drive(steps, None, None, None)) as driver:
            driver.next_update()
            return driver.result

    def _changes(
        self, flow: Flow, context: CallContext, on_update: OnUpdate | None
    ) -> Generator[Generation]:
        seen = None
        with closing(self._drive(flow, context, None, on_update)) as driver:
            while update := driver.next_update():
                if update.error is None and _progress(update.generation) != seen:
                    seen = _progress(update.generation)
                    yield update.generation


class AsyncWanClient(
    BaseClient[Awaited[Generation], AsyncGenerator[Generation]],
    Questions[
        "Awaited[Price]",
        "Awaited[Balance]",
        "Awaited[list[LoggedRequest]]",
        "Awaited[Durations | None]",
    ],
):
    """Calls Wan 2.2 Plus and awaits, with asyncio or trio, in any number of event loops."""

    def _connect(self, transport: Any) -> None:
        self._transport = transport
        # Importing httpx would block the event loop, so it is put off until the first request,
        # unless there is something that only httpx can check.
        if transport is not None or "xn--" in self.base_url or is_http_loaded():
            self._make_runner()

    def _make_runner(self) -> None:
        from ._http import AsyncRunner

        endpoint, in_flight = self._endpoint(), self.polling.in_flight
        self._runner: AsyncRunner = AsyncRunner(endpoint, self._clock, in_flight, self._transport)

    async def _load(self) -> None:
        if not hasattr(self, "_runner"):
            await load_http()
            # Another task may have created it meanwhile.
            if not hasattr(self, "_runner"):
                self._make_runner()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections; the client cannot be used after it."""
        await self._load()
        await self._runner.close()

    async def _drive(
        self, steps: Steps[T], context: CallContext | None, *callbacks: Any
    ) -> AsyncDriver[T]:
        await self._load()
        from ._http import AsyncDriver

        steps, runner = observe(steps, self._runner, self.base_url)
        return AsyncDriver(_recorded(steps, context), runner, partial(self._callbacks, *callbacks))

    async def _run(
        self,
        flow: Flow,
        context: CallContext,
        on_submit: OnSubmit | None = None,
        on_update: OnUpdate | None = None,
    ) -> Generation:
        with closing(await self._drive(flow, context, on_submit, on_update)) as driver:
            while await driver.next_update():
                pass
            return driver.result

    async def _ask(self, steps: Steps[T]) -> T:
        with closing(await self._drive(steps, None, None, None)) as driver:
            await driver.next_update()
            return driver.result

    async def _changes(
        self, flow: Flow, context: CallContext, on_update: OnUpdate | None
    ) -> AsyncGenerator[Generation]:
        seen = None
        with closing(await self._drive(flow, context, None, on_update)) as driver:
            while update := await driver.next_update():
                if update.error is None and _progress(update.generation) != seen:
                    seen = _progress(update.generation)
                    yield update.generation


def _unknown(_: Mapping[str, Any], context: CallContext) -> Steps[None]:
    """Return no price, for a client that has asked for none."""
    del context
    yield from ()


def _recorded(steps: Any, context: CallContext | None) -> Any:
    if context is None or context.recording is None:
        return steps
    return _flows.recorded(steps, context.recording)


def _progress(generation: Generation) -> tuple[str, bool]:
    return generation.status, generation.video is not None


def as_generation(generation: Generation | str) -> Generation:
    """Return a generation itself, or a new Generation for an id.

    Raises:
        ConfigurationError: The argument is neither.
    """
    if isinstance(generation, Generation):
        return generation
    if not isinstance(generation, str) or not is_id(generation):
        raise ConfigurationError(
            f"{generation!r} is neither a generation nor an id. Nothing was sent."
        )
    return Generation(id=generation.strip())


def _check_progress(value: ShowProgress) -> ShowProgress:
    if value is True or value is False or value == "auto":
        return value
    raise ConfigurationError(f'progress must be True, False or "auto", not {value!r:.60}.')


def _check_timeout(seconds: float) -> float:
    with suppress(TypeError, ValueError, OverflowError):
        if seconds > 0:
            return float(seconds)
    raise ConfigurationError(f"timeout must be a positive number of seconds, not {seconds!r:.60}.")
