"""Where the videos of a batch go: one file and one description for each row."""

from ._folder import Folder, open_folder
from ._results import as_result, write_results
from ._sidecar import describe

__all__ = ["Folder", "as_result", "describe", "open_folder", "write_results"]
