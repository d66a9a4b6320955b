"""A local server that acts as the vendor's API, with real videos and failure scenarios.

For the demo, our tests, and the test suites of users. It checks requests against the
vendored contract and can run faster than real time. Its account is in `account`. Needs the
``sandbox`` extra; the core never imports it.
"""

from ._app import create_app
from ._named_scenario import SCENARIOS
from ._scenario import STAGES, Reply, Run, Scenario, Silence
from ._server import Sandbox, SandboxError
from .account import (
    ACCOUNT_SCENARIOS,
    ACCOUNT_STAGES,
    KEYLESS_PATHS,
    Account,
    AccountScenario,
    Transaction,
)
from .records import Received, SentResponse

__all__ = [
    "ACCOUNT_SCENARIOS",
    "ACCOUNT_STAGES",
    "KEYLESS_PATHS",
    "SCENARIOS",
    "STAGES",
    "Account",
    "AccountScenario",
    "Received",
    "Reply",
    "Run",
    "Sandbox",
    "SandboxError",
    "Scenario",
    "SentResponse",
    "Silence",
    "Transaction",
    "create_app",
]
