"""A local server that plays the vendor: contract-checked, fast-forward, with real videos.

For the demo, the tests, and the test suites of whoever builds on this package.
Needs the ``sandbox`` extra; the core never imports it.
"""

from wan_ergonomic.sandbox._app import create_app
from wan_ergonomic.sandbox._fate import Fate
from wan_ergonomic.sandbox._fates import FATES
from wan_ergonomic.sandbox._records import Received
from wan_ergonomic.sandbox._server import Sandbox, SandboxError

__all__ = ["FATES", "Fate", "Received", "Sandbox", "SandboxError", "create_app"]
