"""Executes notebooks in a kernel of their own."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

SECONDS = 120
# Both the kernel and the program that starts it would keep files in the home folder.
OWN_FOLDERS = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")


def execute(sources: Sequence[str], folder: Path, **environ: str) -> list[list[Any]]:
    """Execute cells in a folder; return the outputs of each; without the extra, skip the test.

    Args:
        sources: The code of each cell. One that raises does not stop the others.
        folder: Where the kernel runs, and where Jupyter keeps its own files.
        **environ: Variables of the kernel's environment.
    """
    if not find_spec("ipykernel"):
        pytest.skip("the extra `notebook` is not installed")
    nbclient = pytest.importorskip("nbclient", reason="the extra `notebook` is not installed")
    nbformat = pytest.importorskip("nbformat")

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    client = nbclient.NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in OWN_FOLDERS:
            patch.setenv(name, str(folder / name.lower()))
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        for name, value in environ.items():
            patch.setenv(name, value)
        client.execute()
    return [[dict(output) for output in cell.outputs] for cell in notebook.cells]


def html_of(outputs: Sequence[Any]) -> str:
    """Return the HTML of the last output of a cell."""
    found: str = outputs[-1]["data"]["text/html"]
    return found
