"""The scripts of a release: its notes, its metadata, and each extra alone."""

from __future__ import annotations

import runpy
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.support.scripts import SCRIPTS
from tests.support.stand_in import stand_in

CHANGELOG = """# Changelog

## Unreleased

## 1.2.0 - 2031-02-03

### Added

- A thing.

## [1.1.0] - 2031-01-01

- Another.
"""


@pytest.mark.parametrize(
    ("version", "text"), [("1.2.0", "### Added\n\n- A thing."), ("1.1.0", "- Another.")]
)
def test_the_notes_of_a_release_are_the_changelogs_section(load, version, text):
    """Whatever the form of the heading."""
    assert load("release_notes").notes(CHANGELOG, version) == text


@pytest.mark.parametrize("version", ["1.0.0", "1.2", "Unreleased", "1x2.0"])
def test_a_version_without_notes_is_not_released(load, version):
    """The tag is checked before anything is built."""
    with pytest.raises(SystemExit, match=f"says nothing about {version}"):
        load("release_notes").notes(CHANGELOG, version)


def test_the_notes_are_printed_for_a_tag(load, tmp_path, monkeypatch, capsys):
    """A tag begins with v."""
    script = load("release_notes")
    monkeypatch.setattr(script, "CHANGELOG", tmp_path / "CHANGELOG.md")
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, "utf-8")
    assert script.main(["v1.2.0"]) == 0
    assert capsys.readouterr().out == "### Added\n\n- A thing.\n"
    with pytest.raises(SystemExit, match="usage"):
        script.main([])


@pytest.mark.parametrize("name", ["release_notes", "try_extra"])
def test_a_script_of_a_release_says_how_it_is_used(monkeypatch, name):
    """Both run outside of an environment of the project."""
    monkeypatch.setattr(sys, "argv", [f"{name}.py"])
    monkeypatch.syspath_prepend(str(SCRIPTS))
    with pytest.raises(SystemExit, match=f"usage: {name}"):
        runpy.run_path(str(SCRIPTS / f"{name}.py"), run_name="__main__")


@pytest.mark.parametrize("repository", ["", "https://r.example/o/n"])
def test_the_metadata_has_the_addresses_of_a_known_repository(load, monkeypatch, repository):
    """In README, too."""
    script = load("_metadata")
    monkeypatch.setenv(script.VARIABLE, repository)
    metadata = {"version": "1.2.0"}
    script.Metadata(str(SCRIPTS.parent), {}).update(metadata)
    assert ("](https://r.example/o/n/blob/v1.2.0/SECURITY.md)" in str(metadata)) is bool(repository)
    assert ("urls" in metadata) is bool(repository)


def test_relative_links_of_a_readme_lead_to_the_repository(load):
    """At the tag; pictures as files; others stay as they are."""
    text = "[a](b.md#c) ![d](e.svg) [f](https://g.example) [h](#i)"
    assert load("_metadata").with_addresses(text, "https://r.example/o/n", "v1") == (
        "[a](https://r.example/o/n/blob/v1/b.md#c) ![d](https://r.example/o/n/raw/v1/e.svg) "
        "[f](https://g.example) [h](#i)"
    )


@pytest.mark.parametrize("broken", [False, True])
def test_an_extra_is_tried_in_an_environment_of_its_own(load, tmp_path, monkeypatch, broken):
    """With the program for it, whose exit code is the script's; here pip's work is done already."""
    script = load("try_extra")
    (tmp_path / "wan.whl").touch()
    ran: list[list[str]] = []

    def install(command: list[str], *, check: bool) -> None:
        ran.append([*command, str(check)])
        (packages,) = Path(command[0]).parents[1].glob("lib/*/site-packages")
        Path(packages, "here.pth").write_text(
            f"{sysconfig.get_path('purelib')}\n{SCRIPTS.parent}\n", "utf-8"
        )

    stand_in(monkeypatch, script, "subprocess", run=install, call=subprocess.call)
    if broken:
        monkeypatch.setitem(script.PROGRAMS, "core", "raise SystemExit(3)")
    assert script.main(["core", str(tmp_path)]) == (3 if broken else 0)
    assert ran[0][1:5] == ["-m", "pip", "install", "-qq"]
    assert ran[0][-2:] == [str(tmp_path / "wan.whl"), "True"]
    assert ran[0][0] != sys.executable


@pytest.mark.parametrize("arguments", [[], ["cli"], ["nothing", "dist"]])
def test_an_unknown_extra_is_a_usage_error(load, arguments):
    """With those that there are."""
    with pytest.raises(SystemExit, match=r"usage: try_extra\.py core\|batch\|cli\|"):
        load("try_extra").main(arguments)
