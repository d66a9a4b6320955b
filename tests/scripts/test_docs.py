"""The scripts that build the site and draw the pictures. Both are built in tests/docs."""

from __future__ import annotations

import pytest

from tests.docs import pictures
from tests.support.stand_in import stand_in


@pytest.mark.parametrize("code", [0, 1])
def test_the_site_is_built_and_its_place_printed(inside, monkeypatch, capsys, code):
    """Unless it could not be built."""
    script = inside("docs")
    done: list[object] = []
    monkeypatch.setattr(script, "write_sources", done.append)
    monkeypatch.setattr(script, "build", lambda folder: code if folder in done else None)
    assert script.main([]) == code
    assert done == [script.BUILD]
    printed = f"{script.BUILD / 'site' / 'index.html'}\n"
    assert capsys.readouterr().out == ("" if code else printed)


def test_a_build_that_fails_is_a_failure_of_the_script(inside, tmp_path, monkeypatch):
    """As that of Zensical, which is run beside this Python, where it finds no page."""
    script = inside("docs")
    program = tmp_path / "bin" / "zensical"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$@" > arguments\nexit 3\n')
    program.chmod(0o755)
    stand_in(monkeypatch, script, "sys", executable=str(program.with_name("python")))
    assert script.build(tmp_path) == 3
    expected = f"build --clean --strict -f {tmp_path / 'mkdocs.yml'}\n"
    assert (tmp_path / "arguments").read_text() == expected


def test_the_sources_of_the_site_have_the_reference_of_the_commands(inside, tmp_path):
    """In a copy; what was there before is gone."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "old").touch()
    inside("docs").write_sources(tmp_path / "docs")
    assert not (tmp_path / "docs" / "old").exists()
    pages = tmp_path / "docs" / "pages"
    assert "## wan generate" in (pages / "reference" / "command-line.md").read_text("utf-8")
    assert (pages / "index.md").exists()


def test_the_pictures_are_drawn(inside, monkeypatch):
    """By what the tests compare them with."""
    drawn: list[bool] = []
    monkeypatch.setattr(pictures, "draw", lambda: drawn.append(True))
    assert inside("pictures").main([]) == 0
    assert drawn == [True]
