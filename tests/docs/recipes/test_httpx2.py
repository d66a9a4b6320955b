"""The recipe for programs with httpx2; its other blocks run with those of all pages."""

from __future__ import annotations

import pytest

pytest.importorskip("httpx2", reason="httpx2 is not installed")


def test_a_program_may_put_httpx2_in_the_place_of_httpx(sandbox, write, python, tmp_path):
    """The lines at its start are enough."""
    write("httpx2.md", "main.py")
    python("main.py")
    assert (tmp_path / "boat.mp4").read_bytes()[4:8] == b"ftyp"
    assert sandbox.billed == 1


def test_the_lines_come_first(sandbox, write, python):
    """Later they are an error of httpx2, not something that half works."""
    (main,) = write("httpx2.md", "main.py")
    main.write_text(f"import httpx\n{main.read_text('utf-8')}", "utf-8")
    python("main.py", code=1)
    assert sandbox.received == ()
