"""Opens galleries in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.browser import Window, open_window

# Notes long tasks, departures from the policy, and that all cards are there.
_WATCH = """
window.seen = { rendered: 0, tasks: [], violations: [] };
document.addEventListener("rendered", () => { seen.rendered += 1; });
document.addEventListener("securitypolicyviolation",
  (event) => seen.violations.push(event.effectiveDirective));
new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map((e) => e.duration)))
  .observe({ type: "longtask", buffered: true });
"""


class View(Window):
    """A gallery in a window of its own."""

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
    options = {"viewport": {"width": 1440, "height": 900}, **options}
    return open_window(View, browser, path.absolute().as_uri(), _WATCH, **options)
