"""Reading a list of prompts, as a stream, checked before anything is sent.

A list is a file (CSV, TSV, JSON lines, a JSON array, plain text, or a matrix in TOML or YAML),
standard input, or any iterable of Python, such as a data frame. Nothing is sent from here.
"""

from ._formats import FORMATS
from ._iterable import rows_of
from ._matrix import Matrix, count_of, expand
from ._matrix_table import matrix_of
from ._names import DEFAULT_NAMES, NameTemplate
from ._preview import PreviewedRow, preview_rows
from ._read import is_matrix, read_matrix, read_rows
from ._row import BadRow, Row
from ._source import STDIN

__all__ = [
    "DEFAULT_NAMES",
    "FORMATS",
    "STDIN",
    "BadRow",
    "Matrix",
    "NameTemplate",
    "PreviewedRow",
    "Row",
    "count_of",
    "expand",
    "is_matrix",
    "matrix_of",
    "preview_rows",
    "read_matrix",
    "read_rows",
    "rows_of",
]
