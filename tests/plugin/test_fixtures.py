"""The fixtures in suites that use them, and the plugin in suites that do not."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.docs.examples import examples, pages
from wan_ergonomic import pytest_plugin
from wan_ergonomic._api_key import KEY_VARIABLES, URL_KEY_VARIABLE, URL_VARIABLE
from wan_ergonomic._settings import CONFIG_VARIABLE
from wan_ergonomic.sandbox._spec import status_of

pytest_plugins = ["pytester"]

SANDBOX = """
def test_it_acts_as_the_api(wan_sandbox):
    generation = wan_sandbox.client.generate("A boat")
    assert generation.completed
    assert wan_sandbox.billed == 1
    first, *polls = wan_sandbox.received
    assert (first.body["prompt"], first.has_right_key) == ("A boat", True)
    assert {poll.method for poll in polls} == {"GET"}

def test_each_test_has_its_own(wan_sandbox):
    assert (wan_sandbox.billed, wan_sandbox.received) == (0, ())

def test_scenarios_are_played(wan_sandbox):
    import pytest
    from wan_ergonomic import GenerationFailedError
    with pytest.raises(GenerationFailedError):
        wan_sandbox.client.generate("A boat [scenario: fails]")
"""

ASYNC = """
import anyio
import asyncio
import pytest

@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param

@pytest.mark.anyio
async def test_many_at_once(wan_sandbox):
    async with anyio.create_task_group() as group:
        for n in range(8):
            group.start_soon(wan_sandbox.async_client.generate, f"Boat {n}")
    assert wan_sandbox.billed == 8

def test_two_event_loops_in_turn(wan_sandbox):
    pending = asyncio.run(wan_sandbox.async_client.submit("A boat"))
    assert asyncio.run(wan_sandbox.async_client.wait(pending)).completed

def test_sync_and_async(wan_sandbox):
    pending = wan_sandbox.client.submit("A boat")
    assert asyncio.run(wan_sandbox.async_client.wait(pending)).completed
"""


def test_loading_the_plugin_imports_nothing():
    """A suite that does not use it loads two small modules."""
    code = "import pytest, sys; before = set(sys.modules); import wan_ergonomic.pytest_plugin"
    added = f"{code}; print(*sorted(set(sys.modules) - before))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", added]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [
        *("wan_ergonomic", "wan_ergonomic._loading", "wan_ergonomic.pytest_plugin")
    ]


def test_a_sandbox_for_each_test(suite):
    """Its client works, and the next test has a new sandbox."""
    suite(SANDBOX).assert_outcomes(passed=3)


def test_async_tests_under_both_event_loops(suite):
    """No connection is left open after the event loop has ended: warnings are errors."""
    suite(ASYNC, "-W", "error::pytest.PytestUnraisableExceptionWarning").assert_outcomes(passed=4)


def test_the_marker_passes_arguments_to_the_sandbox(suite):
    """Its key and its speed, for example."""
    code = """
    import pytest

    @pytest.mark.wan_sandbox(key="another", speed=1)
    def test_it(wan_sandbox):
        assert wan_sandbox.key == "another"
        pending = wan_sandbox.client.submit("A boat")
        wan_sandbox.fast_forward(100)
        assert wan_sandbox.client.status(pending).status == "generating"
        wan_sandbox.fast_forward(400)
        assert wan_sandbox.client.status(pending).completed
    """
    suite(code).assert_outcomes(passed=1)


def test_the_callers_key_and_file_are_out_of_reach(suite, monkeypatch, tmp_path):
    """Neither the sandbox's client nor one that the tested code makes by itself uses them."""
    (tmp_path / "broken.toml").write_text("[", "utf-8")
    monkeypatch.setenv(CONFIG_VARIABLE, str(tmp_path / "broken.toml"))
    for name in (*KEY_VARIABLES, URL_KEY_VARIABLE):
        monkeypatch.setenv(name, "real-key")
    monkeypatch.setenv(URL_VARIABLE, "https://api.example")
    code = """
    import os
    from wan_ergonomic import WanClient

    def test_it(wan_sandbox):
        assert "real-key" not in os.environ.values()
        for options in ({}, {"base_url": wan_sandbox.url}):
            with WanClient(**options) as wan:
                wan.submit("A boat")
        assert wan_sandbox.billed == 2
        wan_sandbox.client.submit("A boat")
        assert all(received.has_right_key for received in wan_sandbox.received)
    """
    suite(code).assert_outcomes(passed=1)
    assert [os.environ[n] for n in (*KEY_VARIABLES, URL_KEY_VARIABLE)] == ["real-key"] * 4
    assert os.environ[URL_VARIABLE] == "https://api.example"
    assert os.environ[CONFIG_VARIABLE].endswith("broken.toml")


def test_the_contract_can_be_asserted(suite):
    """The failure of an assertion is one sentence."""
    code = f"""
    def test_it_is_honored(wan_sandbox, wan_contract):
        wan_sandbox.client.generate("A boat")
        for received in wan_sandbox.received:
            wan_contract.check(received)

    def test_it_is_not(wan_contract):
        wan_contract.check_response("create", {status_of("create")}, json={{"status": "queued"}})
    """
    outcome = suite(code)
    outcome.assert_outcomes(passed=1, failed=1)
    outcome.stdout.fnmatch_lines(
        ["E*AssertionError: create response, /id: expected a required property, found nothing *"]
    )
    # The traceback ends in the suite's own line.
    outcome.stdout.no_fnmatch_line("*_assertions.py:*")


# Examples that are tests themselves.
TESTS = [
    example
    for page in pages()
    for example in examples(page)
    if not example.title and re.search("^def test_", example.code, re.MULTILINE)
]


@pytest.mark.parametrize(
    ("fixture", "module", "extra"),
    [
        ("wan_sandbox", "uvicorn", "sandbox"),
        ("wan_contract", "openapi_core", "contract"),
        ("wan_replay", "openapi_core", "contract"),
    ],
)
def test_a_missing_extra_is_an_error_with_the_command_to_install_it(
    suite, pytester, fixture, module, extra
):
    """Tests without the fixture run."""
    pytester.makeconftest(f"import sys\nsys.modules[{module!r}] = None")
    code = f"def test_with({fixture}): pass\ndef test_without(): pass"
    outcome = suite(code, in_subprocess=True)
    outcome.assert_outcomes(passed=1, errors=1)
    outcome.stdout.fnmatch_lines([f"{fixture} needs: pip install 'wan-ergonomic[[]{extra}]'"])


@pytest.mark.parametrize("module", ["openapi_core", "wan_ergonomic.missing"])
def test_a_missing_module_of_this_package_is_not_a_missing_extra(module):
    """It is a bug and keeps its traceback."""
    expected = pytest.fail.Exception if module == "openapi_core" else ModuleNotFoundError
    with pytest.raises(expected), pytest_plugin._extra("wan_contract", "contract"):
        raise ModuleNotFoundError(name=module)


@pytest.mark.parametrize("example", TESTS, ids=str)
def test_the_examples_of_the_documentation_run(suite, example):
    """A reader may copy one into a test file, without a plugin for async tests."""
    suite(example.code).assert_outcomes(passed=1)
