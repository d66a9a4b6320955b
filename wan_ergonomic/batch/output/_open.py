"""Chooses the output that an address names."""

from __future__ import annotations

import os

from wan_ergonomic._errors import ConfigurationError

from ._address import SCHEME, read_address
from ._folder import Folder
from ._output import Output
from ._s3 import Bucket


def output_of(where: str | os.PathLike[str]) -> Output:
    """Return the output of an address or a path; nothing is made or asked yet.

    Raises:
        ConfigurationError: It is neither.
    """
    text = os.fspath(where)
    if text.startswith(SCHEME):
        return Bucket(read_address(text))
    if "://" in text:
        raise ConfigurationError(
            f"Videos cannot go to {text!r:.200}. Name a folder, or a bucket as in "
            "s3://BUCKET/PREFIX/. Nothing was sent or spent."
        )
    return Folder(text)
