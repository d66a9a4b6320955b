"""A local server that acts as the vendor's API, with real videos and failure scenarios.

For the demo, our tests, and the test suites of users. It checks requests against the
vendored contract and can run faster than real time. Needs the ``sandbox`` extra; the
core never imports it.
"""

from ._app import create_app
from ._named_scenario import SCENARIOS
from ._records import Received
from ._scenario import Scenario
from ._server import Sandbox, SandboxError

__all__ = ["SCENARIOS", "Received", "Sandbox", "SandboxError", "Scenario", "create_app"]
