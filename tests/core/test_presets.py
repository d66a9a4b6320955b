"""The layers of defaults: call, client, preset, configuration file."""

import pytest

from tests.support.options import has_fields, prompt_defaults
from wan_ergonomic import ConfigurationError, PromptDefaults, PromptError
from wan_ergonomic._prompts import PRESETS, find_preset, from_table, layer, prepare
from wan_ergonomic._settings import resolve_defaults

NONE = PromptDefaults()
pytestmark = pytest.mark.usefixtures("contract_as_it_was")


def test_the_first_layer_that_sets_an_option_wins():
    """Also for prefix and suffix."""
    first = prompt_defaults(seed=0, prefix="First")
    second = prompt_defaults(seed=1, watermark=False, prefix="Second", suffix="second")
    third = prompt_defaults(seed=2, watermark=True, aspect_ratio="1:1", suffix="third")
    assert layer(first, second, third) == prompt_defaults(
        seed=0, watermark=False, aspect_ratio="1:1", prefix="First", suffix="second"
    )
    assert layer() == NONE


@has_fields("seed", "watermark", "resolution", "aspect_ratio")
def test_a_call_wins_over_client_then_preset_then_file(monkeypatch, tmp_path):
    """In that order."""
    config = tmp_path / "wan.toml"
    config.write_text(
        "[defaults]\nseed = 4\nwatermark = true\nresolution = '480p'\naspect_ratio = '3:4'\n"
        "[presets.mine]\nseed = 3\nwatermark = false\nresolution = '1080P'\n"
    )
    monkeypatch.setenv("WAN_CONFIG", str(config))
    combined = resolve_defaults(prompt_defaults(seed=2, watermark=True), "mine")
    assert prepare("A boat", combined, {"seed": 1}).body == {
        **prepare("A boat", NONE, {}).body,
        "seed": 1,
        "watermark": True,
        "resolution": "1080P",
        "aspect_ratio": "3:4",
    }
    assert resolve_defaults(None, None).options()["seed"] == 4


@has_fields("resolution", "seed", "aspect_ratio")
def test_of_several_presets_the_last_one_wins_key_by_key(monkeypatch, tmp_path):
    """What it does not set is that of the ones before it; one name need not be in a list."""
    config = tmp_path / "wan.toml"
    config.write_text("[presets.mine]\nresolution = '1080P'\nseed = 3\n")
    monkeypatch.setenv("WAN_CONFIG", str(config))
    combined = resolve_defaults(None, ["draft", "portrait", "mine", "square"])
    assert combined == prompt_defaults(resolution="1080P", seed=3, aspect_ratio="1:1")
    assert resolve_defaults(None, ("mine", "draft")).options()["resolution"] == "480P"
    assert resolve_defaults(prompt_defaults(seed=0), ["mine"]).options()["seed"] == 0
    assert resolve_defaults(None, []) == NONE


@pytest.mark.parametrize("preset", ["daft", ["draft", "daft"], ["draft", None], 7])
def test_each_of_several_presets_has_to_exist(preset):
    """None is dropped in silence."""
    with pytest.raises(ConfigurationError, match="There is no preset"):
        resolve_defaults(None, preset)


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        pytest.param("draft", {"resolution": "480P"}, marks=has_fields("resolution")),
        pytest.param("literal", {"enhance_prompt": False}, marks=has_fields("enhance_prompt")),
        pytest.param("portrait", {"aspect_ratio": "9:16"}, marks=has_fields("aspect_ratio")),
        pytest.param("square", {"aspect_ratio": "1:1"}, marks=has_fields("aspect_ratio")),
    ],
)
def test_each_preset_sets_the_option_of_its_name(preset, expected):
    """A preset is a few options under one name."""
    assert find_preset(preset, {}).options() == expected


def test_each_built_in_preset_has_a_test():
    """A new one belongs in the test above."""
    assert set(PRESETS) == {"draft", "literal", "portrait", "square"}


@has_fields("seed")
def test_a_preset_of_the_configuration_file_wins():
    """Over a built-in one of the same name."""
    assert find_preset("draft", {"draft": {"seed": 5}}) == prompt_defaults(seed=5)


def test_an_unknown_preset_is_an_error_with_the_nearest_one():
    """It names all presets too."""
    with pytest.raises(ConfigurationError) as caught:
        find_preset("potrait", {"mine": {}})
    assert str(caught.value) == (
        "There is no preset 'potrait'. Did you mean 'portrait'? "
        "Presets: draft, literal, mine, portrait, square."
    )


@has_fields("resolution")
def test_an_unknown_key_of_a_table_is_an_error():
    """It names the table, the key and the nearest one."""
    with pytest.raises(ConfigurationError) as caught:
        from_table({"resolutoin": "480P"}, "The preset 'mine'")
    assert str(caught.value) == (
        "The preset 'mine' sets 'resolutoin', which does not exist. Did you mean 'resolution'? "
        "Nothing was sent."
    )


@has_fields("seed")
def test_a_wrong_value_of_a_table_is_an_error():
    """A configuration error, caused by the error about the value."""
    with pytest.raises(
        ConfigurationError, match="The preset 'mine': seed must be a whole"
    ) as caught:
        from_table({"seed": "7"}, "The preset 'mine'")
    assert isinstance(caught.value.__cause__, PromptError)
