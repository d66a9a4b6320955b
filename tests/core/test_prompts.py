"""Prompts and options: which are sent, and which are rejected before they cost anything."""

from dataclasses import fields
from typing import Any

import pytest

from tests.support.first_contract import OPTIONS, first_contract
from tests.support.options import prompt_defaults
from wan_ergonomic import PromptDefaults, PromptError, _spec
from wan_ergonomic._prompts import check_options, prepare

MODEL = "alibaba/wan2.2-t2v-plus"
NONE = PromptDefaults()
# For options without an enum; falsy values among them.
VALUES = {
    "string": ["fog", "ümläut 🐉", ""],
    "integer": [0, 1, 2**31 - 1],
    "boolean": [True, False],
}


def body(prompt="A boat", defaults=NONE, **options):
    """Return the body of a submission."""
    return prepare(prompt, defaults, options).body


def values(schema):
    """Return values for an option; all of them, if it is an enum."""
    return schema.get("enum") or VALUES[schema["type"]]


@pytest.fixture(autouse=True)
def contract(monkeypatch):
    """A fixed contract, which a test may change: these rules hold for any contract."""
    document = first_contract()
    monkeypatch.setattr(_spec, "contract", lambda: document)


def test_a_new_option_can_be_sent_before_the_wrapper_names_it():
    """It is checked by its schema in the contract."""
    _spec.request_schema()["properties"].update(
        frame_rate={"type": "integer", "enum": [24, 30]}, anything={}, strength={"type": "number"}
    )
    sent = body(frame_rate=30, anything=True, strength=0.5)
    assert (sent["frame_rate"], sent["anything"], sent["strength"]) == (30, True, 0.5)
    assert body(strength=1)["strength"] == 1
    with pytest.raises(PromptError, match="frame_rate cannot be 25"):
        body(frame_rate=25)
    with pytest.raises(PromptError, match="strength must be a number, not True"):
        body(strength=True)


def test_only_options_of_the_contract_can_be_set():
    """Neither the model nor an option that the contract lacks."""
    for name in ("model", "prompt", "steps"):
        with pytest.raises(PromptError, match=f"There is no option '{name}'"):
            check_options({name: "x"})
        assert name not in {f.name for f in fields(PromptDefaults)}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in OPTIONS for value in values(OPTIONS[name])]
)
def test_every_value_of_every_option_can_be_set(name, value):
    """In a call and as a default."""
    expected = {"model": MODEL, "prompt": "A boat", name: value}
    assert body(**{name: value}) == expected
    assert body(defaults=prompt_defaults(**{name: value})) == expected


def test_an_option_that_is_not_set_is_not_sent():
    """None means not set; the server's defaults apply."""
    assert body() == {"model": MODEL, "prompt": "A boat"}
    assert body(**dict.fromkeys(OPTIONS)) == body()
    assert NONE.options() == {}


def test_false_and_zero_are_sent():
    """Falsy values are values."""
    sent = body(seed=0, enhance_prompt=False, watermark=False, negative_prompt="")
    assert sent == {
        **body(),
        "seed": 0,
        "enhance_prompt": False,
        "watermark": False,
        "negative_prompt": "",
    }
    defaults = prompt_defaults(seed=0, enhance_prompt=False)
    assert (body(defaults=defaults)["seed"], body(defaults=defaults)["enhance_prompt"]) == (
        0,
        False,
    )


def test_a_call_can_set_a_falsy_value_over_a_default():
    """False or 0 wins over a default."""
    defaults = prompt_defaults(seed=7, watermark=True)
    sent = body(defaults=defaults, seed=0, watermark=False)
    assert (sent["seed"], sent["watermark"]) == (0, False)


def test_the_model_is_that_of_the_contract():
    """The only one that it is published for."""
    assert _spec.model() == body()["model"] == MODEL
    _spec.request_schema()["properties"]["model"] = {"enum": ["alibaba/wan9"]}
    assert body()["model"] == "alibaba/wan9"


@pytest.mark.parametrize(
    ("name", "given", "sent"),
    [
        ("resolution", "480p", "480P"),
        ("resolution", " 1080p ", "1080P"),
        ("aspect_ratio", " 16:9", "16:9"),
    ],
)
def test_case_and_spaces_of_an_enum_value_are_corrected(name, given, sent):
    """The server accepts the contract's spelling only."""
    assert body(**{name: given})[name] == sent
    assert body(defaults=prompt_defaults(**{name: given}))[name] == sent


@pytest.mark.parametrize(
    ("schema", "listed"), [({"enum": ["a", None]}, ["a"]), ({}, []), (True, [])]
)
def test_null_is_none_of_the_values_that_a_schema_lists(schema, listed):
    """A person leaves the option out; a schema that lists none allows any."""
    assert _spec.choices(schema) == listed


@pytest.mark.parametrize(
    ("name", "given", "meant"),
    [
        ("resolution", "1080", "1080P"),
        ("resolution", "1080i", "1080P"),
        ("resolution", "480", "480P"),
        ("aspect_ratio", "16/9", "16:9"),
        ("aspect_ratio", "9x16", "9:16"),
        ("aspect_ratio", "1:2", "1:1"),
    ],
)
def test_an_unknown_value_is_an_error_with_the_nearest_one(name, given, meant):
    """It has all values too, and says that nothing was spent."""
    with pytest.raises(PromptError) as caught:
        body(**{name: given})
    assert str(caught.value) == (
        f"{name} cannot be {given!r}. Did you mean {meant!r}? "
        f"It is one of {', '.join(OPTIONS[name]['enum'])}. Nothing was sent or spent."
    )


@pytest.mark.parametrize(
    ("given", "meant"),
    [("resolutoin", "resolution"), ("aspect", "aspect_ratio"), ("Seed", "seed")],
)
def test_an_unknown_option_is_an_error_with_the_nearest_one(given, meant):
    """It says that nothing was spent."""
    with pytest.raises(PromptError) as caught:
        body(**{given: 1})
    assert str(caught.value) == (
        f"There is no option {given!r}. Did you mean {meant!r}? Nothing was sent or spent."
    )


@pytest.mark.parametrize("prompt", ["", " ", "\n\t", "\u3000", None, 5, ["A boat"]])
def test_a_blank_prompt_is_an_error(prompt):
    """Whatever prefix and suffix the defaults add."""
    with pytest.raises(PromptError, match=r"prompt .*Nothing was sent or spent"):
        body(prompt, PromptDefaults(prefix="A film of"))


@pytest.mark.parametrize("seed", [2**53 + 1, -(2**53) - 1, 2**1000])
def test_a_seed_that_json_readers_round_is_an_error(seed):
    """Beyond 2**53 a reader may use a float."""
    with pytest.raises(PromptError, match=f"seed must be within ±{2**53}"):
        prepare("A boat", NONE, {"seed": seed}, allow_unsupported=True)
    assert body(seed=2**31 - 1)["seed"] == 2**31 - 1


@pytest.mark.parametrize("seed", ["any", [-1], {}, None])
def test_what_is_known_of_the_model_is_about_values_of_todays_types(seed):
    """Options may get other types."""
    _spec.request_schema()["properties"].update(seed={}, resolution={}, negative_prompt={})
    made = prepare("A boat", NONE, {"seed": seed, "resolution": {}, "negative_prompt": 5})
    assert (made.warnings, "seed" in made.server_fills) == ((), False)


@pytest.mark.parametrize("seed", [True, 1.0, "7", [7], 1 + 0j])
def test_a_seed_that_is_not_an_integer_is_an_error(seed):
    """Neither a boolean nor a float nor text is one."""
    for make in (lambda: body(seed=seed), lambda: prompt_defaults(seed=seed)):
        with pytest.raises(PromptError, match="seed must be a whole number, not") as caught:
            make()
        assert repr(seed) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("watermark", 1, "watermark must be True or False, not 1"),
        ("enhance_prompt", "no", "enhance_prompt must be True or False, not 'no'"),
        ("negative_prompt", ["fog"], "negative_prompt must be text"),
        ("resolution", 480, "resolution must be text, not 480"),
        ("aspect_ratio", (16, 9), "aspect_ratio must be text"),
    ],
)
def test_a_value_of_the_wrong_type_is_an_error(name, value, words):
    """In a call and as a default."""
    with pytest.raises(PromptError) as caught:
        body(**{name: value})
    assert words in str(caught.value)
    with pytest.raises(PromptError):
        prompt_defaults(**{name: value})


@pytest.mark.parametrize("name", ["prefix", "suffix"])
def test_prefix_and_suffix_are_text(name):
    """They are checked when the defaults are made."""
    wrong: dict[str, Any] = {name: 5}
    with pytest.raises(PromptError, match=f"{name} must be text"):
        PromptDefaults(**wrong)


def test_prefix_and_suffix_are_joined_to_the_prompt_by_a_space():
    """An empty one adds nothing."""
    both = PromptDefaults(prefix=" A film of ", suffix="in the rain. ")
    assert body(" a boat ", both)["prompt"] == "A film of a boat in the rain."
    assert body("a boat", PromptDefaults(suffix="at dusk"))["prompt"] == "a boat at dusk"
    assert set(body(defaults=both)) == {"model", "prompt"}


@pytest.mark.parametrize(
    ("prompt", "defaults", "options", "name"),
    [
        ("A boat \ud83d", NONE, {}, "prompt"),
        ("A boat", PromptDefaults(prefix="\udc89"), {}, "prompt"),
        ("A boat", NONE, {"negative_prompt": "fog\ud83d"}, "negative_prompt"),
        ("A boat", NONE, {"resolution": "480P\ud83d"}, "resolution"),
    ],
)
def test_an_unpaired_surrogate_is_an_error(prompt, defaults, options, name):
    """It cannot be encoded as UTF-8; the error has its position."""
    with pytest.raises(PromptError, match=f"{name} contains an unpaired surrogate at position"):
        prepare(prompt, defaults, options)
