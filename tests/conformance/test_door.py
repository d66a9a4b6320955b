"""What the package offers by its door."""

import pytest

from wan_ergonomic import conformance


@pytest.mark.parametrize("name", conformance.__all__)
def test_each_name_can_be_imported(name):
    """Those that need openapi-core are loaded at their first use."""
    assert getattr(conformance, name)


def test_an_unknown_name_is_an_attribute_error():
    """As with any other module."""
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        conformance.Nothing  # noqa: B018 - the access is the test
