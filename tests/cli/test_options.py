"""The options: the create document's, all of them, and nothing that was not said."""

import inspect
from dataclasses import fields

import pytest

from wan_ergonomic import _spec
from wan_ergonomic.cli import _commands
from wan_ergonomic.cli._options import PromptOptions

ALL = (
    *("--negative-prompt", "rain"),
    *("--resolution", "480p"),
    *("--aspect-ratio", "9:16"),
    *("--no-watermark",),
    *("--seed", "0"),
    *("--no-enhance-prompt",),
)


def test_the_options_are_exactly_the_create_documents_properties():
    """Fails on the day the document grows one."""
    wanted = set(_spec.request_schema()["properties"]) - {"model", "prompt"}
    assert {field.name for field in fields(PromptOptions)} == wanted


@pytest.mark.parametrize("command", [_commands.generate, _commands.submit, _commands.preview])
def test_each_command_with_a_prompt_takes_all_of_them(command):
    """Whatever can be generated can be previewed."""
    names = {field.name for field in fields(PromptOptions)} | {"preset", "prefix", "suffix"}
    assert names <= set(inspect.signature(command).parameters)


def test_every_option_reaches_the_body(wan, api):
    """False and 0 are values; sizes are spelled as the server wants them."""
    assert wan("submit", "A boat", *ALL, at=api).code == 0
    assert api.received[-1].body == {
        "model": _spec.model(),
        "prompt": "A boat",
        "negative_prompt": "rain",
        "resolution": "480P",
        "aspect_ratio": "9:16",
        "watermark": False,
        "seed": 0,
        "enhance_prompt": False,
    }


def test_what_is_not_said_is_not_sent(wan, api):
    """The server's defaults stay the server's."""
    wan("submit", "A boat", at=api)
    assert api.received[-1].body == {"model": _spec.model(), "prompt": "A boat"}


def test_presets_prefix_and_suffix_are_what_they_are_in_python(wan, api):
    """An option wins over a preset."""
    words = ["--preset", "portrait", "--prefix", "Film:", "--suffix", "Slow.", "--watermark"]
    wan("submit", "A boat", *words, at=api)
    sent = api.received[-1].body
    assert (sent["prompt"], sent["aspect_ratio"]) == ("Film: A boat Slow.", "9:16")
    assert sent["watermark"] is True


def test_a_negative_seed_is_a_value_and_draws_a_warning(wan, api):
    """The contract allows it, the model does not; it is said once, on one line."""
    ended = wan("submit", "A boat", "--seed", "-1", at=api)
    assert api.received[-1].body["seed"] == -1
    warning = "Warning: seed is -1; the model takes 0 to 2147483647."
    assert ended.err.splitlines()[0] == warning
    assert ended.err.count("seed") == 1


def test_preview_shows_the_exact_body_and_what_the_server_adds(wan):
    """Without a key and without a server."""
    ended = wan("preview", "A café", "--seed", "-1", "--sandbox")
    assert ended.code == 0
    body = {"model": _spec.model(), "prompt": "A café", "seed": -1}
    assert ended.data == body
    assert "café" in ended.out.decode()
    assert ended.err.splitlines() == [
        "To be sent:",
        "The server fills in:",
        '  aspect_ratio = "16:9"',
        "  enhance_prompt = true",
        '  resolution = "1080P"',
        "  watermark = false",
        "Warning: seed is -1; the model takes 0 to 2147483647.",
    ]


def test_preview_as_json_has_body_fills_and_warnings(wan):
    """For programs."""
    ended = wan("preview", "A boat", "--json", "--resolution", "480P", "--aspect-ratio", "4:3")
    assert ended.err == ""
    assert list(ended.data) == ["body", "server_fills", "warnings"]
    assert ended.data["body"]["aspect_ratio"] == "4:3"
    assert ended.data["server_fills"] == {"enhance_prompt": True, "watermark": False}
    assert ended.data["warnings"] == [
        "The model has no 4:3 picture at 480P; at 1080P it does.",
    ]


def test_a_quiet_preview_is_the_body_alone(wan):
    """So that it can be piped."""
    ended = wan("preview", "A boat", "-q")
    assert (ended.code, ended.err) == (0, "")
    assert ended.data["prompt"] == "A boat"


def test_preview_refuses_what_submit_would_refuse(wan):
    """With the nearest value that would do."""
    ended = wan("preview", "A boat", "--preset", "portait")
    assert ended.code == 2
    assert "Did you mean 'portrait'?" in ended.err
