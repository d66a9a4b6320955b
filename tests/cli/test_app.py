"""The application: how errors and versions are printed, and where it can run."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from wan_ergonomic import PromptError, __version__, _spec
from wan_ergonomic.cli import _app
from wan_ergonomic.cli._exits import MEANINGS, Exit
from wan_ergonomic.cli.generation import _generate


def test_every_exit_code_has_a_meaning():
    """The table is complete."""
    assert set(MEANINGS) == set(Exit)


def test_usage_errors_are_json_too(wan):
    """With --json, a usage error is an event as well."""
    result = wan("wait", "--json", "--timeot", "3", "some-id")
    assert result.code == 2
    assert result.events[0]["error"]["kind"] == "UsageError"
    assert "--timeout" in result.events[0]["error"]["message"]


def test_an_unknown_exception_keeps_its_traceback(wan, api, monkeypatch):
    """It is a defect, and the traceback helps to fix it."""

    def broken(*_):
        raise RuntimeError("a bug")

    monkeypatch.setattr(_generate, "check_prompt", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        wan("submit", "A boat", at=api)


def test_without_arguments_there_is_help(wan):
    """A command line without arguments prints help, and is no error."""
    result = wan()
    assert result.code == 0
    assert result.out.startswith(b"Usage: wan ")


def test_the_version_is_printed(wan):
    """With that of the contract, and the day on which it was taken."""
    said = wan("--version").text
    assert re.fullmatch(rf"wan-ergonomic {__version__} \(contract .+ of \d{{4}}-\d\d-\d\d\)", said)
    assert said.endswith(f"of {_spec.retrieved()})")


def test_a_command_can_run_outside_the_main_thread():
    """Signals can be handled in the main thread only, so they are left alone."""
    with ThreadPoolExecutor() as threads:
        assert threads.submit(_app.run, ["preview", "A boat"]).result() == 0


@pytest.mark.parametrize(("form", "before"), [((), ""), (("--json",), '{"event": "note", "mess')])
def test_verbose_reports_each_request(wan, api, form, before):
    """With its status, its time and its ids, and without the key."""
    result = wan("submit", "A boat", "--verbose", *form, at=api)
    assert result.code == 0
    line = result.err.splitlines()[0]
    assert line.startswith(before)
    assert re.search(r"POST /\S+: 20\d in \d\.\d\d s, request [\w-]+, job [\w-]+, client \w+", line)
    assert api.key not in result.err
    assert "POST" not in wan("submit", "A boat", at=api).err


def test_debug_shows_where_an_error_comes_from(wan, monkeypatch):
    """Above its message; a signed link in it is shortened."""
    link = "https://cdn.example/v.mp4?Signature=abc123"

    def broken(*_):
        raise PromptError(f"Bad: {link}")

    monkeypatch.setattr(_generate, "check_prompt", broken)
    result = wan("submit", "A boat", "--debug")
    assert (result.code, result.err.splitlines()[0]) == (2, "Traceback (most recent call last):")
    assert "in broken" in result.err
    assert "abc123" not in result.err.partition("\nwan: ")[0]
    assert "Traceback" not in wan("submit", "A boat").err
