"""Video files on disk: written whole or not at all."""

from ._digest import sha256_of
from ._locks import lock
from ._part_file import PartFile
from ._safe_names import safe_name, slug
from ._streams import write_all
from ._target import Target, check_target
from ._template import Template, as_text

__all__ = [
    "PartFile",
    "Target",
    "Template",
    "as_text",
    "check_target",
    "lock",
    "safe_name",
    "sha256_of",
    "slug",
    "write_all",
]
