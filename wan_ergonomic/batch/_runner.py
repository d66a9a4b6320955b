"""Runs a batch in this process, once at a time; a run can be stopped or cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import IO, TYPE_CHECKING, Any, TypeVar

from wan_ergonomic._errors import ConfigurationError, LedgerError
from wan_ergonomic._files import lock
from wan_ergonomic._settings import find_base_url

from ._loop import interruptible, run_in_loop
from .output import RESULTS, Output, OutputError, write_results
from .store import UNFINISHED, BatchRow, Database, Rows, Settings

if TYPE_CHECKING:
    from .engine import BatchClient

T = TypeVar("T")


class Runner:
    """Runs a batch, with a worker in this process."""

    def __init__(self, name: str, database: Database, output: Output) -> None:
        self._name = name
        self._database = database
        self._output = output
        self._rows = Rows(database)
        self._worker: Any = None
        self._stopped = ""
        self._cancel: Callable[[], object] | None = None

    def stop(self, reason: str) -> bool:
        """Send nothing more; return whether that was said before."""
        before, self._stopped = self._stopped, reason
        if self._worker:
            self._worker.stop(reason)
        return bool(before)

    def cancel(self) -> bool:
        """End a run that blocks, from any thread; return whether there is one."""
        if self._cancel is None:
            return False
        self._cancel()
        return True

    def block(self, work: Coroutine[Any, Any, T]) -> T:
        """Run, and block until it has ended, or a Ctrl-C cancels it."""
        with interruptible(self.cancel):
            return run_in_loop(self._cancellable(work))

    async def _cancellable(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.current_task()
        assert task
        self._cancel = partial(task.get_loop().call_soon_threadsafe, task.cancel)
        try:
            return await work
        finally:
            self._cancel = None

    async def run(
        self,
        settings: Settings,
        client: BatchClient | None,
        *,
        on_status: Callable[[], object] | None,
        on_row: Callable[[BatchRow], object] | None,
        on_trouble: Callable[[str], object],
        **options: Any,
    ) -> None:
        """Make the videos of all rows that can be made.

        Args:
            settings: How the batch is run.
            client: The client to make them with, which is closed at the end.
            on_status: Called about once a second.
            on_row: Called with each row whose work ends here.
            on_trouble: Called with what went wrong and does not end the run.
            **options: Those of ``build_worker``.

        Raises:
            ConfigurationError: Another process runs it, or its output cannot be used.
            LedgerError: The database is away.
        """
        from .engine import BatchClient, build_worker, in_thread

        client = client or BatchClient(base_url=_named_address(settings.base_url))
        ended: list[int] = []
        with self.locked():
            await in_thread(self.claim)
            self._rows.release()
            self._worker = worker = await build_worker(
                self._name,
                settings,
                self._database,
                self._output,
                client,
                on_trouble=on_trouble,
                on_end=ended.append,
                **options,
            )
            if self._stopped:
                worker.stop(self._stopped)
            try:
                await worker.run(lambda: self._tell(ended, on_status, on_row))
            finally:
                self._worker = None
                await client.close()
                await in_thread(self._write_results, on_trouble)

    def claim(self) -> None:
        """Mark the output as that of this batch.

        Raises:
            ConfigurationError: It is that of another one, or cannot be used.
        """
        about = self._database.about()
        assert about
        # One of an earlier version is known by its name.
        self._output.claim(about[1].get("id", self._name))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock of a batch that only one process may run.

        Raises:
            ConfigurationError: Another process holds it, or the output cannot be used.
        """
        with ExitStack() as stack:
            self._output.make()
            if not self._database.shared:
                file = stack.enter_context((self._output.hidden / "lock").open("ab"))
                _lock(file, self._output)
            yield

    def _tell(
        self,
        ended: list[int],
        on_status: Callable[[], object] | None,
        on_row: Callable[[BatchRow], object] | None,
    ) -> None:
        """Report what has happened; the worker itself reports a database that is away."""
        with suppress(LedgerError):
            while ended:
                row = self._rows.get(ended[0])
                if on_row and row.state not in UNFINISHED:
                    on_row(row)
                del ended[0]
            if on_status:
                on_status()

    def _write_results(self, on_trouble: Callable[[str], object]) -> None:
        try:
            write_results(self._name, self._database, self._output)
        except OutputError as error:
            on_trouble(str(error))
        except OSError as error:
            where = self._output.where(RESULTS)
            on_trouble(
                f"{where} could not be written: {error.strerror or error}. Nothing is lost; run "
                "the batch again to write it."
            )


def _named_address(base_url: str) -> str | None:
    """Return the address for a client to be made with; None for that of the environment.

    A key in WAN_API_KEY is read only for the address in WAN_BASE_URL, and not for a named one.
    """
    return None if base_url == find_base_url(None) else base_url


def _lock(file: IO[bytes], output: Output) -> None:
    if lock(file) is False:
        raise ConfigurationError(
            f"Another process runs the batch in {output}. Wait until it ends, or end it; "
            "several can share a batch with --database, in PostgreSQL. Nothing was sent or spent."
        )
