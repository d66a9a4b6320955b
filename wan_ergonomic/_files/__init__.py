"""Video files on disk: written whole or not at all."""

from typing import TYPE_CHECKING

from wan_ergonomic._loading import lazily

if TYPE_CHECKING:
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

# Those that are fast to import come first.
_HOMES = ("_target", "_digest", "_streams", "_locks", "_safe_names", "_part_file", "_template")

__getattr__, __dir__ = lazily(__name__, __all__, _HOMES)
