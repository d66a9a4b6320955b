"""A local server that plays the vendor: contract-checked, fast-forward, with real videos.

For the demo, the tests, and the test suites of whoever builds on this package.
Needs the ``sandbox`` extra; the core never imports it.
"""

from ._app import create_app
from ._records import Received
from ._scenario import Scenario
from ._scenarios import SCENARIOS
from ._server import Sandbox, SandboxError

__all__ = ["SCENARIOS", "Received", "Sandbox", "SandboxError", "Scenario", "create_app"]
