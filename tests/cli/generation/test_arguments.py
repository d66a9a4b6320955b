"""Arguments that begin with a dash: ids and prompts are accepted, mistyped options are errors."""

import random
import re
import string
from functools import cache
from typing import Any

import pytest
import typer
from typer.main import get_command

from wan_ergonomic import Generation
from wan_ergonomic.cli import _app
from wan_ergonomic.cli.generation._arguments import is_id, is_prompt, set_apart
from wan_ergonomic.cli.session._destination import file_name

NANOID = string.ascii_letters + string.digits + "-_"


@cache
def named(command) -> Any:
    """Return a command by its name."""
    group: Any = get_command(_app.app)
    return group.commands[command]


def known(command):
    """Return the options of a command, and whether a value follows each."""
    return named(command).known_options(typer.Context(named(command)))


def parsed(command, *words):
    """Return the parameters that a command parses from its words."""
    return named(command).make_context(command, list(words)).params


@pytest.mark.parametrize("dashed", ["-abc", "-V1StGXR8_Z5jdHi6B-my", "-_-_-", "--K9_x", "-1:a/b-c"])
@pytest.mark.parametrize("where", [0, 2, 3])
def test_an_id_may_begin_with_a_dash_at_any_position(dashed, where):
    """An id that begins with a dash is found before, between and behind options."""
    words = ["-o", "-x.mp4", "--force"]
    params = parsed("wait", *words[:where], dashed, *words[where:])
    assert (params["generation_id"], params["output"]) == (dashed, "-x.mp4")


def test_an_id_may_stand_behind_a_double_dash():
    """Any word behind a double dash is the id."""
    assert parsed("wait", "-o", "x.mp4", "--", "--force")["generation_id"] == "--force"


def test_an_id_like_a_short_option_is_the_id_if_there_is_no_other():
    """-oK9… is -o with its value, unless that leaves no id."""
    dashed = "-oV1StGXR8_Z5jdHi6B"
    params = parsed("wait", dashed, "-o", "x.mp4")
    assert (params["generation_id"], params["output"]) == (dashed, "x.mp4")
    params = parsed("wait", "some-id", "-ovideo_of_my_boat")
    assert (params["generation_id"], params["output"]) == ("some-id", "video_of_my_boat")


@pytest.mark.parametrize(
    "words",
    [
        ["-ofile.mp4"],
        ["-x"],
        ["-xy"],
        ["--force"],
        ["-o", "x.mp4"],
        ["--no-such-option"],
        ["--dry-run"],
        ["--timeout=3"],
        ["-timeout"],
        ["-output-file"],
        ["some-id", "-another"],
    ],
)
def test_other_words_are_errors(words):
    """A short word, an option or a second argument is an error and sends no request."""
    with pytest.raises(Exception, match=r"such option|ID is missing|unexpected extra"):
        parsed("wait", *words)


@pytest.mark.parametrize("command", ["status", "wait", "download"])
def test_a_mistyped_option_is_never_an_id(command):
    """An option with a letter left out, doubled or swapped is no id, with one dash or two."""
    options = known(command)
    for option in (name for name in options if name.startswith("--")):
        bare = option.strip("-")
        for i in range(len(bare)):
            left_out = bare[:i] + bare[i + 1 :]
            doubled = bare[: i + 1] + bare[i:]
            swapped = bare[:i] + bare[i + 1 : i + 2] + bare[i] + bare[i + 2 :]
            for word in (left_out, doubled, swapped):
                assert not is_id(f"--{word}", options), word
                assert not is_id(f"-{word}", options), word


def test_a_random_id_is_always_an_id():
    """Nanoids as the gateway makes them are accepted with a dash in front."""
    chance = random.Random(2)
    for _ in range(400):
        dashed = "-" + "".join(chance.choices(NANOID, k=20))
        params = parsed("download", dashed)
        assert params["generation_id"] == dashed


def test_a_prompt_with_a_dash_needs_a_space():
    """One word with a dash, or a known option with its value, is not a prompt."""
    options = known("generate")
    assert is_prompt("- a list", options)
    assert is_prompt("-5 degrees", options)
    assert not is_prompt("-snow", options)
    assert not is_prompt("--seed 3", options)
    assert not is_prompt("--prefix=a b", options)


def test_other_words_are_left_alone():
    """Without an argument that begins with a dash, the words stay as they are."""
    options = known("wait")
    for words in (["id", "-o", "-abc"], ["-o"], [], ["id", "--"], ["-"]):
        assert set_apart(words, options, [is_id]) == [word for word in words if word != "--"]


@pytest.mark.parametrize(
    ("generation_id", "name"),
    [
        ("dabf0a77-7ab4", "wan-dabf0a77-7ab4.mp4"),
        ("1234567", "wan-1234567.mp4"),
        ("a1:alibaba/wan2.2", "wan-a1-alibaba-wan2-2-<digest>.mp4"),
        ("-Ab_c", "wan-ab-c-<digest>.mp4"),
        ("../../etc/passwd", "wan-etc-passwd-<digest>.mp4"),
        ("---", "wan-<digest>.mp4"),
    ],
)
def test_a_file_name_for_an_id_is_safe(generation_id, name):
    """A file name has none of an id's special characters."""
    found = re.sub(r"[0-9a-f]{8}\.mp4", "<digest>.mp4", file_name(Generation(id=generation_id)))
    assert found == name


@pytest.mark.parametrize(
    ("prompt", "generation_id", "name"),
    [
        ("A fox, in snow!", "10d5fca3-c1a1-4a06-8163-5876924ccdfe", "a-fox-in-snow-10d5fca3.mp4"),
        ("A fox", "gen-1", "a-fox-gen-1.mp4"),
        ("Ein Füchslein", "12345678", "ein-füchslein-12345678.mp4"),
        ("A fox", "../x", "a-fox-x-<digest>.mp4"),
        ("?!", "gen-1", "wan-gen-1.mp4"),
        (None, "gen-1", "wan-gen-1.mp4"),
    ],
)
def test_a_file_is_named_after_its_prompt(prompt, generation_id, name):
    """With so much of the id that a person finds it; without words, it is the id."""
    made = Generation(id=generation_id, request={} if prompt is None else {"prompt": prompt})
    assert re.sub(r"[0-9a-f]{8}\.mp4", "<digest>.mp4", file_name(made)) == re.sub(
        r"[0-9a-f]{8}\.mp4", "<digest>.mp4", name
    )


def test_a_file_name_is_short_and_unique_to_the_id():
    """Ids that differ only in case or punctuation have names that differ in more."""
    ids = ["a" * 500, "a" * 501, "AB", "ab", "a-b", "a_b", "a:b", "a/b", "-ab", "--ab"]
    names = {file_name(Generation(id=one)) for one in ids}
    assert len(names) == len(ids)
    assert len({name.lower() for name in names}) == len(ids)
    assert max(map(len, names)) <= 70
