"""Opens a batch, or begins one: where its database is, and whether it is the one that is meant."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from wan_ergonomic._errors import ConfigurationError
from wan_ergonomic._settings import find_base_url

from ._batch import Batch
from .output import Folder, Output, output_of
from .rows import DEFAULT_NAMES, NameTemplate
from .store import Database, Settings, open_database, settings_from

_DATABASE = "batch.sqlite3"
_NO_OUTPUT = "Name the folder or the bucket of the batch. Nothing was sent or spent."


def open_batch(
    output: str | os.PathLike[str] | None = None,
    *,
    database: str | None = None,
    name: str | None = None,
    create: Settings | None = None,
) -> Batch:
    """Open a batch, or begin one.

    Args:
        output: The folder of its videos, or a bucket as in ``s3://BUCKET/PREFIX/``; may be left
            out if ``database`` names a batch.
        database: The URL of a PostgreSQL database, for workers on many machines; by default a
            file beside the videos; for a bucket, a file in the user's state folder.
        name: The batch's name; by default that of the output.
        create: The settings to begin it with; by default it must be there.

    Raises:
        ConfigurationError: There is no such batch, the database or the output holds another one,
            or the output cannot be used.
        LedgerError: The database is away or broken.
    """
    if create is not None:
        create = _filled(create, output)
    given = None if output is None else output_of(output)
    if given is not None and create is not None:
        given.make()
    found = open_database(_file_of(given, output, create) if database is None else database)
    try:
        held, settings = _held(found, name, create)
        batch = Batch(found, given or output_of(settings.output), held, settings)
        if create is not None:
            batch._runner.claim()
    except BaseException:
        found.close()
        raise
    return batch


def _filled(create: Settings, output: str | os.PathLike[str] | None) -> Settings:
    """Return settings with what they leave out."""
    names = create.names or DEFAULT_NAMES
    NameTemplate(names)
    if not (where := create.output or os.fspath(output or "")):
        raise ConfigurationError(_NO_OUTPUT)
    url = create.base_url or find_base_url(None)
    return replace(create, base_url=url, output=where, names=names)


def _file_of(
    output: Output | None, named: str | os.PathLike[str] | None, create: Settings | None
) -> Path:
    """Return the file of a database that is kept on this machine."""
    if output is None:
        raise ConfigurationError(_NO_OUTPUT)
    file = output.hidden / _DATABASE
    if create is None and not file.is_file():
        known = "" if isinstance(output, Folder) else " that this machine knows"
        raise ConfigurationError(f"There is no batch in {named}{known}. Nothing was sent or spent.")
    return file


def _held(database: Database, name: str | None, create: Settings | None) -> tuple[str, Settings]:
    """Return the name and settings of a database's batch, which is begun if it has none."""
    about = database.about()
    if about is None and create is not None:
        begun = {**create.as_json(), "id": uuid4().hex}
        database.create(name or output_of(create.output).name, begun)
        about = database.about()
    if about is None:
        raise ConfigurationError(f"There is no batch in {database}. Nothing was sent or spent.")
    if name and about[0] != name:
        raise ConfigurationError(
            f"The database holds the batch {about[0]!r}, not {name!r}. Nothing was sent or spent."
        )
    return about[0], settings_from(about[1])
