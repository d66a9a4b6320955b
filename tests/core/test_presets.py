"""Defaults in layers: per call, per client, per preset, per configuration file."""

import pytest

from wan_ergonomic import ConfigurationError, PromptDefaults, PromptError
from wan_ergonomic._prompts import PRESETS, find_preset, from_table, layer, prepare
from wan_ergonomic._settings import resolve_defaults

NONE = PromptDefaults()
pytestmark = pytest.mark.usefixtures("contract_as_it_was")


def test_the_first_layer_that_sets_something_wins():
    """Each option, prefix and suffix is taken from the first of the defaults that has it."""
    first = PromptDefaults(seed=0, prefix="First")
    second = PromptDefaults(seed=1, watermark=False, prefix="Second", suffix="second")
    third = PromptDefaults(seed=2, watermark=True, aspect_ratio="1:1", suffix="third")
    assert layer(first, second, third) == PromptDefaults(
        seed=0, watermark=False, aspect_ratio="1:1", prefix="First", suffix="second"
    )
    assert layer() == NONE


def test_call_then_client_then_preset_then_file(monkeypatch, tmp_path):
    """Per-call options win over defaults, those over the preset, that over the file."""
    config = tmp_path / "wan.toml"
    config.write_text(
        "[defaults]\nseed = 4\nwatermark = true\nresolution = '480p'\naspect_ratio = '3:4'\n"
        "[presets.mine]\nseed = 3\nwatermark = false\nresolution = '1080P'\n"
    )
    monkeypatch.setenv("WAN_CONFIG", str(config))
    combined = resolve_defaults(PromptDefaults(seed=2, watermark=True), "mine")
    assert prepare("A boat", combined, {"seed": 1}).body == {
        **prepare("A boat", NONE, {}).body,
        "seed": 1,
        "watermark": True,
        "resolution": "1080P",
        "aspect_ratio": "3:4",
    }
    assert resolve_defaults(None, None).seed == 4


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("draft", {"resolution": "480P"}),
        ("literal", {"enhance_prompt": False}),
        ("portrait", {"aspect_ratio": "9:16"}),
        ("square", {"aspect_ratio": "1:1"}),
    ],
)
def test_each_preset_sets_what_its_name_says(preset, expected):
    """A preset is a few options under one name."""
    assert find_preset(preset, {}).options() == expected


def test_each_built_in_preset_has_a_test():
    """A preset that is added is tested above."""
    assert set(PRESETS) == {"draft", "literal", "portrait", "square"}


def test_a_preset_of_the_users_own_wins():
    """The configuration file may give a built-in name another meaning."""
    assert find_preset("draft", {"draft": {"seed": 5}}) == PromptDefaults(seed=5)


def test_an_unknown_preset_is_refused_with_the_nearest_one():
    """The error names the nearest preset, and all there are."""
    with pytest.raises(ConfigurationError) as caught:
        find_preset("potrait", {"mine": {}})
    assert str(caught.value) == (
        "There is no preset 'potrait'. Did you mean 'portrait'? "
        "Presets: draft, literal, mine, portrait, square."
    )


def test_a_table_that_sets_what_does_not_exist_is_refused():
    """A configuration file's mistake names the table, the key and the nearest one."""
    with pytest.raises(ConfigurationError) as caught:
        from_table({"resolutoin": "480P"}, "The preset 'mine'")
    assert str(caught.value) == (
        "The preset 'mine' sets 'resolutoin', which does not exist. Did you mean 'resolution'? "
        "Nothing was sent."
    )


def test_a_table_with_a_wrong_value_is_refused():
    """A configuration file's wrong value is a configuration error that says what is wrong."""
    with pytest.raises(
        ConfigurationError, match="The preset 'mine': seed must be a whole"
    ) as caught:
        from_table({"seed": "7"}, "The preset 'mine'")
    assert isinstance(caught.value.__cause__, PromptError)
