"""Previews: the exact body, the server's defaults, and warnings."""

import json
from typing import Any

import pytest

from tests.support.first_contract import OPTIONS
from tests.support.options import has_fields, prompt_defaults
from wan_ergonomic import Preview, PromptDefaults, PromptError, PromptWarning, WanClient, _spec
from wan_ergonomic._prompts import prepare

NONE = PromptDefaults()
LEAST = {"model": "alibaba/wan2.2-t2v-plus", "prompt": "A boat"}
pytestmark = pytest.mark.usefixtures("contract_as_it_was")


def warnings_of(prompt="A boat", **options):
    """Return the warnings about a request."""
    return list(prepare(prompt, NONE, options).warnings)


def refused(prompt="A boat", **options):
    """Return what is said of a request that the model does not support; check that it is refused.

    The same is a warning, if it is to be sent all the same.
    """
    with pytest.raises(PromptError) as caught:
        prepare(prompt, NONE, options)
    problems, _, advice = str(caught.value).partition(" The API may charge for it all the same.")
    assert "Nothing was sent or spent." in advice
    assert "allow_unsupported=True" in advice
    assert "--allow-unsupported" in advice
    allowed = prepare(prompt, NONE, options, allow_unsupported=True)
    assert " ".join(allowed.warnings).startswith(problems)
    return problems


@pytest.mark.parametrize(("name", "limit"), [("prompt", 800), ("negative_prompt", 500)])
def test_text_that_would_be_cut_is_warned_about(name, limit):
    """The warning has the numbers; the model gives none."""
    assert warnings_of(**{name: "a" * limit}) == []
    assert warnings_of(**{name: "a" * (limit + 7)}) == [
        f"{name} has {limit + 7} characters; the model reads the first {limit} "
        "and silently ignores the other 7."
    ]


@pytest.mark.parametrize(("name", "limit"), [("prompt", 800), ("negative_prompt", 500)])
def test_text_of_which_most_would_be_cut_is_refused(name, limit):
    """Beyond twice the length that is read."""
    assert len(warnings_of(**{name: "a" * 2 * limit})) == 1
    assert refused(**{name: "a" * (2 * limit + 1)}) == (
        f"{name} has {2 * limit + 1} characters; the model reads the first {limit} "
        f"and silently ignores the other {limit + 1}."
    )


def test_prefix_and_suffix_count_too():
    """The whole prompt is measured."""
    long = prepare("a" * 799, PromptDefaults(prefix="b"), {})
    assert "prompt has 801 characters" in long.warnings[0]
    with pytest.raises(PromptError, match="prompt has 1601 characters"):
        prepare("a" * 799, PromptDefaults(prefix="b" * 801), {})


@pytest.mark.parametrize("ratio", ["4:3", "3:4"])
def test_a_size_that_does_not_exist_is_refused(ratio):
    """4:3 and 3:4 exist at 1080P, the server's default, but not at 480P."""
    problem = f"The model does not support {ratio} at 480P; at 1080P it does."
    assert refused(resolution="480p", aspect_ratio=ratio) == problem
    assert warnings_of(resolution="1080P", aspect_ratio=ratio) == []
    assert warnings_of(aspect_ratio=ratio) == []


def test_other_sizes_are_not_warned_about():
    """All other pairs exist."""
    for resolution in OPTIONS["resolution"]["enum"]:
        for ratio in ("16:9", "9:16", "1:1"):
            assert warnings_of(resolution=resolution, aspect_ratio=ratio) == []


@pytest.mark.parametrize("seed", [-1, 2**31, 10**12])
def test_a_seed_out_of_range_is_refused(seed):
    """The model uses 31 bits."""
    assert refused(seed=seed) == f"seed is {seed}; the model accepts 0 to 2147483647."


@pytest.mark.parametrize("seed", [0, 1, 2**31 - 1])
def test_a_seed_in_range_is_sent(seed):
    """The range includes both ends."""
    assert warnings_of(seed=seed) == []


def test_a_request_may_have_several_problems():
    """An error names each that is one; if they are allowed, there is a warning about each."""
    size = {"resolution": "480P", "aspect_ratio": "4:3"}
    options = {**size, "seed": -1, "negative_prompt": "a" * 501}
    problems = refused("a" * 1601, **options)
    assert [text in problems for text in ("prompt has", "4:3", "seed", "negative")] == [
        *3 * [True],
        False,
    ]
    allowed = prepare("a" * 1601, NONE, options, allow_unsupported=True)
    assert len(allowed.warnings) == 4


def test_a_default_that_is_not_supported_is_refused_with_its_prompt():
    """Not when the defaults are made, for a call may set another value."""
    defaults = prompt_defaults(resolution="480P", aspect_ratio="4:3")
    with pytest.raises(PromptError, match="does not support 4:3 at 480P"):
        prepare("A boat", defaults, {})
    assert prepare("A boat", defaults, {"resolution": "1080P"}).warnings == ()


def test_a_preview_has_the_body_and_the_servers_defaults():
    """Those that the contract documents."""
    assert prepare("A boat", NONE, {"resolution": "480p"}) == Preview(
        body={**LEAST, "resolution": "480P"},
        server_fills={"aspect_ratio": "16:9", "watermark": False, "enhance_prompt": True},
        warnings=(),
    )


def test_the_servers_defaults_are_those_of_the_contract():
    """All of them, and no others."""
    expected = {name: s["default"] for name, s in OPTIONS.items() if "default" in s}
    assert prepare("A boat", NONE, {}).server_fills == expected == _spec.server_defaults()


@has_fields("resolution")
def test_a_client_previews_what_it_would_send(monkeypatch):
    """With its defaults and the call's options; nothing is sent."""
    monkeypatch.setenv("AIMLAPI_API_KEY", "k")
    once: Any = {"seed": 0}
    with WanClient(preset="draft", defaults=PromptDefaults(suffix="at dusk")) as wan:
        assert wan.preview("A boat", **once).body == {
            **LEAST,
            "prompt": "A boat at dusk",
            "resolution": "480P",
            "seed": 0,
        }
        assert "silently ignores" in wan.preview("a" * 900).warnings[0]


def test_warnings_have_a_category_of_their_own():
    """Callers can ignore them, or turn them into errors, by their class."""
    assert issubclass(PromptWarning, UserWarning)


def test_the_body_of_a_preview_is_json():
    """It can be sent by any other means."""
    assert json.loads(json.dumps(prepare("A boat", NONE, {"seed": 0}).body)) == {**LEAST, "seed": 0}
