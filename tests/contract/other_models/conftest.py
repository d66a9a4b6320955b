"""Documents of other models, built with the overlays of today."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def first_instead():
    """Today's documents: these tests are about them."""
