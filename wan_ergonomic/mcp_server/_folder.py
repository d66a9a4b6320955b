"""The one folder that an agent's videos are saved in."""

from __future__ import annotations

import os
import re
from pathlib import Path

from wan_ergonomic._files import safe_name

from ._results import ToolError

_SUFFIX = ".mp4"
# A plain name: no separator, no drive, no dot at its beginning, and no device of Windows.
_NAME = re.compile(
    r"(?!(?:con|prn|aux|nul|com\d|lpt\d)\.)[^\W_][\w .()+,=-]{0,95}\.mp4", re.IGNORECASE
)


class Folder:
    """A folder, with the names that a video may get in it.

    Attributes:
        path: Its path, with symbolic links resolved.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()

    def free_file(self, name: str | None, generation_id: str) -> Path:
        """Return the path of a file that does not exist.

        Args:
            name: The file's name, with or without its suffix; None for one made of the id.
            generation_id: The generation's id.

        Raises:
            ToolError: It is no plain name, or exists already.
        """
        whole = _with_suffix(safe_name(f"wan-{generation_id}") if name is None else name)
        if name is not None and not _NAME.fullmatch(whole):
            raise ToolError(
                f"name must be a plain file name such as boat.mp4, not {name!r:.100}: videos are "
                f"saved in {self.path} only. Nothing was saved or spent."
            )
        path = self.path / whole
        # A symbolic link exists too, wherever it leads.
        if os.path.lexists(path):
            raise ToolError(
                f"{whole} exists already in {self.path}. Give another name. Nothing was saved or "
                "spent."
            )
        return path


def _with_suffix(name: str) -> str:
    return name if name.lower().endswith(_SUFFIX) else f"{name}{_SUFFIX}"
