"""Where the videos of a batch go: one file and one description for each row."""

from ._folder import Folder, open_folder
from ._open import output_of
from ._output import Output, OutputError
from ._results import RESULTS, write_results
from ._s3 import Bucket
from ._sidecar import describe, without
from ._work import write_text

__all__ = [
    "RESULTS",
    "Bucket",
    "Folder",
    "Output",
    "OutputError",
    "describe",
    "open_folder",
    "output_of",
    "without",
    "write_results",
    "write_text",
]
