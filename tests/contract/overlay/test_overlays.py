"""Overlays: applying them, trying them, and removing actions from them."""

import json

import pytest
import yaml

from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract.overlay import _apply
from wan_ergonomic.contract.overlay._apply import survey
from wan_ergonomic.contract.overlay._overlay import Unneeded, load_overlays
from wan_ergonomic.contract.overlay._retire import without

HEAD = "overlay: 1.0.0\ninfo: {title: T, version: 1.0.0}\nx-stage: contract\n"
NEWER = "overlay: 1.1.0\ninfo: {title: T, version: '1', description: d}\nextends: a.json\n"
ONE = "[{target: $.none, description: d, remove: true}]"


@pytest.fixture
def apply(tmp_path):
    """A function that applies the actions of one overlay, written as YAML, to a document."""

    def apply(document: dict[str, object], actions: str, head: str = HEAD) -> dict[str, object]:
        (tmp_path / "fix.yaml").write_text(f"{head}actions: {actions}\n", "utf-8")
        return _apply.apply(document, load_overlays(tmp_path), "contract")

    return apply


def test_an_update_merges_objects_and_appends_lists(apply):
    """Keys that the update does not name are unchanged."""
    document = {"a": {"keep": 1, "deep": {"x": 1}, "tags": [1], "old": 1}}
    update = "{deep: {y: 2}, tags: [2], old: 2, new: {z: 3}}"
    expected = {"keep": 1, "deep": {"x": 1, "y": 2}, "tags": [1, 2], "old": 2, "new": {"z": 3}}
    actual = apply(document, f"[{{target: $.a, description: d, update: {update}}}]")
    assert actual == {"a": expected}


def test_the_given_document_is_unchanged(apply):
    """The result is a new document."""
    document = {"a": {"b": [1]}}
    apply(document, "[{target: $.a, description: d, update: {b: [2]}}]")
    assert document == {"a": {"b": [1]}}


def test_an_update_of_a_list_appends_one_element(apply):
    """As the Overlay specification defines it."""
    actual = apply({"a": [1]}, "[{target: $.a, description: d, update: {x: 2}}]")
    assert actual == {"a": [1, {"x": 2}]}


def test_an_update_of_the_root_merges_into_the_document(apply):
    """The target is the whole document."""
    assert apply({"a": 1}, "[{target: $, description: d, update: {b: 2}}]") == {"a": 1, "b": 2}


def test_several_elements_of_a_list_can_be_removed(apply):
    """Removing one does not change the index of the next."""
    actual = apply({"a": [1, 2, 3, 4]}, "[{target: '$.a[?@ > 2]', description: d, remove: true}]")
    assert actual == {"a": [1, 2]}


def test_actions_apply_in_order(apply):
    """An action can depend on an earlier one."""
    first, second = "{target: $, description: d, update: {b: {}}}", "{target: $.b, remove: true}"
    third = "{target: $, description: again, update: {b: {}}}"
    assert apply({}, f"[{first}, {second}, {third}]") == {"b": {}}


@pytest.mark.parametrize(
    ("action", "complaint"),
    [
        ("{target: $.none, update: {x: 1}}", "fix.yaml: $.none matches nothing."),
        ("{target: $.a, update: {b: 1}}", "fix.yaml: $.a changes nothing."),
        ("{target: '$.a[', update: {x: 1}}", "fix.yaml: $.a[ is not a valid JSONPath"),
        ("{target: $, remove: true}", "fix.yaml: an action must not remove the whole document."),
        ("{target: '$.a.~', remove: true}", "fix.yaml: $.a.~ cannot be removed."),
        ("{target: $.a}", "fix.yaml: $.a changes nothing."),
        ("{target: $.a.b, update: {x: 1}}", "$.a.b is 1, and the action's value does not fit it."),
        ("{target: $.a, update: [1]}", "$.a is an object, and the action's value does not fit it."),
        (
            "{target: $.a.b, update: 2}",
            "from Overlay 1.1 on, one text, number or other plain value",
        ),
    ],
)
def test_an_action_without_effect_is_an_error(apply, action, complaint):
    """So overlays also detect changes of the API. An invalid action is an error, too."""
    with pytest.raises(ContractError) as caught:
        apply({"a": {"b": 1}}, f"[{action[:-1]}, description: the reason}}]")
    assert complaint in str(caught.value)


def test_the_error_of_an_action_gives_its_reason(apply):
    """Whoever deletes the action needs it."""
    with pytest.raises(ContractError, match="The action's reason: because"):
        apply({}, "[{target: $.none, description: because, update: {x: 1}}]")


def test_the_reason_of_an_action_without_a_description_is_the_title(apply):
    """So are overlays that others publish."""
    with pytest.raises(ContractError, match=r"The action's reason: T$"):
        apply({}, "[{target: $.none, update: {x: 1}}]")


INVALID_ACTIONS = {
    "": "the file: 'actions' is a required property",
    "actions: []": "/actions: [] ",
    "actions: {}": "/actions: {} is not of type 'array'",
    "actions: [5]": "/actions/0: 5 is not of type 'object'",
    "actions: [{update: {x: 1}}]": "/actions/0: 'target' is a required property",
    "actions: [{target: paths, remove: true}]": "/actions/0/target: 'paths' does not match",
    "actions: [{target: $.a, remove: 'false'}]": "/actions/0/remove: 'false' is not of type 'bool",
    "actions: [{target: $.a, remove: yes}]": "/actions/0/remove: 'yes' is not of type 'boolean'",
    "actions: [{target: $.a, description: 5}]": "/actions/0/description: 5 is not of type 'string'",
    "actions: [{target: $.a}, {target: $.a}]": "has non-unique elements",
    "actions: [{target: $.a, copy: $.b}]": "/actions/0: 'copy' does not match any of",
    "actions: [{target: $.a}]\nextra: 1": "the file: 'extra' does not match any of",
    "actions: [{target: $.a}]\nextends: 5": "/extends: 5 is not of type 'string'",
}


@pytest.mark.parametrize("actions", INVALID_ACTIONS)
def test_what_the_standard_forbids_is_an_error_with_its_place(tmp_path, actions):
    """Any text is true in Python, so ``remove: 'false'`` must not be converted."""
    (tmp_path / "fix.yaml").write_text(f"{HEAD}{actions}\n", "utf-8")
    with pytest.raises(ContractError) as caught:
        load_overlays(tmp_path)
    assert str(caught.value).startswith("fix.yaml is not a valid overlay: ")
    assert INVALID_ACTIONS[actions] in str(caught.value)


@pytest.mark.parametrize(
    "head",
    ["overlay: 1.0.0\ninfo: {version: '1'}\n", "overlay: 1.0.0\n", "overlay: 1.1.0\ninfo: T\n"],
)
def test_an_overlay_needs_a_title_and_a_version(apply, head):
    """As the standard says."""
    with pytest.raises(ContractError, match=r"fix\.yaml is not a valid overlay: .*info"):
        apply({}, ONE, head)


@pytest.mark.parametrize(
    ("head", "complaint"),
    [
        ("x: [", "fix.yaml is not YAML: "),
        ("overlay: 2.0.0\n", "fix.yaml is not an OpenAPI Overlay 1.0 or 1.1 document."),
        ("overlay: 1.0\n", "fix.yaml is not an OpenAPI Overlay 1.0 or 1.1 document."),
        (HEAD.replace("contract", "late"), "fix.yaml: x-stage is 'late', not one of "),
        (f"{HEAD}x-scope: all\n", "fix.yaml: x-scope is 'all', not one of "),
    ],
)
def test_an_invalid_overlay_is_an_error(apply, head, complaint):
    """Otherwise its corrections would be missing without notice."""
    with pytest.raises(ContractError) as caught:
        apply({}, ONE, head)
    assert complaint in str(caught.value)


@pytest.mark.parametrize("name", ["a.overlay.yaml", "a.yml", "a.json"])
def test_an_overlay_that_others_publish_is_read(tmp_path, name):
    """Of any patch version, in YAML or JSON, and without what we add to the standard."""
    action = {"target": "$.a", "update": {"x": 1}, "remove": True, "x-by": "b"}
    data = {"overlay": "1.0.7", "info": {"title": "T", "version": "2", "x-a": 1}, "x-b": None}
    (tmp_path / name).write_text(json.dumps({**data, "actions": [action]}), "utf-8")
    (tmp_path / "README.md").touch()
    (overlay,) = load_overlays(tmp_path)
    assert (overlay.name, overlay.stage, overlay.scope) == (name, "contract", "model")
    assert [(each.target, each.reason) for each in overlay.actions] == [("$.a", "T")]
    # An update beside ``remove: true`` has no effect.
    assert _apply.apply({"a": {}, "b": 1}, [overlay], "contract") == {"b": 1}


def test_our_own_overlays_give_stage_scope_and_reasons(root):
    """Whoever reads one later can judge whether it is still needed."""
    for path in (root / "openapi" / "overlays").glob("*"):
        data = yaml.safe_load(path.read_text("utf-8"))
        assert {"x-stage", "x-scope"} <= data.keys(), path
        assert all(action["description"].strip() for action in data["actions"]), path


def test_a_folder_that_does_not_exist_has_no_overlays(tmp_path):
    """Git keeps no empty folder, and the last overlay may have been removed."""
    assert load_overlays(tmp_path / "none") == []


@pytest.mark.parametrize(
    ("document", "action", "expected"),
    [
        ({"a": "x"}, "{target: $.a, update: y}", {"a": "y"}),
        ({"a": None}, "{target: $.a, update: 0}", {"a": 0}),
        ({"a": [1, 2]}, "{target: '$.a[0]', update: true}", {"a": [True, 2]}),
        ({"a": [1]}, "{target: $.a, update: [2, 3]}", {"a": [1, 2, 3]}),
        ({"a": [1]}, "{target: $.a, update: {x: 2}}", {"a": [1, {"x": 2}]}),
        ({"a": [1]}, "{target: $.a, update: 2}", {"a": [1, 2]}),
        ({"a": {"x": 1}, "b": {}}, "{target: $.b, copy: $.a}", {"a": {"x": 1}, "b": {"x": 1}}),
        ({"a": "x", "b": [1]}, "{target: $.b, copy: $.a}", {"a": "x", "b": [1, "x"]}),
        ({"a": [2], "b": [1]}, "{target: $.b, copy: $.a}", {"a": [2], "b": [1, 2]}),
        ({"a": "x", "b": "y"}, "{target: '$[\"b\"]', copy: '$[\"a\"]'}", {"a": "x", "b": "x"}),
    ],
)
def test_overlay_1_1_copies_replaces_values_and_appends_lists(apply, document, action, expected):
    """As its specification defines it."""
    assert apply(document, f"[{action}]", NEWER) == expected


def test_a_copy_is_a_copy(apply):
    """A later action on one of the two does not change the other one."""
    actions = "[{target: $.b, copy: $.a}, {target: $.b.x, update: [2]}]"
    assert apply({"a": {"x": [1]}, "b": {}}, actions, NEWER) == {
        "a": {"x": [1]},
        "b": {"x": [1, 2]},
    }


@pytest.mark.parametrize(
    ("action", "complaint"),
    [
        ("{target: $.a, copy: $.none}", "$.none matches 0 values; 'copy' needs a JSONPath that"),
        ("{target: $.a, copy: $.*}", "$.* matches 2 values"),
        ("{target: $.a, copy: '$['}", "$[ is not a valid JSONPath"),
        ("{target: $.a, copy: a}", "/actions/0/copy: 'a' does not match"),
        ("{target: $.a, copy: $.b}", "$.a changes nothing."),
        ("{target: $.c, update: 1}", "$.c changes nothing."),
        ("{target: $.c, update: {}}", "$.c is 1, and the action's value does not fit it."),
        ("{target: $.a, update: 5}", "$.a is an object, and the action's value does not fit it."),
        ("{target: $.a}", "must have exactly one of 'update', 'copy' and 'remove'."),
        ("{target: $.a, update: 1, remove: true}", "must have exactly one of"),
        ("{target: $.a, copy: $.a, remove: true}", "must have exactly one of"),
    ],
)
def test_overlay_1_1_has_errors_of_its_own(apply, action, complaint):
    """For what does not fit, and for what would change nothing."""
    document = {"a": {}, "b": {}} if "$.*" in action else {"a": {}, "b": {}, "c": 1}
    with pytest.raises(ContractError) as caught:
        apply(document, f"[{action}]", NEWER)
    assert complaint in str(caught.value)


@pytest.fixture
def tried(tmp_path):
    """A function that tries the actions of one overlay, written as YAML, on a document."""

    def tried(
        document: dict[str, object], actions: str
    ) -> tuple[dict[str, object], list[Unneeded]]:
        (tmp_path / "fix.yaml").write_text(f"{HEAD}actions: {actions}\n", "utf-8")
        return survey(document, load_overlays(tmp_path), "contract")

    return tried


@pytest.mark.parametrize(
    ("target", "why"),
    [("$.none", "no longer applies"), ("$.a", "no longer needed"), ("$.a.b", "no longer applies")],
)
def test_an_unneeded_action_is_reported(tried, target, why):
    """The others are applied."""
    first = f"{{target: {target}, description: because, update: {{b: 1}}}}"
    result, unneeded = tried(
        {"a": {"b": 1}}, f"[{first}, {{target: $, description: d, update: {{c: 2}}}}]"
    )
    assert result == {"a": {"b": 1}, "c": 2}
    assert unneeded == [Unneeded("fix.yaml", 0, target, "because", why)]
    assert str(unneeded[0]) == f"fix.yaml: {target} {why}. The action's reason: because"


@pytest.mark.parametrize("update", ["other", "[1]", "2"])
def test_a_value_that_can_never_fit_is_no_unneeded_action(tried, update):
    """It is an error as in a vendored document: the file is someone's mistake, not out of date."""
    with pytest.raises(ContractError, match=r"\$\.a\.b is 1, and .* does not fit it"):
        tried({"a": {"b": 1}}, f"[{{target: $.a.b, description: d, update: {update}}}]")


def test_a_copy_of_nothing_is_not_needed(tmp_path):
    """The value that it would copy is gone."""
    (tmp_path / "fix.yaml").write_text(f"{NEWER}actions: [{{target: $.a, copy: $.b}}]\n", "utf-8")
    result, unneeded = survey({"a": {}}, load_overlays(tmp_path), "contract")
    assert (result, [each.why for each in unneeded]) == ({"a": {}}, ["no longer needed"])


def test_only_one_stage_is_tried_at_a_time(tmp_path):
    """Overlays of the other stage are ignored."""
    (tmp_path / "fix.yaml").write_text(
        f"{HEAD}actions: [{{target: $.none, description: d, remove: true}}]\n", "utf-8"
    )
    assert survey({"a": 1}, load_overlays(tmp_path), "client") == ({"a": 1}, [])


def test_an_update_that_changes_no_value_is_no_longer_needed(tried):
    """Also with nested objects and empty lists."""
    update = "{b: {c: [], d: {}}}"
    _, unneeded = tried(
        {"a": {"b": {"c": [1], "d": {"e": 1}}}},
        f"[{{target: $.a, description: d, update: {update}}}]",
    )
    assert [each.why for each in unneeded] == ["no longer needed"]


def test_an_overlay_has_a_scope(tmp_path):
    """By default, our documents only."""
    (tmp_path / "a.yaml").write_text(f"{HEAD}x-scope: family\nactions: {ONE}\n", "utf-8")
    (tmp_path / "b.yaml").write_text(f"{HEAD}actions: {ONE}\n", "utf-8")
    assert [overlay.scope for overlay in load_overlays(tmp_path)] == ["family", "model"]


BLOCK = """\
# What is wrong.
overlay: 1.0.0 # the format
actions:
  # The first.
  - target: $.a
    description: >-
      A long
      reason.
    # A remark - with a dash.
    update:
      x: [1,
        2]

  # The second.
  - # it
    target: $.b - c
    description: "b"
    remove: true
  - {target: $.c, description: c, remove: true}
# The end.
"""


def without_lines(first, last):
    """Return the example without some lines."""
    lines = BLOCK.splitlines(keepends=True)
    return "".join(lines[: first - 1] + lines[last:])


@pytest.mark.parametrize(
    ("indexes", "expected"),
    [
        ({0}, without_lines(5, 12)),
        ({1}, without_lines(15, 18)),
        ({2}, without_lines(19, 19)),
        ({1, 2}, without_lines(15, 19)),
        ({0, 1, 2}, None),
    ],
)
def test_only_the_actions_are_removed_from_a_file(indexes, expected):
    """Comments and other actions keep their bytes. Without actions, the file is removed."""
    assert without(BLOCK, indexes) == expected


def test_an_action_in_flow_style_is_removed():
    """From the line that it shares with others."""
    text = "overlay: 1.0.0\nactions: [{a: 1},   {b: 2}, {c: 3}] # all\n"
    assert without(text, {0, 2}) == "overlay: 1.0.0\nactions: [{b: 2}] # all\n"
    assert without(text, {1}) == "overlay: 1.0.0\nactions: [{a: 1}, {c: 3}] # all\n"


def test_each_action_of_our_overlays_can_be_removed(root):
    """The other actions of the file remain."""
    for path in sorted((root / "openapi" / "overlays").glob("*.yaml")):
        (overlay,) = (each for each in load_overlays(path.parent) if each.name == path.name)
        for index in range(len(overlay.actions)):
            rest = yaml.safe_load(without(path.read_text("utf-8"), {index}) or "actions: []")
            targets = [action.target for action in overlay.actions]
            assert [each["target"] for each in rest["actions"]] == targets[:index] + targets[
                index + 1 :
            ]


def test_a_document_that_is_nested_too_deeply_is_an_error(apply):
    """It is a ContractError, not a RecursionError."""
    document: dict[str, object] = {}
    for _ in range(100_000):
        document = {"a": document}
    with pytest.raises(ContractError, match="nested too deeply"):
        apply(document, ONE)
