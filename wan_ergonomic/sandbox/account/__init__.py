"""The account behind the sandbox: its books, and the operations that report them.

The paths and responses are those of ``openapi/account/account.yaml``. Nothing here uses the
client's reading of them, so that a client is tested against an independent server.
"""

from ._account import Account
from ._books import Books, Transaction
from ._endpoints import Endpoints
from ._in_play import InPlay
from ._named_scenarios import ACCOUNT_SCENARIOS
from ._paths import KEYLESS_PATHS, PATHS
from ._scenario import ACCOUNT_STAGES, AccountScenario

__all__ = [
    "ACCOUNT_SCENARIOS",
    "ACCOUNT_STAGES",
    "KEYLESS_PATHS",
    "PATHS",
    "Account",
    "AccountScenario",
    "Books",
    "Endpoints",
    "InPlay",
    "Transaction",
]
