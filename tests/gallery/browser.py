"""Starts Chromium for a test and opens galleries in it.

Tests that use it are skipped where Chromium or the extra ``browser`` is not installed.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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

# Notes long tasks, departures from the policy, and that all cards are there.
_WATCH = """
window.seen = { rendered: 0, tasks: [], violations: [] };
document.addEventListener("rendered", () => { seen.rendered += 1; });
document.addEventListener("securitypolicyviolation",
  (event) => seen.violations.push(event.effectiveDirective));
new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map((e) => e.duration)))
  .observe({ type: "longtask", buffered: true });
"""


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
class View:
    """A gallery in a window of its own.

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

    def after(self, action: Callable[[], object]) -> None:
        """Do what shows other rows, and wait until all are there."""
        before = self.page.evaluate("() => seen.rendered")
        action()
        self.until(lambda: self.page.evaluate("() => seen.rendered") > before, "rendering")

    def search(self, text: str) -> None:
        """Filter by text."""
        self.after(lambda: self.page.fill("#text", text))

    def labels(self) -> list[str]:
        """Return the first line of each card that is shown."""
        found: list[str] = self.page.locator(".card .name").all_inner_texts()
        return found


def open_gallery(browser: Any, path: Path, **options: Any) -> View:
    """Open a page from the disk in a window of its own, with the options of its context."""
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
    view = View(context.new_page())
    view.page.on("request", lambda request: view.requests.append(request.url))
    view.page.on("pageerror", lambda error: view.problems.append(str(error)))
    view.page.on("console", lambda message: view.problems.append(message.text))
    view.page.add_init_script(_WATCH)
    view.page.goto(path.absolute().as_uri())
    view.until(lambda: view.page.evaluate("() => seen.rendered"), "rendering")
    return view
