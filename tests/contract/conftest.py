"""Rules that hold for any documents are tested with the first ones."""

from __future__ import annotations

import pytest

from tests.support.first_contract import first_published


@pytest.fixture(autouse=True)
def first_instead(documents_as_they_were):
    """The first documents; tests of today's replace this fixture by an empty one."""


@pytest.fixture
def published():
    """The exact text of each document as it was published first, by role."""
    return first_published()
