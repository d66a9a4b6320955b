"""Where the videos of a batch go: one file and one description for each row."""

from ._folder import Folder, Output, open_folder
from ._results import write_results
from ._sidecar import describe, without

__all__ = ["Folder", "Output", "describe", "open_folder", "without", "write_results"]
