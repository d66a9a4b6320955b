"""Finished video files: what they say of themselves, and what is seen in them.

Metadata needs no extra; ``inspect`` needs the ``video`` extra.
"""

from ._about import FORMAT, about
from ._finish import metadata_for
from ._inspect import BLACK, FROZEN, Inspection, inspect
from ._metadata import copy_with_metadata, read_metadata, write_metadata
from ._problems import problems

__all__ = [
    "BLACK",
    "FORMAT",
    "FROZEN",
    "Inspection",
    "about",
    "copy_with_metadata",
    "inspect",
    "metadata_for",
    "problems",
    "read_metadata",
    "write_metadata",
]
