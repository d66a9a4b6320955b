"""The requests to S3, or to a service that speaks its protocol, made by boto3.

boto3 finds credentials, region and endpoint, in the environment and in profiles.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from boto3.s3.transfer import TransferConfig, create_transfer_manager
from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ._address import BucketAddress
from ._s3_errors import code_of, explain

# A longer file is sent in parts, so that not all of it is sent again after a fault. It appears
# when the last part is there.
_PART_BYTES = 16 * 2**20
_CONNECT_SECONDS = 10
_READ_SECONDS = 60
_TRIES = 3
_MISSING = frozenset({"NoSuchKey", "404"})
# Whoever may not list a bucket is told so of a file that is missing.
_HIDDEN = frozenset({"AccessDenied", "403"})
_TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})


class Service:
    """One bucket.

    Every method blocks, is safe to use from many threads, and raises ``TroubleError``.
    """

    def __init__(self, address: BucketAddress) -> None:
        self._address = address
        with self._explained():
            self._client: Any = Session().client(
                "s3",
                config=Config(
                    connect_timeout=_CONNECT_SECONDS,
                    read_timeout=_READ_SECONDS,
                    retries={"mode": "standard", "total_max_attempts": _TRIES},
                ),
            )

    def upload(self, name: str, file: Path, kind: str, crc32: str) -> tuple[int, str | None]:
        """Upload a file, which appears whole or not at all.

        Args:
            name: What it is to be called.
            file: The file.
            kind: Its media type.
            crc32: Its checksum, which the service compares with what it receives.

        Returns:
            How many bytes the service then has, and their checksum; None if it knows none.
        """
        key = self._address.key(name)
        config = TransferConfig(
            multipart_threshold=_PART_BYTES, multipart_chunksize=_PART_BYTES, use_threads=False
        )
        more = {"ChecksumAlgorithm": "CRC32", "ChecksumCRC32": crc32, "ContentType": kind}
        with self._explained():
            with create_transfer_manager(self._client, config) as manager:
                manager.upload(str(file), self._address.bucket, key, more).result()
            there = self._client.head_object(
                Bucket=self._address.bucket, Key=key, ChecksumMode="ENABLED"
            )
        known = there.get("ChecksumCRC32", "")
        # One with a number is of the parts' checksums, as some services make it.
        return there["ContentLength"], None if "-" in known else known or None

    def create(self, name: str, text: bytes) -> bool:
        """Write a small file, unless there is one; return whether it was written."""
        if self.read(name, hidden=True) is not None:
            return False
        try:
            with self._explained(but=_TAKEN):
                self._client.put_object(
                    Bucket=self._address.bucket,
                    Key=self._address.key(name),
                    Body=text,
                    IfNoneMatch="*",
                )
        except ClientError:
            return False
        return True

    def read(self, name: str, *, hidden: bool = False) -> bytes | None:
        """Return what a small file holds; None if there is none.

        Args:
            name: Its name.
            hidden: Whether a file that may not be read is taken for missing.
        """
        try:
            with self._explained(but=_MISSING | (_HIDDEN if hidden else frozenset())):
                found = self._client.get_object(
                    Bucket=self._address.bucket, Key=self._address.key(name)
                )
                with found["Body"] as body:
                    held: bytes = body.read()
        except ClientError:
            return None
        return held

    @contextmanager
    def _explained(self, but: frozenset[str] = frozenset()) -> Iterator[None]:
        """Raise errors of boto3 as trouble, but those with a code that is expected."""
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and code_of(error) in but:
                raise
            raise explain(error, self._address) from error
