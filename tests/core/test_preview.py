"""Previews: the exact body, what the server adds to it, and what the model will not do."""

import json

import pytest

from tests.support.first_contract import OPTIONS
from wan_ergonomic import Preview, PromptDefaults, PromptWarning, WanClient, _spec
from wan_ergonomic._prompts import prepare

NONE = PromptDefaults()
LEAST = {"model": "alibaba/wan2.2-t2v-plus", "prompt": "A boat"}
pytestmark = pytest.mark.usefixtures("contract_as_it_was")


def warned(prompt="A boat", **options):
    """Return the warnings about a request."""
    return list(prepare(prompt, NONE, options).warnings)


@pytest.mark.parametrize(("name", "limit"), [("prompt", 800), ("negative_prompt", 500)])
def test_text_that_would_be_cut_is_warned_about(name, limit):
    """Beyond its limit a text is cut silently; the warning has the numbers."""
    assert warned(**{name: "a" * limit}) == []
    assert warned(**{name: "a" * (limit + 7)}) == [
        f"{name} has {limit + 7} characters; the model reads the first {limit} "
        "and silently ignores the other 7."
    ]


def test_what_defaults_add_counts_too():
    """The whole prompt is measured, prefix and suffix included."""
    long = prepare("a" * 799, PromptDefaults(prefix="b"), {})
    assert "prompt has 801 characters" in long.warnings[0]


@pytest.mark.parametrize("ratio", ["4:3", "3:4"])
def test_a_size_that_does_not_exist_is_warned_about(ratio):
    """4:3 and 3:4 do not exist at 480P; at 1080P, which is the server's default, they do."""
    assert warned(resolution="480p", aspect_ratio=ratio) == [
        f"The model does not support {ratio} at 480P; at 1080P it does."
    ]
    assert warned(resolution="1080P", aspect_ratio=ratio) == []
    assert warned(aspect_ratio=ratio) == []


def test_other_sizes_are_not_warned_about():
    """All the other pairs exist."""
    for resolution in OPTIONS["resolution"]["enum"]:
        for ratio in ("16:9", "9:16", "1:1"):
            assert warned(resolution=resolution, aspect_ratio=ratio) == []


@pytest.mark.parametrize("seed", [-1, 2**31, 10**12])
def test_a_seed_out_of_range_is_warned_about(seed):
    """The model takes 31 bits; other whole numbers are the server's to judge."""
    assert warned(seed=seed) == [f"seed is {seed}; the model accepts 0 to 2147483647."]


@pytest.mark.parametrize("seed", [0, 1, 2**31 - 1])
def test_a_seed_in_range_is_not_warned_about(seed):
    """Both ends of the range are in it."""
    assert warned(seed=seed) == []


def test_warnings_come_together():
    """Each thing that the model will not do is said."""
    options = {
        "resolution": "480P",
        "aspect_ratio": "4:3",
        "seed": -1,
        "negative_prompt": "a" * 501,
    }
    assert len(warned("a" * 801, **options)) == 4


def test_a_preview_is_the_body_and_what_the_server_fills_in():
    """Beside the exact body stands what the contract requires will be added to it."""
    assert prepare("A boat", NONE, {"resolution": "480p"}) == Preview(
        body={**LEAST, "resolution": "480P"},
        server_fills={"aspect_ratio": "16:9", "watermark": False, "enhance_prompt": True},
        warnings=(),
    )


def test_the_server_fills_in_what_has_a_default():
    """What is said to be filled in is every default of the document, and no more."""
    expected = {name: s["default"] for name, s in OPTIONS.items() if "default" in s}
    assert prepare("A boat", NONE, {}).server_fills == expected == _spec.server_defaults()


def test_a_client_previews_what_it_would_send(monkeypatch):
    """preview() goes by the client's defaults and the call's options, and sends nothing."""
    monkeypatch.setenv("AIMLAPI_API_KEY", "k")
    with WanClient(preset="draft", defaults=PromptDefaults(suffix="at dusk")) as wan:
        assert wan.preview("A boat", seed=0).body == {
            **LEAST,
            "prompt": "A boat at dusk",
            "resolution": "480P",
            "seed": 0,
        }
        assert "silently ignores" in wan.preview("a" * 900).warnings[0]


def test_a_warning_is_a_category_of_its_own():
    """Callers can silence or raise these warnings by their class."""
    assert issubclass(PromptWarning, UserWarning)


def test_the_body_is_json_as_it_is():
    """What preview shows can be printed and sent by any other means."""
    assert json.loads(json.dumps(prepare("A boat", NONE, {"seed": 0}).body)) == {**LEAST, "seed": 0}
