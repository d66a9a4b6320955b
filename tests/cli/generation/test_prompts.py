"""Where a prompt comes from: an argument, a file, or standard input."""

import io
import sys
from pathlib import Path

import pytest

from tests.support.options import an_option, as_arguments


def test_a_prompt_can_be_in_a_file(wan):
    """A byte-order mark and the white space around it are not part of it."""
    Path("p.txt").write_bytes("\ufeffA café\nat dusk\n".encode())
    for words in (["--prompt-file", "p.txt"], ["--prompt-file=p.txt", *as_arguments(an_option())]):
        assert wan("preview", *words).data["prompt"] == "A café\nat dusk"


@pytest.mark.parametrize("words", [["-"], ["--prompt-file", "-"]])
def test_a_prompt_can_be_standard_input(wan, monkeypatch, words):
    """A dash is standard input, as for other programs."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"A boat\n")))
    assert wan("preview", *words).data["prompt"] == "A boat"


@pytest.mark.parametrize("command", ["generate", "submit", "preview"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read from p.txt: No such file"),
        (b"", "The prompt is empty."),
        (b"\xff\xfeA\x00", "p.txt is not UTF-8"),
        (b"a" * 1_000_001, "p.txt holds more than a prompt, over 1,000,000 bytes"),
    ],
)
def test_a_file_that_holds_no_prompt_is_an_error(wan, api, command, content, message):
    """Nothing is sent."""
    if content is not None:
        Path("p.txt").write_bytes(content)
    received = len(api.received)
    address = [] if command == "preview" else ["--base-url", api.url]
    result = wan(command, "--prompt-file", "p.txt", *address)
    assert (result.code, len(api.received)) == (2, received)
    assert message in result.err
    assert "Nothing was sent or spent." in result.err


@pytest.mark.parametrize("name", [".", "a\0b", "x" * 300])
def test_a_name_that_cannot_be_opened_is_an_error(wan, name):
    """The message has the system's reason."""
    result = wan("preview", "--prompt-file", name)
    assert (result.code, "The prompt cannot be read from" in result.err) == (2, True)


@pytest.mark.parametrize("prompt", ["@p.txt", "@nowhere", "p.txt", "@my p.txt", "./p.txt"])
def test_the_name_of_a_file_is_no_prompt(wan, prompt):
    """The message names the option that reads it."""
    for name in ("p.txt", "my p.txt"):
        Path(name).write_text("A boat", "utf-8")
    result = wan("submit", prompt)
    assert result.code == 2
    assert f"write --prompt-file {prompt.removeprefix('@')}. Nothing was sent" in result.err


@pytest.mark.parametrize("prompt", ["@nasa style", "boat", "p.txt", "a\0b", "x" * 300 + ".y"])
def test_other_prompts_are_taken_as_they_are(wan, prompt):
    """A file without a suffix may have the name of a prompt."""
    Path("boat").write_text("", "utf-8")
    assert wan("preview", prompt).data["prompt"] == prompt


@pytest.mark.parametrize("suffix", [", 35 mm film", ". Slow.", "!", "。", ") at dusk"])
def test_no_space_is_put_before_punctuation(wan, suffix):
    """A suffix may continue the sentence."""
    assert wan("preview", "A boat", "--suffix", suffix).data["prompt"] == f"A boat{suffix}"
    assert wan("preview", "A boat", "--suffix", "(wide)").data["prompt"] == "A boat (wide)"


@pytest.mark.parametrize("word", ["seed=7", "\u2014seed", "\u2013seed=7", "--seed=7"])
def test_an_option_without_its_dashes_is_no_prompt(wan, word):
    """Some programs make one long dash of two; nothing is offered that would be paid for."""
    result = wan("preview", "A boat", word.replace("seed", "force"), "-o", "x.mp4")
    assert result.code == 2
    result = wan("preview", "A boat", word.replace("seed", "suffix"), "--json")
    assert (result.code == 0) == word.startswith("--")
    if result.code:
        assert "is no option: write --suffix" in result.err
        assert "Perhaps" not in result.err
