"""The pytest plugin: the fixtures ``wan_sandbox`` and ``wan_contract``, and ``--wan-live``.

Only the door. It is loaded in every suite of an environment that this package
is installed in, so nothing beside pytest is imported before something of it is
used, and what an extra is needed for says so then.

PYTEST_DONT_REWRITE, for there is no assertion in it.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from wan_ergonomic.plugin import WanContract, WanSandbox
    from wan_ergonomic.plugin._canary import Live

_MARKER = "wan_sandbox(**options): what this test's sandbox is made with, such as speed=1000"
_LIVE: pytest.StashKey[Live] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the checks against the real API."""
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
        help="with --wan-live: also make one video, for no more than this",
    )
    group.addoption(
        "--wan-base-url",
        metavar="URL",
        help="with --wan-live: where the API is, https or on this machine",
    )
    group.addoption(
        "--wan-page",
        metavar="SOURCE",
        help="with --wan-live: where its documents are published, if not where they came from",
    )


def _amount(text: str) -> float:
    amount = float(text)
    if not 0 < amount < float("inf"):
        raise ArgumentTypeError(f"{text} is no amount of money")
    return amount


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, and check the options before anything is run."""
    config.addinivalue_line("markers", _MARKER)
    if config.getoption("wan_live"):
        config.stash[_LIVE] = _live(config)
    elif config.getoption("wan_spend") is not None:
        raise pytest.UsageError("--wan-spend needs --wan-live.")


def _live(config: pytest.Config) -> Live:
    from wan_ergonomic.plugin._canary import Live

    from ._errors import ConfigurationError
    from ._settings import find_base_url

    page = config.getoption("wan_page")
    try:
        return Live(
            base_url=find_base_url(config.getoption("wan_base_url")),
            allowed=config.getoption("wan_spend"),
            sources=(page,) if page else (),
        )
    except ConfigurationError as error:
        raise pytest.UsageError(f"--wan-base-url: {error}") from error


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the checks against the real API, if they were asked for."""
    if _LIVE in config.stash:
        from wan_ergonomic.plugin._items import checks

        items += checks(session, config.stash[_LIVE])


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what was spent."""
    if _LIVE in config.stash:
        terminalreporter.section("wan-live")
        terminalreporter.line(config.stash[_LIVE].ledger.entry)


@pytest.fixture
def wan_sandbox(request: pytest.FixtureRequest) -> Iterator[WanSandbox]:
    """A running sandbox with its clients; see ``wan_ergonomic.plugin.WanSandbox``.

    ``@pytest.mark.wan_sandbox(speed=1000)`` chooses what it is made with.
    """
    marker = request.node.get_closest_marker("wan_sandbox")
    with _extra("wan_sandbox", "sandbox"):
        from wan_ergonomic.plugin import WanSandbox

        made = WanSandbox(**(marker.kwargs if marker else {}))
    with made as running:
        yield running


@pytest.fixture(scope="session")
def wan_contract() -> WanContract:
    """Asserts that requests and responses honour the vendored contract.

    See ``wan_ergonomic.plugin.WanContract``.
    """
    with _extra("wan_contract", "contract"):
        # The first check would import it, and fail with another message.
        from wan_ergonomic.conformance import Checker  # noqa: F401
        from wan_ergonomic.plugin import WanContract

    return WanContract()


@contextmanager
def _extra(fixture: str, extra: str) -> Iterator[None]:
    """Say what to install where an extra is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if str(error.name).startswith("wan_ergonomic"):
            raise
        pytest.fail(f"{fixture} needs: pip install 'wan-ergonomic[{extra}]'", pytrace=False)
