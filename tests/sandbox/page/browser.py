"""Opens the sandbox's page in Chromium."""

from __future__ import annotations

from typing import Any

from tests.support.browser import Window, open_window
from wan_ergonomic.sandbox import Sandbox

# Notes departures from the policy, and each time that the page has shown a state.
_WATCH = """
window.seen = { rendered: 0, violations: [] };
document.addEventListener("rendered", () => { seen.rendered += 1; });
document.addEventListener("securitypolicyviolation",
  (event) => seen.violations.push(event.effectiveDirective));
"""
TABS = ("jobs", "requests", "bill", "scenarios")


class SandboxView(Window):
    """The page in a window of its own."""

    def settle(self) -> None:
        """Wait until the page shows what the sandbox is like now."""
        before = self.page.evaluate("() => seen.rendered")
        # The first of two may have been requested before.
        self.until(lambda: self.page.evaluate("() => seen.rendered") > before + 1, "rendering")

    def tab(self, name: str) -> Any:
        """Open a tab and return its panel."""
        self.page.click(f"#tab-{name}")
        return self.page.locator(f"#{name}")

    def job(self, number: int = 0) -> Any:
        """Return a job, from the newest on."""
        return self.page.locator(".job").nth(number)


def open_page(browser: Any, sandbox: Sandbox, **options: Any) -> SandboxView:
    """Open the page in a window of its own, with the options of its context."""
    options = {"viewport": {"width": 1280, "height": 900}, **options}
    return open_window(SandboxView, browser, sandbox.page, _WATCH, **options)
