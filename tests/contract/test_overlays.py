"""Applying corrections."""

import pytest

from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract._documents import build
from wan_ergonomic.contract._overlays import load_overlays

HEAD = "overlay: 1.0.0\ninfo: {title: T, version: 1.0.0}\nx-stage: contract\n"


@pytest.fixture
def apply(tmp_path):
    """A function that applies the actions of one overlay, written as YAML, to a document."""

    def apply(document: dict[str, object], actions: str, head: str = HEAD) -> dict[str, object]:
        (tmp_path / "fix.yaml").write_text(f"{head}actions: {actions}\n", "utf-8")
        return build(document, load_overlays(tmp_path), "contract")

    return apply


def test_an_update_merges_objects_and_appends_lists(apply):
    """What an update does not name stays as it was."""
    document = {"a": {"keep": 1, "deep": {"x": 1}, "tags": [1], "old": 1}}
    update = "{deep: {y: 2}, tags: [2], old: 2, new: {z: 3}}"
    expected = {"keep": 1, "deep": {"x": 1, "y": 2}, "tags": [1, 2], "old": 2, "new": {"z": 3}}
    actual = apply(document, f"[{{target: $.a, description: d, update: {update}}}]")
    assert actual == {"a": expected}


def test_the_document_that_is_corrected_stays_as_it_was(apply):
    """Applying gives a new document."""
    document = {"a": {"b": [1]}}
    apply(document, "[{target: $.a, description: d, update: {b: [2]}}]")
    assert document == {"a": {"b": [1]}}


def test_an_update_of_a_list_appends_one_element(apply):
    """As the overlay format says."""
    actual = apply({"a": [1]}, "[{target: $.a, description: d, update: {x: 2}}]")
    assert actual == {"a": [1, {"x": 2}]}


def test_an_update_of_the_root_merges_into_the_document(apply):
    """The whole document is a place like any other."""
    assert apply({"a": 1}, "[{target: $, description: d, update: {b: 2}}]") == {"a": 1, "b": 2}


def test_several_elements_of_a_list_can_be_removed(apply):
    """Removing one does not move the next out of reach."""
    actual = apply({"a": [1, 2, 3, 4]}, "[{target: '$.a[?@ > 2]', description: d, remove: true}]")
    assert actual == {"a": [1, 2]}


def test_actions_apply_in_order(apply):
    """A later action sees what an earlier one did."""
    first, second = "{target: $, description: d, update: {b: {}}}", "{target: $.b, remove: true"
    assert apply({}, f"[{first}, {second}, description: d}}, {first}]") == {"b": {}}


@pytest.mark.parametrize(
    ("action", "complaint"),
    [
        ("{target: $.none, update: {x: 1}}", "fix.yaml: $.none matches nothing."),
        ("{target: $.a, update: {b: 1}}", "fix.yaml: $.a changes nothing."),
        ("{target: '$.a[', update: {x: 1}}", "fix.yaml: $.a[ is no JSONPath"),
        ("{target: $, remove: true}", "fix.yaml: an action may not remove the document."),
        ("{target: $.a.b, update: {x: 1}}", "$.a.b is neither an object nor a list"),
        ("{target: $.a}", "fix.yaml: the action on $.a must either update or remove."),
        ("{target: $.a, update: {}, remove: true}", "$.a must either update or remove."),
        ("{update: {x: 1}}", "fix.yaml: an action has no target."),
    ],
)
def test_an_action_that_cannot_do_its_work_is_an_error(apply, action, complaint):
    """Each correction is also a sensor: it says when it is no longer right."""
    with pytest.raises(ContractError) as caught:
        apply({"a": {"b": 1}}, f"[{action[:-1]}, description: the reason}}]")
    assert complaint in str(caught.value)


def test_a_dead_action_gives_its_reason(apply):
    """Whoever deletes it should know why it was there."""
    with pytest.raises(ContractError, match="Its reason was: because"):
        apply({}, "[{target: $.none, description: because, update: {x: 1}}]")


def test_an_action_without_a_reason_is_an_error(apply):
    """A correction nobody can explain cannot be judged later."""
    with pytest.raises(ContractError, match=r"fix\.yaml: an action has no reason\."):
        apply({"a": {}}, "[{target: $.a, update: {x: 1}}]")


@pytest.mark.parametrize(
    ("head", "complaint"),
    [
        ("x: [", "fix.yaml is not YAML: "),
        ("overlay: 2.0.0\n", "fix.yaml is not an OpenAPI Overlay 1.0 document."),
        ("overlay: 1.0.0\nx-stage: late\n", "fix.yaml: x-stage is 'late', not one of "),
    ],
)
def test_a_file_that_is_no_overlay_is_an_error(apply, head, complaint):
    """A correction that is never applied must not go unnoticed."""
    with pytest.raises(ContractError) as caught:
        apply({}, "[]", head)
    assert complaint in str(caught.value)


def test_an_overlay_without_actions_changes_nothing(apply):
    """An empty list of corrections is not an error."""
    assert apply({"a": 1}, "") == {"a": 1}
