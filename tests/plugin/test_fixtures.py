"""The fixtures in suites that use them, and the cost in suites that do not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from wan_ergonomic import pytest_plugin
from wan_ergonomic._settings import CONFIG_VARIABLE, KEY_VARIABLES

pytest_plugins = ["pytester"]

SANDBOX = """
def test_it_plays_the_vendor(wan_sandbox):
    generation = wan_sandbox.client.generate("A boat")
    assert generation.completed
    assert wan_sandbox.billed == 1
    first, *looks = wan_sandbox.received
    assert (first.body["prompt"], first.has_right_key) == ("A boat", True)
    assert {look.method for look in looks} == {"GET"}

def test_nothing_is_left_of_another_test(wan_sandbox):
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

def test_one_loop_after_the_other(wan_sandbox):
    pending = asyncio.run(wan_sandbox.async_client.submit("A boat"))
    assert asyncio.run(wan_sandbox.async_client.wait(pending)).completed

def test_both_colours(wan_sandbox):
    pending = wan_sandbox.client.submit("A boat")
    assert asyncio.run(wan_sandbox.async_client.wait(pending)).completed
"""


def test_loading_the_plugin_imports_nothing():
    """A suite that does not use it pays for one small module."""
    code = "import pytest, sys; seen = set(sys.modules); import wan_ergonomic.pytest_plugin"
    added = f"{code}; print(*sorted(set(sys.modules) - seen))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", added]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["wan_ergonomic", "wan_ergonomic.pytest_plugin"]


def test_a_sandbox_for_each_test(suite):
    """It runs, its client works, and the next test has a fresh one."""
    suite(SANDBOX).assert_outcomes(passed=3)


def test_asynchronous_tests_under_both_loops(suite):
    """Nothing is left open, whichever loop has ended by then: warnings are errors."""
    suite(ASYNC, "-W", "error::pytest.PytestUnraisableExceptionWarning").assert_outcomes(passed=4)


def test_the_marker_chooses_what_the_sandbox_is_made_with(suite):
    """Its speed, its key, how long links live."""
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
    """Neither is used by the sandbox's client, nor by one that the tested code makes by itself."""
    (tmp_path / "broken.toml").write_text("[", "utf-8")
    monkeypatch.setenv(CONFIG_VARIABLE, str(tmp_path / "broken.toml"))
    for name in KEY_VARIABLES:
        monkeypatch.setenv(name, "real-key")
    code = """
    import os
    from wan_ergonomic import WanClient

    def test_it(wan_sandbox):
        assert "real-key" not in os.environ.values()
        with WanClient(base_url=wan_sandbox.url) as wan:
            wan.submit("A boat")
        wan_sandbox.client.submit("A boat")
        assert all(received.has_right_key for received in wan_sandbox.received)
    """
    suite(code).assert_outcomes(passed=1)
    assert [os.environ[name] for name in KEY_VARIABLES] == ["real-key"] * 3
    assert os.environ[CONFIG_VARIABLE].endswith("broken.toml")


def test_the_contract_can_be_asserted(suite):
    """Of whatever the sandbox received, with a sentence for each departure."""
    code = """
    def test_it_is_honoured(wan_sandbox, wan_contract):
        wan_sandbox.client.generate("A boat")
        for received in wan_sandbox.received:
            wan_contract.check(received)

    def test_it_is_not(wan_contract):
        wan_contract.check_response("create", 200, json={"status": "queued"})
    """
    outcome = suite(code)
    outcome.assert_outcomes(passed=1, failed=1)
    outcome.stdout.fnmatch_lines(
        ["E*AssertionError: create response, /id: expected a required property, found nothing *"]
    )
    # The failing line is the suite's own.
    outcome.stdout.no_fnmatch_line("*_contract.py:*")


@pytest.mark.parametrize(
    ("fixture", "module"), [("wan_sandbox", "uvicorn"), ("wan_contract", "openapi_core")]
)
def test_a_missing_extra_is_an_error_that_says_what_to_install(suite, pytester, fixture, module):
    """Only where the fixture is used; all other tests run."""
    extra = fixture.removeprefix("wan_")
    pytester.makeconftest(f"import sys\nsys.modules[{module!r}] = None")
    code = f"def test_with({fixture}): pass\ndef test_without(): pass"
    outcome = suite(code, apart=True)
    outcome.assert_outcomes(passed=1, errors=1)
    outcome.stdout.fnmatch_lines([f"{fixture} needs: pip install 'wan-ergonomic[[]{extra}]'"])


@pytest.mark.parametrize("module", ["openapi_core", "wan_ergonomic.mistake"])
def test_a_mistake_of_ours_is_not_taken_for_a_missing_extra(module):
    """It keeps its traceback."""
    expected = pytest.fail.Exception if module == "openapi_core" else ModuleNotFoundError
    with pytest.raises(expected), pytest_plugin._extra("wan_contract", "contract"):
        raise ModuleNotFoundError(name=module)
