"""The price of the model in the vendor's catalogue, which is kept with its ETag."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol

from wan_ergonomic._errors import ApiError
from wan_ergonomic._flows import ApiResponse, CallContext, FileWork, Steps

from ._ask import ask, read_object, rows_of

# The catalogue is not asked again for this many seconds.
FRESH_SECONDS = 300.0
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the catalogue says of the model.

    Attributes:
        pricing: As it was read; None if there is none.
        etag: What the catalogue calls this version of it.
        as_of: When the catalogue last said so.
        listed: Whether the model is in the catalogue.
    """

    pricing: Any
    etag: str | None
    as_of: datetime
    listed: bool = True

    def as_text(self) -> str:
        """Return it as a text that can be kept."""
        values = [self.pricing, self.etag, self.as_of.isoformat(), self.listed]
        return json.dumps(values)

    @classmethod
    def from_text(cls, text: str) -> Entry | None:
        """Return what was kept; None if it cannot be read, so that it is asked for again."""
        try:
            pricing, etag, as_of, listed = json.loads(text)
            moment = datetime.fromisoformat(as_of).astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            return None
        return cls(pricing=pricing, etag=etag, as_of=moment, listed=bool(listed))


class Shelf(Protocol):
    """Where texts are kept from one process to the next. Both methods may block; neither fails."""

    def kept(self, name: str) -> str | None:
        """Return what is kept under a name."""

    def keep(self, name: str, text: str) -> None:
        """Keep a text under a name."""


class Catalogue:
    """The catalogue's entry for one model, as one client knows it; for any number of threads."""

    def __init__(self, model: str, base_url: str, shelf: Shelf | None = None) -> None:
        self._model = model
        self._name = f"{base_url} {model}"
        self._shelf = shelf
        self._entry: Entry | None = None

    @property
    def entry(self) -> Entry | None:
        """The entry as last read by this client; asks nobody."""
        return self._entry

    def latest(self, context: CallContext) -> Steps[Entry]:
        """Return the entry: the kept one while it is fresh, else what the catalogue says now.

        Raises:
            WanError: The catalogue cannot be read.
        """
        entry = yield from self.last_known()
        if entry and 0 <= (datetime.now(UTC) - entry.as_of).total_seconds() < FRESH_SECONDS:
            return entry
        headers = {"If-None-Match": entry.etag} if entry and entry.etag else {}
        try:
            parameters = {"id": self._model, "include": "pricing"}
            response = yield from ask("list_models", parameters, context, headers)
        except ApiError as error:
            if entry is None or error.status_code != _NOT_MODIFIED:
                raise
            entry = replace(entry, as_of=datetime.now(UTC))
        else:
            entry = self._read(response)
        self._entry = entry
        if self._shelf:
            yield FileWork(partial(self._shelf.keep, self._name, entry.as_text()))
        return entry

    def last_known(self) -> Steps[Entry | None]:
        """Return the entry as last read by this client, or by an earlier one; asks nobody."""
        if self._entry is None and self._shelf:
            text: str | None = yield FileWork(partial(self._shelf.kept, self._name))
            self._entry = self._entry or Entry.from_text(text or "")
        return self._entry

    def _read(self, response: ApiResponse) -> Entry:
        models = rows_of(read_object(response), "models")
        wanted = self._model.lower()
        found = next((model for model in models if wanted in _names(model)), None)
        etag = response.headers.get("etag")
        return Entry(
            pricing=found and found.get("pricing"),
            # Another one could not be sent back.
            etag=etag if etag and etag.isascii() else None,
            as_of=datetime.now(UTC),
            listed=found is not None,
        )


def _names(model: Mapping[str, Any]) -> set[str]:
    aliases = model.get("aliases")
    names = [model.get("id"), *(aliases if isinstance(aliases, list) else ())]
    return {name.lower() for name in names if isinstance(name, str)}
