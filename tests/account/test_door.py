"""What the package of the account shows of itself."""

from __future__ import annotations

import pytest

from wan_ergonomic import account


def test_each_public_name_is_listed_and_can_be_used():
    """Though it is loaded only when it is used."""
    assert {*account.__all__} <= {*dir(account)}
    assert all(getattr(account, name) for name in account.__all__)


def test_another_name_is_an_error():
    """As in any module."""
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = account.nothing
