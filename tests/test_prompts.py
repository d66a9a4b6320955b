"""Prompts and options: what is sent, what is not, and what is refused before it costs anything."""

import copy
import json
from dataclasses import fields
from typing import Any

import pytest

from wan_ergonomic import (
    ConfigurationError,
    Preview,
    PromptDefaults,
    PromptError,
    PromptWarning,
    WanClient,
    _prompts,
    _spec,
)
from wan_ergonomic._prompts import Options, check_options, find_preset, from_table, layer, prepare
from wan_ergonomic._setup import resolve_defaults

MODEL = "alibaba/wan2.2-t2v-plus"
NONE = PromptDefaults()
PROPERTIES = _spec.request_schema()["properties"]
OPTIONS = {name: schema for name, schema in PROPERTIES.items() if name not in {"model", "prompt"}}
# For options that are not an enum: values that mean something, the falsy ones among them.
VALUES = {
    "string": ["fog", "ümläut 🐉", ""],
    "integer": [0, 1, 2**31 - 1],
    "boolean": [True, False],
}


def body(prompt="A boat", defaults=NONE, **options):
    """Return the body that a prompt becomes."""
    return prepare(prompt, defaults, options).body


def values(schema):
    """Return values that an option takes, all of them if it is an enum."""
    return schema.get("enum") or VALUES[schema["type"]]


def check_coverage():
    """Raise unless the wrapper's own lists are the create document's options, no more, no less."""
    options = set(_spec.request_schema()["properties"]) - {"model", "prompt"}
    assert {f.name for f in fields(PromptDefaults)} - {"prefix", "suffix"} == options
    assert Options.__optional_keys__ == options


@pytest.fixture
def grown(monkeypatch):
    """A function that lets the create document grow properties."""

    def grow(**properties):
        document = copy.deepcopy(_spec.contract())
        operation = document["paths"][_spec.path("create")]["post"]
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        schema["properties"].update(properties)
        monkeypatch.setattr(_spec, "contract", lambda: document)

    return grow


def test_the_wrapper_has_every_option_and_no_other():
    """PromptDefaults and the methods' options are exactly what the create document lists."""
    check_coverage()


def test_a_document_that_grows_an_option_is_noticed(grown):
    """The test above fails on the day that the vendor adds a property."""
    grown(frame_rate={"type": "integer"})
    with pytest.raises(AssertionError):
        check_coverage()


def test_a_new_option_can_be_sent_before_the_wrapper_names_it(grown):
    """What the document takes, a call can say, checked by the document."""
    grown(
        frame_rate={"type": "integer", "enum": [24, 30]}, anything={}, strength={"type": "number"}
    )
    sent = body(frame_rate=30, anything=True, strength=0.5)
    assert (sent["frame_rate"], sent["anything"], sent["strength"]) == (30, True, 0.5)
    assert body(strength=1)["strength"] == 1
    with pytest.raises(PromptError, match="frame_rate cannot be 25"):
        body(frame_rate=25)
    with pytest.raises(PromptError, match="strength must be a number, not True"):
        body(strength=True)


def test_nothing_else_can_be_set():
    """Neither the model nor anything that the document does not list is an option."""
    for name in ("model", "prompt", "steps"):
        with pytest.raises(PromptError, match=f"There is no option '{name}'"):
            check_options({name: "x"})
        assert name not in {f.name for f in fields(PromptDefaults)}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in OPTIONS for value in values(OPTIONS[name])]
)
def test_every_value_of_every_option_can_be_reached(name, value):
    """Per call and as a default, each value arrives in the body as it is."""
    expected = {"model": MODEL, "prompt": "A boat", name: value}
    assert body(**{name: value}) == expected
    assert body(defaults=PromptDefaults(**{name: value})) == expected


def test_what_nobody_set_is_not_sent():
    """The server's defaults stay the server's; None is nobody's choice either."""
    assert body() == {"model": MODEL, "prompt": "A boat"}
    assert body(**dict.fromkeys(OPTIONS)) == body()
    assert NONE.options() == {}


def test_false_and_zero_are_sent():
    """What is falsy is a choice all the same."""
    sent = body(seed=0, enhance_prompt=False, watermark=False, negative_prompt="")
    assert sent == {
        **body(),
        "seed": 0,
        "enhance_prompt": False,
        "watermark": False,
        "negative_prompt": "",
    }
    defaults = PromptDefaults(seed=0, enhance_prompt=False)
    assert (body(defaults=defaults)["seed"], body(defaults=defaults)["enhance_prompt"]) == (
        0,
        False,
    )


def test_a_call_can_set_a_falsy_value_over_a_default():
    """A per-call False or 0 wins over a default that is not."""
    defaults = PromptDefaults(seed=7, watermark=True)
    sent = body(defaults=defaults, seed=0, watermark=False)
    assert (sent["seed"], sent["watermark"]) == (0, False)


def test_the_model_is_the_documents():
    """Whatever the document is published for is asked for."""
    assert _spec.model() == PROPERTIES["model"]["enum"][0] == body()["model"] == MODEL


@pytest.mark.parametrize(
    ("name", "said", "sent"),
    [
        ("resolution", "480p", "480P"),
        ("resolution", " 1080p ", "1080P"),
        ("aspect_ratio", " 16:9", "16:9"),
    ],
)
def test_a_person_may_be_careless_about_case(name, said, sent):
    """The server is strict about case and spaces, so the document's spelling is sent."""
    assert body(**{name: said})[name] == sent
    assert body(defaults=PromptDefaults(**{name: said}))[name] == sent


@pytest.mark.parametrize(
    ("name", "said", "meant"),
    [
        ("resolution", "1080", "1080P"),
        ("resolution", "1080i", "1080P"),
        ("resolution", "480", "480P"),
        ("aspect_ratio", "16/9", "16:9"),
        ("aspect_ratio", "9x16", "9:16"),
        ("aspect_ratio", "1:2", "1:1"),
    ],
)
def test_an_unknown_value_is_refused_with_the_nearest_one(name, said, meant):
    """The error names the value, the nearest valid one, all of them, and that nothing was spent."""
    with pytest.raises(PromptError) as caught:
        body(**{name: said})
    assert str(caught.value) == (
        f"{name} cannot be {said!r}. Did you mean {meant!r}? "
        f"It is one of {', '.join(OPTIONS[name]['enum'])}. Nothing was sent or spent."
    )


@pytest.mark.parametrize(
    ("said", "meant"),
    [("resolutoin", "resolution"), ("aspect", "aspect_ratio"), ("Seed", "seed")],
)
def test_an_unknown_option_is_refused_with_the_nearest_one(said, meant):
    """A mistyped option is an error with the one that was probably meant."""
    with pytest.raises(PromptError) as caught:
        body(**{said: 1})
    assert str(caught.value) == (
        f"There is no option {said!r}. Did you mean {meant!r}? Nothing was sent or spent."
    )


@pytest.mark.parametrize("prompt", ["", " ", "\n\t", "\u3000", None, 5, ["A boat"]])
def test_a_blank_prompt_is_refused(prompt):
    """Without words there is nothing to generate, whatever the defaults add."""
    with pytest.raises(PromptError, match=r"prompt .*Nothing was sent or spent"):
        body(prompt, PromptDefaults(prefix="A film of"))


@pytest.mark.parametrize("seed", [True, 1.0, "7", [7], 1 + 0j])
def test_a_seed_that_is_no_whole_number_is_refused(seed):
    """A truth value, a float and a text of digits are not integers."""
    for make in (lambda: body(seed=seed), lambda: PromptDefaults(seed=seed)):
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
def test_a_value_of_the_wrong_type_is_refused(name, value, words):
    """Each option takes the document's type, per call and as a default."""
    with pytest.raises(PromptError) as caught:
        body(**{name: value})
    assert words in str(caught.value)
    with pytest.raises(PromptError):
        PromptDefaults(**{name: value})


@pytest.mark.parametrize("name", ["prefix", "suffix"])
def test_prefix_and_suffix_are_text(name):
    """What stands around each prompt is text, checked when the defaults are made."""
    wrong: dict[str, Any] = {name: 5}
    with pytest.raises(PromptError, match=f"{name} must be text"):
        PromptDefaults(**wrong)


def test_prefix_and_suffix_stand_around_the_prompt():
    """They are joined by one space, and an empty one leaves no trace."""
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
def test_half_a_character_is_refused(prompt, defaults, options, name):
    """A lone surrogate cannot be encoded, so it is refused with its place."""
    with pytest.raises(PromptError, match=f"{name} holds half of a character at position"):
        prepare(prompt, defaults, options)


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
    assert body(defaults=combined, seed=1) == {
        **body(),
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
    assert set(_prompts.PRESETS) == {"draft", "literal", "portrait", "square"}


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
        "The preset 'mine' sets 'resolutoin', which does not exist. Did you mean 'resolution'?"
    )


def test_a_table_with_a_wrong_value_is_refused():
    """A configuration file's wrong value is a configuration error that says what is wrong."""
    with pytest.raises(
        ConfigurationError, match="The preset 'mine': seed must be a whole"
    ) as caught:
        from_table({"seed": "7"}, "The preset 'mine'")
    assert isinstance(caught.value.__cause__, PromptError)


def warned(prompt="A boat", **options):
    """Return the warnings about a request."""
    return list(prepare(prompt, NONE, options).warnings)


@pytest.mark.parametrize(("name", "limit"), [("prompt", 800), ("negative_prompt", 500)])
def test_text_that_would_be_cut_is_warned_about(name, limit):
    """Beyond its limit a text is cut silently; the warning has the numbers."""
    assert warned(**{name: "a" * limit}) == []
    assert warned(**{name: "a" * (limit + 7)}) == [
        f"{name} has {limit + 7} characters; the model reads the first {limit} "
        "and silently drops the other 7."
    ]


def test_what_defaults_add_counts_too():
    """The whole prompt is measured, prefix and suffix included."""
    long = prepare("a" * 799, PromptDefaults(prefix="b"), {})
    assert "prompt has 801 characters" in long.warnings[0]


@pytest.mark.parametrize("ratio", ["4:3", "3:4"])
def test_a_size_that_does_not_exist_is_warned_about(ratio):
    """4:3 and 3:4 do not exist at 480P; at 1080P, which is the server's default, they do."""
    assert warned(resolution="480p", aspect_ratio=ratio) == [
        f"The model has no {ratio} picture at 480P; at 1080P it does."
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
    assert warned(seed=seed) == [f"seed is {seed}; the model takes 0 to 2147483647."]


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
    """Beside the exact body stands what the contract says will be added to it."""
    assert prepare("A boat", NONE, {"resolution": "480p"}) == Preview(
        body={"model": MODEL, "prompt": "A boat", "resolution": "480P"},
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
            **body("A boat at dusk"),
            "resolution": "480P",
            "seed": 0,
        }
        assert "silently drops" in wan.preview("a" * 900).warnings[0]


def test_a_warning_is_a_category_of_its_own():
    """Callers can silence or raise these warnings by their class."""
    assert issubclass(PromptWarning, UserWarning)


def test_the_body_is_json_as_it_is():
    """What preview shows can be printed and sent by any other means."""
    assert json.loads(json.dumps(body(seed=0))) == {**body(), "seed": 0}


def test_without_anything_to_choose_from_there_is_no_suggestion():
    """A suggestion needs something to suggest."""
    assert _prompts.nearest("draft", []) == ""
