"""An output in a bucket of S3, or of a service that speaks its protocol.

Files are made in a folder on this machine, uploaded with a checksum that the service verifies, and
compared with what the service then says it has.
"""

from __future__ import annotations

import json
import os
import socket
import zlib
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from wan_ergonomic._errors import ConfigurationError

from ._address import BucketAddress
from ._output import OutputError
from ._s3_trouble import TroubleError
from ._work import make_work_folder, text_in_the_making, work_folder_of

if TYPE_CHECKING:
    from ._s3_service import Service

_CHUNK_BYTES = 2**20
_CLAIM = ".wan/batch.json"
_TYPES = {".mp4": "video/mp4", ".json": "application/json", ".jsonl": "application/x-ndjson"}
_UNSPENT = "Nothing was sent or spent."


class Bucket:
    """A bucket, or what is in it below a prefix.

    Attributes:
        name: The last part of the address.
        address: The bucket and the prefix.
        hidden: The folder on this machine for the database, and files in the making.
    """

    def __init__(self, address: BucketAddress) -> None:
        self.address = address
        self.name = str(address).rstrip("/").rpartition("/")[2]
        self.hidden = work_folder_of(str(address))
        self._claimed = ""
        self._connecting = Lock()
        self._connected: Service | None = None

    def __str__(self) -> str:
        return str(self.address)

    def make(self) -> None:
        """Make the folder on this machine.

        Raises:
            ConfigurationError: It cannot be made or written.
        """
        make_work_folder(self.hidden, f"The folder {self.hidden}, where videos are made,")

    def claim(self, batch: str) -> None:
        """Leave a mark in the bucket, unless the batch's own is there.

        Its database is elsewhere, so a second machine would begin it anew, and pay again.

        Raises:
            ConfigurationError: The bucket cannot be used, or holds another batch.
        """
        if self._claimed == batch:
            return
        mine = {"id": batch, "machine": socket.gethostname(), "work": str(self.hidden)}
        try:
            service = self._service()
            new = service.create(_CLAIM, json.dumps(mine).encode())
            held = mine if new else _parsed(service.read(_CLAIM))
        except TroubleError as trouble:
            raise ConfigurationError(f"{trouble.what}. {trouble.remedy}. {_UNSPENT}") from trouble
        self._check(held, batch)
        self._claimed = batch

    def place(self, name: str) -> Path:
        """Return where a file is to be made, before it is published."""
        return self.hidden / name

    def publish(self, name: str) -> None:
        """Upload a file that is in its place, and compare what the service has; it stays there.

        Raises:
            OutputError: It cannot be uploaded.
            OSError: It cannot be read.
        """
        self._upload(name, self.place(name))

    def write(self, name: str, lines: Iterable[str]) -> None:
        """Write a text file, which appears whole; it stays in its place if it cannot be uploaded.

        Raises:
            OutputError: It cannot be uploaded.
            OSError: It cannot be written here.
        """
        with text_in_the_making(self.hidden, lines) as made:
            try:
                self._upload(name, made)
            except OutputError:
                os.replace(made, self.place(name))
                raise

    def _upload(self, name: str, file: Path) -> None:
        crc, size = _crc32(file), file.stat().st_size
        kept = f"{name} is kept in {self.hidden}, and nothing is paid for again."
        try:
            found, there = self._service().upload(name, file, _TYPES[Path(name).suffix], crc)
        except TroubleError as trouble:
            again = f"{trouble.remedy}, and run the batch again to upload it."
            then = again if trouble.lasting else "It is tried again."
            raise OutputError(
                f"{trouble.what}. {kept} {then}", lasting=trouble.lasting
            ) from trouble
        # A service that does not know checksums reports none.
        if found != size or there not in {None, crc}:
            raise OutputError(
                f"{self.where(name)} is not what was uploaded: {found:,} of {size:,} bytes, with "
                f"the checksum {there}, not {crc}. {kept} It is tried again.",
                lasting=False,
            )

    def where(self, name: str) -> str:
        """Return the address of an uploaded file."""
        return f"{self}{name}"

    def local(self, name: str) -> None:
        """Return None: an uploaded file is not on this machine."""

    def _service(self) -> Service:
        with self._connecting:
            if self._connected is None:
                self._connected = _connect(self.address)
            return self._connected

    def _check(self, held: dict[str, Any], batch: str) -> None:
        if held.get("id") != batch:
            raise ConfigurationError(
                f"{self} holds another batch. Its database is in the folder {held.get('work')} of "
                f"the machine {held.get('machine')}, or was named there with --database. Run it "
                f"there, name that database, or use another prefix. {_UNSPENT}"
            )


def _connect(address: BucketAddress) -> Service:
    try:
        from ._s3_service import Service
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"{address} needs more than is installed. {_UNSPENT} Install it with: "
            "pip install 'wan-ergonomic[s3]'"
        ) from error
    return Service(address)


def _parsed(text: bytes | None) -> dict[str, Any]:
    """Return a mark; {} if this program did not write it, or it is gone meanwhile."""
    try:
        found = json.loads(text or "")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _crc32(file: Path) -> str:
    """Return a file's checksum as S3 writes it."""
    crc = 0
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK_BYTES):
            crc = zlib.crc32(chunk, crc)
    return b64encode(crc.to_bytes(4, "big")).decode()
