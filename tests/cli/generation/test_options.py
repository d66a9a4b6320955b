"""The options of a prompt: those of the create document, and only those that are set."""

import json
from dataclasses import fields

import pytest

from tests.core.test_contract_complete import missing_options
from tests.support.options import OF_COMMANDS, an_option, as_arguments, known, needs
from wan_ergonomic import _spec
from wan_ergonomic._options import Options
from wan_ergonomic._spec import server_defaults
from wan_ergonomic.cli._commands import Imported
from wan_ergonomic.cli.session._options import PromptOptions, PromptSettings

KNOWN = set(_spec.request_schema()["properties"]) - {"model", "prompt"}
# Each option on the command line, and its value in the body.
EACH = {
    "negative_prompt": (["--negative-prompt", "rain"], "rain"),
    "resolution": (["--resolution", "480p"], "480P"),
    "aspect_ratio": (["--aspect-ratio", "9:16"], "9:16"),
    "watermark": (["--no-watermark"], False),
    "seed": (["--seed", "0"], 0),
    "enhance_prompt": (["--no-enhance-prompt"], False),
}


def test_every_option_of_a_call_is_one_of_the_command_line():
    """test_contract_complete.py is about new options of the contract."""
    named = [field.name for field in fields(PromptOptions)]
    assert sorted(named) == sorted(EACH) == sorted(OF_COMMANDS)
    assert Options.__optional_keys__ - {*named} <= missing_options()


@pytest.mark.parametrize("command", ["generate", "submit", "preview"])
def test_each_command_with_a_prompt_takes_all_of_them(command):
    """Every generation that can be submitted can be previewed."""
    names = {field.name for field in fields(PromptOptions)} | {
        field.name for field in fields(PromptSettings)
    }
    assert names <= {parameter.name for parameter in Imported()[command].params}


@pytest.mark.parametrize("name", EACH)
def test_every_option_reaches_the_body(wan, api, name):
    """False and 0 are sent; an option that the document lost is rejected, and nothing is sent."""
    words, value = EACH[name]
    received = len(api.received)
    result = wan("submit", "A boat", *words, at=api)
    if known(**{name: value}):
        assert api.received[-1].body == {"model": _spec.model(), "prompt": "A boat", name: value}
    else:
        assert (result.code, len(api.received)) == (2, received)
        assert (f"There is no option '{name}'" in result.err) == (name not in KNOWN)


@pytest.mark.parametrize("option", ["--prefix", "--suffix"])
def test_an_empty_text_wins_over_the_configuration_file(wan, tmp_path, monkeypatch, option):
    """It is the way to leave the file's out once."""
    (tmp_path / "wan.toml").write_text(f"[defaults]\n{option[2:]} = 'Of the file'\n", "utf-8")
    monkeypatch.setenv("WAN_CONFIG", str(tmp_path / "wan.toml"))
    assert "Of the file" in wan("preview", "A boat", "--json").data["body"]["prompt"]
    assert wan("preview", "A boat", option, "", "--json").data["body"]["prompt"] == "A boat"


def test_options_that_are_not_set_are_not_sent(wan, api):
    """The server's defaults stay the server's."""
    wan("submit", "A boat", at=api)
    assert api.received[-1].body == {"model": _spec.model(), "prompt": "A boat"}


@needs("aspect_ratio")
def test_presets_prefix_and_suffix_work_as_in_python(wan, api):
    """An option wins over a preset, as in Python."""
    words = ["--preset", "portrait", "--prefix", "Film:", "--suffix", "Slow."]
    wan("submit", "A boat", *words, "--aspect-ratio", "1:1", at=api)
    sent = api.received[-1].body
    assert (sent["prompt"], sent["aspect_ratio"]) == ("Film: A boat Slow.", "1:1")


@needs("resolution", "aspect_ratio")
def test_several_presets_are_layered(wan, api):
    """The last one wins key by key, and a preview shows the result."""
    words = ["A boat", "--preset", "draft", "--preset", "portrait", "--preset", "square"]
    expected = {"resolution": "480P", "aspect_ratio": "1:1"}
    wan("submit", *words, at=api)
    sent = api.received[-1].body
    assert {name: sent[name] for name in expected} == expected
    assert wan("preview", *words).data == sent


@pytest.mark.parametrize("command", ["generate", "submit", "preview"])
@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--seed", "-1"], marks=needs("seed")),
        pytest.param(["--seed", "2147483648"], marks=needs("seed")),
        pytest.param(["--preset", "draft", "--aspect-ratio", "4:3"], marks=needs("resolution")),
        pytest.param(["--negative-prompt", "a" * 1001], marks=needs("negative_prompt")),
        ["--suffix", "a" * 1600],
    ],
    ids=lambda words: " ".join(words)[:40],
)
def test_what_the_model_does_not_support_is_refused(wan, command, words):
    """Before there is a key; the message says how to send it all the same."""
    result = wan(command, "A boat", *words)
    assert (result.code, result.out) == (2, b"")
    assert "Nothing was sent or spent." in result.err
    assert "--allow-unsupported" in result.err


@needs("seed")
def test_a_negative_seed_is_sent_with_a_warning_if_it_is_allowed(wan, api):
    """The model does not support it, so there is one warning on one line."""
    result = wan("submit", "A boat", "--seed", "-1", "--allow-unsupported", at=api)
    assert api.received[-1].body["seed"] == -1
    warning = "Warning: seed is -1; the model accepts 0 to 2147483647."
    assert result.err.splitlines()[0] == warning
    assert result.err.count("Warning: ") == 1


def test_preview_shows_the_exact_body_and_what_the_server_adds(wan):
    """A preview needs no key and no server."""
    options, prompt = an_option(), "A café " * 200
    result = wan("preview", prompt, *as_arguments(options), "--sandbox")
    assert result.code == 0
    assert result.data == {"model": _spec.model(), "prompt": prompt.strip(), **options}
    assert "café" in result.out.decode()
    first, *fills, warning = result.err.splitlines()
    assert first == "Request body:"
    added = sorted(item for item in server_defaults().items() if item[0] not in options)
    heading = ["Defaults that the server adds:"] if added else []
    assert fills == [*heading, *(f"  {name} = {json.dumps(value)}" for name, value in added)]
    assert warning.startswith("Warning: prompt has 1399 characters;")


@pytest.mark.usefixtures("contract_as_it_was")
def test_preview_has_no_heading_for_defaults_if_there_are_none(wan):
    """Without defaults there is no heading for them."""
    result = wan("preview", "A boat", *as_arguments(server_defaults()))
    assert (result.code, result.err) == (0, "Request body:\n")


def test_preview_as_json_has_body_fills_and_warnings(wan):
    """With --json, a preview is one object."""
    options, prompt = an_option(), "a" * 900
    result = wan("preview", prompt, "--json", *as_arguments(options))
    assert result.err == ""
    assert list(result.data) == ["body", "server_fills", "warnings"]
    assert result.data["body"] == {"model": _spec.model(), "prompt": prompt, **options}
    fills = {name: value for name, value in server_defaults().items() if name not in options}
    assert result.data["server_fills"] == fills
    (warning,) = result.data["warnings"]
    assert warning.startswith("prompt has 900 characters;")


def test_a_quiet_preview_is_the_body_alone(wan):
    """With -q, a preview can be piped."""
    result = wan("preview", "A boat", "-q")
    assert (result.code, result.err) == (0, "")
    assert result.data["prompt"] == "A boat"


def test_preview_rejects_what_submit_rejects(wan):
    """The error suggests the nearest valid value."""
    result = wan("preview", "A boat", "--preset", "portait")
    assert result.code == 2
    assert "Did you mean 'portrait'?" in result.err
