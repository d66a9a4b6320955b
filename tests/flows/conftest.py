"""These rules hold for any contract: they are tested with the first."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def first_instead(contract_as_it_was):
    """The first contract instead of today's."""
