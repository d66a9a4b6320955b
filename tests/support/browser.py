"""Starts Chromium for a test and opens pages in it.

Tests that use it are skipped where Chromium or the extra ``browser`` is not installed.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
# The sandbox of Chromium needs rights that a test machine may not give. The others keep Chromium
# itself from using the network.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)
SECONDS = 20.0


W = TypeVar("W", bound="Window")


@contextmanager
def chromium() -> Iterator[Any]:
    """Start Chromium, or skip the test and say what is missing."""
    api = pytest.importorskip("playwright.sync_api", reason="the extra `browser` is not installed")
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("Chromium is not installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Window:
    """A page in a window of its own.

    Attributes:
        page: The page, as Playwright drives it.
        requests: The addresses that it has requested.
        problems: Errors of its scripts, and what it has written to the console.
    """

    page: Any
    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.page, name)

    def until(self, happened: Callable[[], object], what: str = "it") -> None:
        """Wait until something has happened."""
        deadline = time.monotonic() + SECONDS
        while not happened():
            assert time.monotonic() < deadline, f"{what} has not happened: {self.problems}"
            self.page.wait_for_timeout(20)


def open_window(kind: type[W], browser: Any, address: str, watch: str, **options: Any) -> W:
    """Open a page in a window of its own, and wait until it has rendered.

    Args:
        kind: The kind of window.
        browser: From ``chromium``.
        address: Of the page.
        watch: A script that runs before those of the page, and counts in ``seen.rendered``.
        **options: Of the window's context.
    """
    view = kind(browser.new_context(**options).new_page())
    view.page.on("request", lambda request: view.requests.append(request.url))
    view.page.on("pageerror", lambda error: view.problems.append(str(error)))
    view.page.on("console", lambda message: view.problems.append(message.text))
    view.page.add_init_script(watch)
    view.page.goto(address)
    view.until(lambda: view.page.evaluate("() => seen.rendered"), "rendering")
    return view
