"""A batch: a list of prompts, each of which gets a video or a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from wan_ergonomic._errors import ConfigurationError
from wan_ergonomic._prompts import PromptDefaults
from wan_ergonomic._settings import is_loopback

from ._adding import Adding, BadRowsError, Marks, keep, kept, know, not_known, storable
from ._runner import Runner
from ._scratch import Scratch
from ._status import Status, status_of
from .output import RESULTS, Output
from .rows import NameTemplate, rows_of
from .store import (
    BatchRow,
    Database,
    Making,
    Money,
    NewRow,
    OvertakenError,
    Rest,
    Rows,
    Settings,
    State,
    Submission,
    making,
    settings_from,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan_ergonomic.ledger import Ledger

    from .engine import BatchClient

OnStatus = Callable[[Status], object]
OnRow = Callable[[BatchRow], object]


class Batch:
    """A list of prompts, and what becomes of each.

    The batch's database is beside its videos, in a folder of this machine if they go to a bucket,
    or where ``database`` says. Everything can be run again: what is done stays done, and nothing
    is paid for twice.

    Attributes:
        name: Its name.
        settings: How it is run.
    """

    def __init__(self, database: Database, output: Output, name: str, settings: Settings) -> None:
        self.name = name
        self.settings = settings
        self._database = database
        self._output = output
        self._rows, self._money = Rows(database), Money(database)
        self._runner = Runner(name, database, output)

    @property
    def results(self) -> str:
        """The path or address of the list of all rows, once a run has ended."""
        return self._output.where(RESULTS)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def change(self, **settings: Any) -> None:
        """Change settings: those of money at once, the others for workers that start later.

        Args:
            **settings: Fields of ``Settings``, but ``base_url``.

        Raises:
            ConfigurationError: A value is invalid.
            LedgerError: The database fails.
        """
        if settings.get("base_url", self.settings.base_url) != self.settings.base_url:
            raise ConfigurationError(
                f"The batch stays at {self.settings.base_url}: another API does not know its "
                "generations. Nothing was sent or spent."
            )
        _check_names(replace(self.settings, **settings))
        self._database.change(settings)
        self.settings = settings_from(self._about())

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
        marks = Marks()
        source = marks.marked(storable(rows_of(rows)))
        adding = Adding(
            defaults or PromptDefaults(),
            NameTemplate(self.settings.names),
            price=price,
            draw_seeds=draw_seeds,
            allow_unsupported=allow_unsupported,
        )
        if self._rows.lists() and not extend:
            for _ in source:
                pass
            self._check_same(marks.text())
            return adding
        # The list is read to its end before the database is written, which takes a moment then.
        with Scratch() as scratch:
            last = know(scratch, self._rows.pages())
            new = not_known(source, scratch)
            number = keep(scratch, adding.rows(new, scratch, after=last))
            if adding.bad.count and not skip_bad:
                raise BadRowsError(adding.bad)
            if number:
                self._add(kept(scratch), last, marks.text())
        return adding

    def _add(self, rows: Iterable[NewRow], last: int, mark: str) -> None:
        try:
            self._rows.add(rows, after=last, mark=mark)
        except OvertakenError:
            if mark not in self._rows.lists():
                raise ConfigurationError(
                    f"Another process has added rows to {self.settings.output} meanwhile. Do the "
                    "same again. Nothing was sent or spent."
                ) from None

    def status(self) -> Status:
        """Return how far the batch is, and how it is run by now.

        Raises:
            LedgerError: The database fails.
        """
        self.settings = settings_from(self._about())
        return status_of(self.name, self.settings, self._database)

    def rows(self, *states: State) -> Iterator[BatchRow]:
        """Yield the rows in these states, or all, in their order.

        Raises:
            LedgerError: The database fails.
        """
        return self._rows.pages(*states)

    def rest(self, sample: int | None = None) -> Rest:
        """Return what has not been sent yet.

        Args:
            sample: Only of so many of the first rows.

        Raises:
            LedgerError: The database fails.
        """
        return self._rows.rest(first=self._last_of(sample))

    def making(self, most: int) -> list[Making]:
        """Return the rows that are in the making now, at most so many.

        Raises:
            LedgerError: The database fails.
        """
        return making(self._database, most)

    def submissions(self, n: int) -> list[Submission]:
        """Return what was paid for a row, the oldest first.

        Raises:
            LedgerError: The database fails.
        """
        return self._money.of_row(n)

    def retry(self, *, anew: bool = False) -> int:
        """Let all rows that failed run again; return how many.

        A video that was made, but could not be saved, is saved at no cost. Each of the other rows
        is sent, and paid for, again.

        Args:
            anew: Whether the rows of such videos are sent again, too: the API may have lost them.

        Raises:
            LedgerError: The database fails.
        """
        return self._money.retry(anew=anew)

    def forget_unsaved(self) -> int:
        """Let what was sent and has no video be sent again, as its sandbox has ended.

        Returns:
            How many rows that is.

        Raises:
            ConfigurationError: It is the batch of an API that bills, and would be paid for again.
            LedgerError: The database fails.
        """
        host = urlsplit(self.settings.base_url).hostname
        if host and not is_loopback(host):
            raise ConfigurationError(
                f"What {host} was sent may have been paid for, so it is not sent again. Nothing "
                "was changed."
            )
        return self._money.forget_unsaved()

    def check_free(self) -> None:
        """Check that this process could run the batch.

        Raises:
            ConfigurationError: Another process runs it, and cannot share it.
        """
        with self._runner.locked():
            pass

    def resolve(self, n: int, word: Literal["send again", "give up"]) -> None:
        """Say what is to become of a row in doubt, whose video may have been paid for.

        A row that has failed can be sent again, too, also if its video was made and then lost.

        Args:
            n: The row's number.
            word: Whether it is sent again, which may pay a second time, or is given up.

        Raises:
            ConfigurationError: The row is in another state.
            LedgerError: The database fails.
        """
        row = self._find(n)
        if word == "send again" and self._money.retry_row(n, row.sends):
            return
        again = word == "send again"
        said = "sent again by a person's word" if again else "given up by a person's word"
        reason = f"{said}; it was in doubt: {row.reason}"
        if not self._money.give_up(n, row.sends, reason, again=again):
            raise ConfigurationError(f"Row {n} is not in doubt: it is {self._find(n).state}.")

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
        return self._runner.stop(reason)

    def cancel(self) -> bool:
        """End ``run`` at once, from any thread; another run finishes what was sent.

        Returns:
            Whether it is running. A task that awaits ``arun`` is cancelled itself.
        """
        return self._runner.cancel()

    def run(self, client: BatchClient | None = None, **options: Any) -> Status:
        """Do as ``arun``, and block; with the same arguments.

        Raises:
            asyncio.CancelledError: It was cancelled.
        """
        return self._runner.block(self.arun(client, **options))

    async def arun(
        self,
        client: BatchClient | None = None,
        *,
        ledger: Ledger | None = None,
        daily_usd: float | None = None,
        reuse: bool = False,
        sample: int | None = None,
        recover: bool = True,
        on_status: OnStatus | None = None,
        on_row: OnRow | None = None,
        on_trouble: Callable[[str], object] = print,
    ) -> Status:
        """Make the videos of all rows that can be made.

        Args:
            client: The client to make them with, which is closed at the end; by default one for the
                batch's API, with the key from the environment.
            ledger: The user's own ledger, where each submission is recorded too.
            daily_usd: What all that is recorded in that ledger may cost in 24 hours, in US dollars;
                rows beyond it are held.
            reuse: Whether to take the video of the same request with the list's own seed from the
                ledger, at no cost.
            sample: Make only so many of the first rows that can be sent.
            recover: Whether to look for submissions in doubt in the account's log.
            on_status: Called about once a second.
            on_row: Called with each row whose work ends here: done, failed, held or in doubt.
            on_trouble: Called with what went wrong and does not end the run.

        Returns:
            How far the batch is then.

        Raises:
            ConfigurationError: Another process runs it, or its output cannot be used.
            LedgerError: The database is away.
        """
        await self._runner.run(
            self.settings,
            client,
            first=self._last_of(sample),
            on_status=on_status and (lambda: on_status(self.status())),
            on_row=on_row,
            on_trouble=on_trouble,
            ledger=ledger,
            daily_usd=daily_usd,
            reuse=reuse,
            recover=recover,
        )
        return self.status()

    def _last_of(self, sample: int | None) -> int | None:
        return None if sample is None else self._rows.nth(sample)

    def _check_same(self, mark: str) -> None:
        if mark not in self._rows.lists():
            raise ConfigurationError(
                f"{self.settings.output} holds the batch of another list. Name another folder, or "
                "add this list's rows with --extend (extend=True). Nothing was sent or spent."
            )

    def _about(self) -> dict[str, Any]:
        found = self._database.about()
        assert found
        return found[1]


def _check_names(settings: Settings) -> None:
    NameTemplate(settings.names)
