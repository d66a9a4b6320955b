"""What the references of a document lead to."""

import pytest

from wan_ergonomic.contract.document._pointer import component_name, look_up, reference_to

DOCUMENT = {"paths": {"/a~b c": [0, {"x": 1}]}, "": {"": 2}, "1": 3}


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("#", (DOCUMENT, "")),
        ("#/paths/~1a~0b%20c/0", (0, "/paths/~1a~0b c/0")),
        ("#/paths/~1a~0b%20c/1/x", (1, "/paths/~1a~0b c/1/x")),
        ("#/paths%2F~1a~0b c/0", (0, "/paths/~1a~0b c/0")),
        ("#//", (2, "//")),
        ("#/1", (3, "/1")),
        ("#/paths/~1a~0b c/2", None),
        ("#/paths/~1a~0b c/-1", None),
        ("#/paths/~1a~0b c/\N{ARABIC-INDIC DIGIT ZERO}", None),
        ("#/paths/~1a~0b c/x", None),
        (f"#/paths/~1a~0b c/{'9' * 5000}", None),
        ("#/1/2", None),
        ("#/nothing", None),
        ("#/paths/%7E1a~0b c/0", (0, "/paths/~1a~0b c/0")),
        ("#paths", None),
        ("other.json#/1", None),
        ("", None),
    ],
)
def test_a_reference_is_a_pointer_in_a_uri(reference, found):
    """Its fragment is decoded as a URI is, and then read as a pointer."""
    assert look_up(DOCUMENT, reference) == found


@pytest.mark.parametrize("name", ["A", "a/b", "a~1b", "", "é"])
def test_a_component_has_one_name(name):
    """The reference to a name leads back to the name."""
    assert component_name(reference_to(name)) == name
    assert component_name("#/components/schemas/a%20b") == "a b"
