"""Reads the table of a matrix from TOML or YAML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ._fields import stop
from ._matrix import Matrix
from ._matrix_table import matrix_of
from ._source import Text

# The formats of a matrix.
MATRICES = ("toml", "yaml")


def matrix_in(text: Text, form: str) -> Matrix:
    """Return the matrix that a text describes.

    Args:
        text: The text; a matrix is short, and is read as a whole.
        form: One of ``MATRICES``.

    Raises:
        ConfigurationError: It is not of that format, or no matrix.
    """
    load = _load_toml if form == "toml" else _yaml_loader(text.where)
    try:
        table = load("".join(text.pieces))
    except (RecursionError, ValueError) as error:
        raise stop(text.where, f"It is not valid {form.upper()}: {error}.") from error
    if not isinstance(table, Mapping):
        raise stop(text.where, "A matrix has keys: a prompt, and axes.")
    return matrix_of(table, text.where)


def _load_toml(text: str) -> Any:
    import tomllib

    return tomllib.loads(text)


def _yaml_loader(where: str) -> Callable[[str], Any]:
    try:
        from ._yaml import load_yaml
    except ModuleNotFoundError as error:
        # A missing module of our own is a defect, and keeps its traceback.
        if error.name != "yaml":
            raise
        raise stop(
            where, "Reading YAML needs: pip install 'wan-ergonomic[batch]'. TOML needs nothing."
        ) from error
    return load_yaml
