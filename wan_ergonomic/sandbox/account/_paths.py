"""The operations of the account, and their paths; all of them are GET."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

# Each name is the operationId in openapi/account/account.yaml.
Operation = Literal[
    "list_models", "model_metrics", "list_requests", "get_balance", "list_transactions"
]

PATHS: Mapping[Operation, str] = MappingProxyType(
    {
        "list_models": "/v1/models",
        "model_metrics": "/models/metrics",
        "list_requests": "/v2/logs",
        "get_balance": "/v2/billing",
        "list_transactions": "/v2/billing/transactions",
    }
)

# These need no API key.
KEYLESS: frozenset[Operation] = frozenset({"list_models", "model_metrics"})
KEYLESS_PATHS = frozenset(PATHS[operation] for operation in KEYLESS)
