"""A batch: a list of prompts, each of which gets a video or a reason."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

from wan_ergonomic._errors import ConfigurationError
from wan_ergonomic._files import lock
from wan_ergonomic._prompts import PromptDefaults

from ._adding import Adding, BadRowsError, Marks, not_there
from ._status import Status, status_of
from .output import Folder, open_folder, write_results
from .rows import BadRow, NameTemplate, Row, rows_of
from .store import (
    BatchRow,
    Database,
    Money,
    Rows,
    Settings,
    State,
    Submission,
    open_database,
    settings_from,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from wan_ergonomic.ledger import Ledger

    from .engine import BatchClient

OnStatus = Callable[[Status], object]
_DATABASE = "batch.sqlite3"


class Batch:
    """A list of prompts, and what becomes of each.

    The batch's database is beside its videos, or where ``database`` says. Everything can be
    run again: what is done stays done, and nothing is paid for twice.

    Attributes:
        name: Its name.
        settings: How it is run.
    """

    def __init__(self, database: Database, folder: Folder, name: str, settings: Settings) -> None:
        self.name = name
        self.settings = settings
        self._database = database
        self._folder = folder
        self._rows, self._money = Rows(database), Money(database)
        self._worker: Any = None
        self._stopped = ""

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def change(self, **settings: Any) -> None:
        """Change settings, for all workers from now on.

        Raises:
            ConfigurationError: A value is invalid.
            LedgerError: The database fails.
        """
        self.settings = replace(self.settings, **settings)
        _, about = self._about()
        self._database.change({**about, **self.settings.as_json()})

    def add(
        self,
        rows: Iterable[Any],
        *,
        defaults: PromptDefaults | None = None,
        price: Callable[[Any], float | None] = lambda _: None,
        extend: bool = False,
        skip_bad: bool = False,
        draw_seeds: bool = True,
        allow_unsupported: bool = False,
    ) -> Adding:
        """Add the rows of a list, or find that it is the list of this batch.

        Args:
            rows: Prompts, mappings with a prompt and options, rows of ``read_rows``, or a data
                frame of pandas or polars.
            defaults: The options that apply unless a row sets them.
            price: Returns what a request costs, in US dollars.
            extend: Whether to add the rows of another list, without those that are there.
            skip_bad: Whether bad rows stop nothing.
            draw_seeds: Whether a row without a seed is given one, so that it can be made again.
            allow_unsupported: As in ``WanClient``.

        Returns:
            What was found while reading.

        Raises:
            BadRowsError: Rows are bad; nothing was added.
            ConfigurationError: It is another list than that of the batch, or names two rows alike.
            LedgerError: The database fails.
        """
        _, about = self._about()
        adding = Adding(
            defaults or PromptDefaults(),
            NameTemplate(self.settings.names),
            price=price,
            draw_seeds=draw_seeds,
            allow_unsupported=allow_unsupported,
        )
        marks = Marks()
        there = adding.know(self._rows.pages())
        source = marks.marked(rows_of(rows))
        known: list[str] = about.get("lists", [])
        if known and not extend:
            for _ in source:
                pass
            self._check_same(marks.text(), known)
            return adding
        last = there.total()
        new = not_there(source, there) if extend else source
        self._rows.add(_unless_bad(adding, new, last, skip_bad=skip_bad))
        self._database.change({**about, "lists": [*known, marks.text()]})
        return adding

    def status(self) -> Status:
        """Return how far the batch is.

        Raises:
            LedgerError: The database fails.
        """
        return status_of(self.name, self.settings, self._database)

    def rows(self, *states: State) -> Iterator[BatchRow]:
        """Yield the rows in these states, or all, in their order.

        Raises:
            LedgerError: The database fails.
        """
        return self._rows.pages(*states)

    def submissions(self, n: int) -> list[Submission]:
        """Return what was paid for a row, the oldest first.

        Raises:
            LedgerError: The database fails.
        """
        return self._money.of_row(n)

    def retry(self) -> int:
        """Let all rows that failed run again; each is paid for again. Return how many.

        Raises:
            LedgerError: The database fails.
        """
        return self._rows.retry()

    def resolve(self, n: int, word: Literal["send again", "give up"]) -> None:
        """Say what is to become of a row in doubt, whose video may have been paid for.

        Args:
            n: The row's number.
            word: Whether it is sent again, which may pay a second time, or is given up.

        Raises:
            ConfigurationError: The row is not in doubt.
            LedgerError: The database fails.
        """
        row = self._find(n)
        if row.state != "in doubt":
            raise ConfigurationError(f"Row {n} is not in doubt: it is {row.state}.")
        again = word == "send again"
        reason = "sent again by a person's word" if again else "given up by a person's word"
        self._money.give_up(n, row.sends, f"{reason}; it was in doubt: {row.reason}", again=again)

    def _find(self, n: int) -> BatchRow:
        try:
            return self._rows.get(n)
        except KeyError:
            raise ConfigurationError(f"The batch has no row {n}.") from None

    def stop(self, reason: str = "it was stopped") -> bool:
        """Send nothing more, and let a run end once what was sent is finished.

        Returns:
            Whether that was said before.
        """
        before, self._stopped = self._stopped, reason
        if self._worker:
            self._worker.stop(reason)
        return bool(before)

    def run(self, client: BatchClient | None = None, **options: Any) -> Status:
        """Do as ``arun``, and block; with the same arguments."""
        status: Status = asyncio.run(self.arun(client, **options))
        return status

    async def arun(
        self,
        client: BatchClient | None = None,
        *,
        ledger: Ledger | None = None,
        reuse: bool = False,
        sample: int | None = None,
        recover: bool = True,
        on_status: OnStatus | None = None,
        on_trouble: Callable[[str], object] = print,
    ) -> Status:
        """Make the videos of all rows that can be made.

        Args:
            client: The client to make them with, which is closed at the end; by default one for the
                batch's API, with the key from the environment.
            ledger: The user's own ledger, where each submission is recorded too.
            reuse: Whether to take the video of the same request with the list's own seed from the
                ledger, at no cost.
            sample: Make only so many of the first rows.
            recover: Whether to look for submissions in doubt in the account's log.
            on_status: Called about once a second.
            on_trouble: Called with what went wrong and does not end the run.

        Returns:
            How far the batch is then.

        Raises:
            ConfigurationError: Another process runs it.
            LedgerError: The database is away.
        """
        from .engine import BatchClient, build_worker, in_thread

        client = client or BatchClient(base_url=self.settings.base_url)

        async with self._running():
            self._rows.release()
            worker = await build_worker(
                self.name,
                self.settings,
                self._database,
                self._folder,
                client,
                ledger=ledger,
                reuse=reuse,
                first=sample,
                recover=recover,
                on_trouble=on_trouble,
            )
            self._worker = worker
            if self._stopped:
                worker.stop(self._stopped)
            try:
                await worker.run(self._telling(on_status))
            finally:
                self._worker = None
                await client.close()
                await in_thread(write_results, self.name, self._database, self._folder)
        return self.status()

    def _telling(self, on_status: OnStatus | None) -> Callable[[], object]:
        def tell() -> None:
            if on_status:
                on_status(self.status())

        return tell

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        """Hold the lock of a batch that only one process may run."""
        with ExitStack() as stack:
            if not self._database.shared:
                file = stack.enter_context((self._folder.hidden / "lock").open("ab"))
                _lock(file, self._folder)
            yield

    def _check_same(self, mark: str, known: list[str]) -> None:
        if mark not in known:
            raise ConfigurationError(
                f"{self.settings.output} holds the batch of another list. Name another folder, or "
                "add this list's rows with --extend (extend=True). Nothing was sent or spent."
            )

    def _about(self) -> tuple[str, dict[str, Any]]:
        found = self._database.about()
        assert found
        return found


def open_batch(
    output: str | os.PathLike[str] | None = None,
    *,
    database: str | None = None,
    name: str | None = None,
    create: Settings | None = None,
) -> Batch:
    """Open a batch, or begin one.

    Args:
        output: The folder of its videos; may be left out if ``database`` names a batch.
        database: The URL of a PostgreSQL database, for workers on many machines; by default a
            file beside the videos.
        name: The batch's name; by default that of the folder.
        create: The settings to begin it with; by default it must be there.

    Raises:
        ConfigurationError: There is no such batch, or the database holds another one.
        LedgerError: The database is away or broken.
    """
    where: str | Path
    if database is None:
        if output is None:
            raise ConfigurationError("Name the folder of the batch.")
        folder = _existing(Path(output)) if create is None else open_folder(output)
        where = folder.hidden / _DATABASE
    else:
        where = database
    found = open_database(where)
    about = found.about()
    if about is None:
        if create is None:
            raise ConfigurationError(f"There is no batch in {database or output}.")
        named = name or Path(create.output).name or "batch"
        found.create(named, create.as_json())
        about = found.about()
        assert about
    held, settings = about[0], settings_from(about[1])
    if name and held != name:
        raise ConfigurationError(f"The database holds the batch {held!r}, not {name!r}.")
    return Batch(found, open_folder(output or settings.output), held, settings)


def _existing(path: Path) -> Folder:
    folder = Folder(path.expanduser().absolute())
    if not (folder.hidden / _DATABASE).is_file():
        raise ConfigurationError(f"There is no batch in {path}.")
    return folder


def _unless_bad(
    adding: Adding, rows: Iterable[Row | BadRow], last: int, *, skip_bad: bool
) -> Iterator[Any]:
    """Yield the rows to add; at the end, fail if there are bad ones."""
    yield from adding.rows(rows, after=last)
    if adding.bad.count and not skip_bad:
        raise BadRowsError(adding.bad)


def _lock(file: IO[bytes], folder: Folder) -> None:
    if lock(file) is False:
        raise ConfigurationError(
            f"Another process runs the batch in {folder.path}. Several can share one with "
            "--database, in PostgreSQL."
        )
