"""The pytest plugin: ``wan_sandbox``, ``wan_contract`` and ``wan_replay``, and ``--wan-live``.

pytest loads it in every suite of an environment with this package. It imports only
pytest before one of its features is used, and names a missing extra then.

PYTEST_DONT_REWRITE: this module has no assertions.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from wan_ergonomic.plugin import WanContract, WanSandbox
    from wan_ergonomic.plugin._live_checks import LiveSettings

_MARKER = "wan_sandbox(**options): arguments for this test's sandbox, such as speed=1000"
_LIVE: pytest.StashKey[LiveSettings] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the live checks."""
    group = parser.getgroup("wan", "Wan 2.2 Plus on AIML API")
    group.addoption(
        "--wan-live",
        action="store_true",
        help="also check the real API; spends nothing",
    )
    group.addoption(
        "--wan-spend",
        type=_amount,
        metavar="USD",
        help="with --wan-live: also make one video, for at most this amount",
    )
    group.addoption(
        "--wan-base-url",
        metavar="URL",
        help="with --wan-live: the API's URL, with https or on this machine",
    )
    group.addoption(
        "--wan-page",
        metavar="SOURCE",
        help="with --wan-live: the file, folder or URL to compare the vendored contract with",
    )


def _amount(text: str) -> float:
    amount = float(text)
    if not 0 < amount < float("inf"):
        raise ArgumentTypeError(f"{text} is not an amount of money")
    return amount


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and check the options before any test runs."""
    config.addinivalue_line("markers", _MARKER)
    if config.getoption("wan_live"):
        config.stash[_LIVE] = _live(config)
    elif config.getoption("wan_spend") is not None:
        raise pytest.UsageError("--wan-spend needs --wan-live.")


def _live(config: pytest.Config) -> LiveSettings:
    from wan_ergonomic.plugin._live_checks import LiveSettings

    from ._errors import ConfigurationError
    from ._settings import find_base_url

    base_url, page = config.getoption("wan_base_url"), config.getoption("wan_page")
    try:
        find_base_url(base_url)
        return LiveSettings(
            base_url=base_url,
            allowed=config.getoption("wan_spend"),
            sources=(page,) if page else (),
        )
    except ConfigurationError as error:
        raise pytest.UsageError(f"--wan-base-url: {error}") from error


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the live checks if ``--wan-live`` is set."""
    if _LIVE in config.stash:
        from wan_ergonomic.plugin._items import live_checks

        items += live_checks(session, config.stash[_LIVE])


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the money that the live checks spent."""
    if _LIVE in config.stash:
        terminalreporter.section("wan-live")
        terminalreporter.line(config.stash[_LIVE].spending.summary)


@pytest.fixture
def wan_sandbox(request: pytest.FixtureRequest) -> Iterator[WanSandbox]:
    """A local server that acts as the vendor's API, with a sync and an async client.

    No client waits, and nothing is spent. Use ``wan_sandbox.client`` and
    ``wan_sandbox.async_client``, or make your own from ``wan_sandbox.options``. A ``WanClient()``
    that the tested code makes uses the sandbox too, in real time.
    ``@pytest.mark.wan_sandbox(speed=1000)`` passes arguments to the sandbox.
    See ``wan_ergonomic.plugin.WanSandbox``.
    """
    marker = request.node.get_closest_marker("wan_sandbox")
    with _extra("wan_sandbox", "sandbox"):
        from wan_ergonomic.plugin import WanSandbox

        made = WanSandbox(**(marker.kwargs if marker else {}))
    with made as running:
        yield running


@pytest.fixture(scope="session")
def wan_contract() -> WanContract:
    """Asserts that requests and responses honor the vendored contract.

    ``wan_contract.check`` takes requests and responses of httpx, and requests that a
    sandbox received. See ``wan_ergonomic.plugin.WanContract``.
    """
    with _extra("wan_contract", "contract"):
        # The first check would import it, and fail with another message.
        from wan_ergonomic.conformance import Checker  # noqa: F401
        from wan_ergonomic.plugin import WanContract

    return WanContract()


@pytest.fixture
def wan_replay(request: pytest.FixtureRequest) -> Callable[..., dict[str, Any]]:
    """Returns the arguments for a client that plays a recording beside the test's file.

    ``WanClient(**wan_replay("boat.json"))`` needs no key and no network, and does not wait. Each
    recorded response must honor the contract, unless ``check=False`` is passed. A
    ``wan_ergonomic.replay.RecordingTransport`` makes a recording.
    """
    with _extra("wan_replay", "contract"):
        from wan_ergonomic.conformance import Checker  # noqa: F401
        from wan_ergonomic.plugin import replay_options

    return partial(replay_options, request.path.parent)


@contextmanager
def _extra(fixture: str, extra: str) -> Iterator[None]:
    """Fail with the command that installs a missing extra."""
    try:
        yield
    except ModuleNotFoundError as error:
        if str(error.name).startswith("wan_ergonomic"):
            raise
        pytest.fail(f"{fixture} needs: pip install 'wan-ergonomic[{extra}]'", pytrace=False)
