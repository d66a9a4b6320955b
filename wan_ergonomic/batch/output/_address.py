"""Reads the address of a bucket: ``s3://BUCKET/PREFIX/``."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from wan_ergonomic._errors import ConfigurationError

SCHEME = "s3://"
# S3 allows 1,024 bytes for a key; a row's files have names of up to 110.
_MOST_BYTES = 900
_BUCKET = re.compile(r"[A-Za-z0-9._-]{1,255}")


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """A bucket, and what all keys in it begin with.

    Attributes:
        bucket: The bucket's name.
        prefix: "" or a text that ends with a slash.
    """

    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.prefix}"

    def key(self, name: str) -> str:
        """Return the key of a file."""
        return self.prefix + name


def read_address(text: str) -> BucketAddress:
    """Read an address. It is taken as it is written: ``%`` and ``?`` mean nothing in it.

    Raises:
        ConfigurationError: It is none, or has a part that S3 or its tools do not take.
    """
    bucket, _, path = text.removeprefix(SCHEME).partition("/")
    prefix = path.rstrip("/")
    wrong = _wrong_with(bucket, prefix)
    if wrong:
        raise ConfigurationError(
            f"The address {text!r:.200} {wrong}. Write s3://BUCKET/PREFIX/. Nothing was sent or "
            "spent."
        )
    return BucketAddress(bucket, f"{prefix}/" if prefix else "")


def _wrong_with(bucket: str, prefix: str) -> str | None:
    if not bucket:
        return "names no bucket"
    if not _BUCKET.fullmatch(bucket):
        return f"names a bucket that cannot exist, {bucket!r:.80}"
    if any(unicodedata.category(each) in {"Cc", "Cs"} for each in prefix):
        return "has a control character or half of one"
    if prefix and not all(part.strip(".") for part in prefix.split("/")):
        return "has a part that is empty or only dots"
    if len(prefix.encode()) > _MOST_BYTES:
        return f"is longer than {_MOST_BYTES} bytes"
    return None
