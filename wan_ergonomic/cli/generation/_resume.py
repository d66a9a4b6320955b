"""``wan resume``: waits for every job whose video is not saved yet, and saves it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from wan_ergonomic import Generation
from wan_ergonomic._settings import find_base_url
from wan_ergonomic.cli._command import command
from wan_ergonomic.cli._connection import Connection, check_connection
from wan_ergonomic.cli._exits import UsageError
from wan_ergonomic.cli._ledger import require_ledger
from wan_ergonomic.cli._options import Reporting, output_option, spread
from wan_ergonomic.cli._outcome import UNSPENT, CommandError
from wan_ergonomic.cli._streams import report_prose
from wan_ergonomic.cli.session._destination import another_file, file_name
from wan_ergonomic.cli.session._options import Destination
from wan_ergonomic.cli.session._result import put_file
from wan_ergonomic.cli.session._session import session
from wan_ergonomic.cli.session._several import work_through

if TYPE_CHECKING:
    from wan_ergonomic.ledger import Job

# How long another command may take to record a file that it has saved, and how often to look.
_RECORDING_SECONDS, _PAUSE = 2.0, 0.05


@command("resume")
@spread
def resume(
    *,
    no_metadata: Annotated[
        bool, output_option("--no-metadata", help="Save each video as it was sent.")
    ] = False,
    connection: Connection,
    reporting: Reporting,
) -> None:
    """Wait for every unfinished job, and save its video.

    These are the paid jobs of this machine whose video is not saved yet. Each video
    goes where it was meant to go when its job was submitted. Costs nothing. Goes on
    after a job that fails, and then exits with that job's code.
    """
    if connection.sandbox:
        raise UsageError(f"An embedded sandbox has no earlier jobs; leave out --sandbox. {UNSPENT}")
    work_through(
        _unfinished(connection, reporting),
        lambda job: _finish_once(job, connection, reporting, no_metadata=no_metadata),
        reporting,
    )


def _unfinished(connection: Connection, reporting: Reporting) -> Iterator[Job]:
    """Yield the jobs to resume, the oldest first, and say which are left out."""
    base_url = find_base_url(connection.base_url)
    jobs = require_ledger().jobs()[::-1]
    found = [job for job in jobs if job.unfinished]
    lost = sum(job.lost and job.base_url == base_url for job in jobs)
    others = sorted({job.base_url for job in found if job.base_url != base_url})
    if not reporting.quiet:
        for other in others:
            report_prose(f"wan: to resume the jobs at {other}, add --base-url {other}.")
        if len(others) == len({job.base_url for job in found}):
            report_prose(f"wan: no job at {base_url} is unfinished.")
        if lost:
            at = f" --base-url {base_url}" if connection.base_url else ""
            who = "1 submission was" if lost == 1 else f"{lost:,} submissions were"
            report_prose(
                f"wan: whether {who} accepted is not known. Look for what was lost: "
                f"wan recover --all{at}"
            )
    if mine := [job for job in found if job.base_url == base_url]:
        check_connection(connection)
        yield from mine


def _finish_once(
    job: Job, connection: Connection, reporting: Reporting, *, no_metadata: bool
) -> None:
    """Wait for a job and save its video, unless another command has done so meanwhile."""
    assert job.generation_id
    if _is_saved_meanwhile(job, reporting):
        return
    generation = Generation(id=job.generation_id, request=job.body)
    file = _target(job, generation)
    destination = Destination(output=str(file), no_metadata=no_metadata)
    try:
        _finish(generation, connection, reporting, destination)
    except CommandError:
        # Another command may have been faster; a file is recorded once it is there.
        deadline = time.monotonic() + (_RECORDING_SECONDS if file.exists() else 0)
        while not _is_saved_meanwhile(job, reporting):
            if time.monotonic() >= deadline:
                raise
            time.sleep(_PAUSE)


def _is_saved_meanwhile(job: Job, reporting: Reporting) -> bool:
    assert job.generation_id
    now = require_ledger().find(job.generation_id)
    if now is None or now.place is None:
        return False
    if not reporting.quiet:
        report_prose(f"wan: another command has saved {job.generation_id}: {now.place}")
    return True


def _finish(
    generation: Generation, connection: Connection, reporting: Reporting, destination: Destination
) -> None:
    opened = session(connection, reporting, destination=destination, generation=generation)
    with opened as s:
        generation = s.wait(generation, connection.timeout)
        generation, file = s.download(generation, destination)
    with s.state:
        put_file(generation, destination, reporting, file)


def _target(job: Job, generation: Generation) -> Path:
    """Return the file that a job's video was meant for, or a free name beside it."""
    meant = job.target or Path()
    file = meant / file_name(generation) if meant.is_dir() else meant
    return another_file(file) if file.exists() else file
