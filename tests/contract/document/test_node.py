"""Nodes of a document."""

from __future__ import annotations

from wan_ergonomic.contract.document._node import Tree, elements, entries, value_of

DOCUMENT = {
    "a": {"b/c": [1, {"x": True}], "$ref": 5},
    "to": {"$ref": "#/a"},
    "chain": {"$ref": "#/to"},
    "gone": {"$ref": "#/nothing"},
    "loop": {"$ref": "#/loop"},
    "round": {"$ref": "#/and-round"},
    "and-round": {"$ref": "#/round"},
}
ROOT = Tree(DOCUMENT).top()


def test_references_on_the_way_are_followed():
    """The pointer is that of the place where the value is written."""
    node = ROOT.get("chain", "b/c")
    assert node
    assert (node.value, node.pointer) == ([1, {"x": True}], "/a/b~1c")
    last = ROOT.get("chain")
    assert last
    assert last.pointer == "/chain"


def test_a_missing_place_is_none():
    """So is a place in a value that is not an object."""
    assert ROOT.get("b") is None
    assert ROOT.get("a", "b/c", "0") is None
    assert ROOT.get("gone", "x") is None


def test_a_chain_of_references_is_followed_to_its_end():
    """An end that does not exist, or a circle, is None."""
    chain, gone = ROOT.get("chain"), ROOT.get("gone")
    assert chain
    assert gone
    assert value_of(chain.resolved()) is DOCUMENT["a"]
    assert value_of(chain.followed()) is DOCUMENT["to"]
    assert (gone.followed(), gone.resolved()) == (None, None)
    for name in ("loop", "round"):
        node = ROOT.get(name)
        assert node
        assert node.resolved() is None


def test_the_entries_of_an_object_and_the_elements_of_a_list():
    """Other values have none."""
    assert entries(ROOT.get("to")).keys() == {"b/c", "$ref"}
    both = elements(ROOT.get("a", "b/c"))
    assert [(node.value, node.pointer) for node in both] == [
        (1, "/a/b~1c/0"),
        ({"x": True}, "/a/b~1c/1"),
    ]
    assert entries(both[0]) == {}
    assert elements(both[0]) == elements(None) == []
    assert entries(None) == entries(ROOT.get("gone")) == {}
    assert value_of(None) is None


def test_a_flag_is_true_or_not():
    """Only ``true`` counts."""
    flag = elements(ROOT.get("a", "b/c"))[1]
    assert flag.is_true("x")
    assert not flag.is_true("y")
    assert not ROOT.is_true("a")
