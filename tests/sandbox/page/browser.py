"""Opens the sandbox's page in Chromium."""

from __future__ import annotations

from typing import Any

from tests.gallery.browser import View
from wan_ergonomic.sandbox import Sandbox

# Notes departures from the policy, and each time that the page has shown a state.
_WATCH = """
window.seen = { rendered: 0, violations: [] };
document.addEventListener("rendered", () => { seen.rendered += 1; });
document.addEventListener("securitypolicyviolation",
  (event) => seen.violations.push(event.effectiveDirective));
"""
TABS = ("jobs", "requests", "bill", "scenarios")


class SandboxView(View):
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
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    view = SandboxView(context.new_page())
    view.page.on("request", lambda request: view.requests.append(request.url))
    view.page.on("pageerror", lambda error: view.problems.append(str(error)))
    view.page.on("console", lambda message: view.problems.append(message.text))
    view.page.add_init_script(_WATCH)
    view.page.goto(sandbox.page)
    view.until(lambda: view.page.evaluate("() => seen.rendered"), "rendering")
    return view
