"""The options: the create document's, all of them, and nothing that was not said."""

import inspect
import json
from dataclasses import fields

import pytest

from tests.support.options import an_option, in_words, needs
from wan_ergonomic import _spec
from wan_ergonomic._spec import server_defaults
from wan_ergonomic.cli.generation import _commands
from wan_ergonomic.cli.generation._options import PromptOptions

KNOWN = set(_spec.request_schema()["properties"]) - {"model", "prompt"}
# Each option as it is written, and what becomes of it.
EACH = {
    "negative_prompt": (["--negative-prompt", "rain"], "rain"),
    "resolution": (["--resolution", "480p"], "480P"),
    "aspect_ratio": (["--aspect-ratio", "9:16"], "9:16"),
    "watermark": (["--no-watermark"], False),
    "seed": (["--seed", "0"], 0),
    "enhance_prompt": (["--no-enhance-prompt"], False),
}


def test_the_options_are_the_create_documents_properties():
    """Fails on the day the document grows one."""
    options = {field.name for field in fields(PromptOptions)}
    assert options == set(EACH)
    assert options >= KNOWN


@pytest.mark.parametrize("command", [_commands.generate, _commands.submit, _commands.preview])
def test_each_command_with_a_prompt_takes_all_of_them(command):
    """Whatever can be generated can be previewed."""
    names = {field.name for field in fields(PromptOptions)} | {"preset", "prefix", "suffix"}
    assert names <= set(inspect.signature(command).parameters)


@pytest.mark.parametrize("name", EACH)
def test_every_option_reaches_the_body(wan, api, name):
    """False and 0 are values; one that the document has lost is refused, and nothing is sent."""
    words, value = EACH[name]
    received = len(api.received)
    ended = wan("submit", "A boat", *words, at=api)
    if name in KNOWN:
        assert api.received[-1].body == {"model": _spec.model(), "prompt": "A boat", name: value}
    else:
        assert (ended.code, len(api.received)) == (2, received)
        assert f"There is no option '{name}'" in ended.err


def test_what_is_not_said_is_not_sent(wan, api):
    """The server's defaults stay the server's."""
    wan("submit", "A boat", at=api)
    assert api.received[-1].body == {"model": _spec.model(), "prompt": "A boat"}


@needs("aspect_ratio")
def test_presets_prefix_and_suffix_are_what_they_are_in_python(wan, api):
    """An option wins over a preset."""
    words = ["--preset", "portrait", "--prefix", "Film:", "--suffix", "Slow."]
    wan("submit", "A boat", *words, "--aspect-ratio", "1:1", at=api)
    sent = api.received[-1].body
    assert (sent["prompt"], sent["aspect_ratio"]) == ("Film: A boat Slow.", "1:1")


@needs("seed")
def test_a_negative_seed_is_a_value_and_draws_a_warning(wan, api):
    """The contract allows it, the model does not; it is said once, on one line."""
    ended = wan("submit", "A boat", "--seed", "-1", at=api)
    assert api.received[-1].body["seed"] == -1
    warning = "Warning: seed is -1; the model accepts 0 to 2147483647."
    assert ended.err.splitlines()[0] == warning
    assert ended.err.count("seed") == 1


def test_preview_shows_the_exact_body_and_what_the_server_adds(wan):
    """Without a key and without a server."""
    said, prompt = an_option(), "A café " * 200
    ended = wan("preview", prompt, *in_words(said), "--sandbox")
    assert ended.code == 0
    assert ended.data == {"model": _spec.model(), "prompt": prompt.strip(), **said}
    assert "café" in ended.out.decode()
    first, *fills, warning = ended.err.splitlines()
    assert first == "Request body:"
    added = sorted((name, value) for name, value in server_defaults().items() if name not in said)
    heading = ["Defaults that the server adds:"] if added else []
    assert fills == [*heading, *(f"  {name} = {json.dumps(value)}" for name, value in added)]
    assert warning.startswith("Warning: prompt has 1399 characters;")


@pytest.mark.usefixtures("contract_as_it_was")
def test_preview_says_nothing_of_a_server_that_adds_nothing(wan):
    """A heading with nothing below it would be a riddle."""
    ended = wan("preview", "A boat", *in_words(server_defaults()))
    assert (ended.code, ended.err) == (0, "Request body:\n")


def test_preview_as_json_has_body_fills_and_warnings(wan):
    """For programs."""
    said, prompt = an_option(), "a" * 900
    ended = wan("preview", prompt, "--json", *in_words(said))
    assert ended.err == ""
    assert list(ended.data) == ["body", "server_fills", "warnings"]
    assert ended.data["body"] == {"model": _spec.model(), "prompt": prompt, **said}
    fills = {name: value for name, value in server_defaults().items() if name not in said}
    assert ended.data["server_fills"] == fills
    (warning,) = ended.data["warnings"]
    assert warning.startswith("prompt has 900 characters;")


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
