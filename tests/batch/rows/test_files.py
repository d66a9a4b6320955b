"""Files and standard input: which can be read, and in which format they are."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest

from wan_ergonomic import ConfigurationError
from wan_ergonomic.batch.rows import FORMATS, STDIN, Row, is_matrix, read_rows

LISTS = {
    "csv": "Prompt,seed\nA fox,1\nAn owl,2\n",
    "tsv": "prompt\tseed\nA fox\t1\nAn owl\t2\n",
    "jsonl": '{"prompt": "A fox", "seed": 1}\n{"prompt": "An owl", "seed": 2}\n',
    "json": '[{"prompt": "A fox", "seed": 1}, {"prompt": "An owl", "seed": 2}]',
    "text": "# seen from above\n\nA fox\n  An owl  \n",
    "toml": 'prompt = "{it}"\naxes.it = ["A fox", "An owl"]\n',
    "yaml": "prompt: '{it}'\naxes: {it: [A fox, An owl]}\n",
}


def prompts(rows):
    """Return the prompts of rows of which none is bad."""
    return [row.prompt for row in rows]


def test_there_is_a_list_in_each_format():
    """A new format needs one above."""
    assert LISTS.keys() == set(FORMATS)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("begin", ["", "\ufeff", "\n\n"], ids=["", "bom", "blank"])
def test_the_first_line_tells_the_format(read, form, begin):
    """Without a known suffix, in any format, also after a byte-order mark or blank lines."""
    assert prompts(read("list", begin + LISTS[form])) == ["A fox", "An owl"]


@pytest.mark.parametrize(
    ("suffix", "form"),
    [
        *((form, form) for form in FORMATS if form != "text"),
        ("txt", "text"),
        ("NDJSON", "jsonl"),
        ("tab", "tsv"),
        ("yml", "yaml"),
    ],
)
def test_the_suffix_decides_before_the_first_line(read, suffix, form):
    """In upper case too; a list that is not of that format is not read as another."""
    assert prompts(read(f"list.{suffix}", LISTS[form])) == ["A fox", "An owl"]
    if form != "text":
        with suppress(ConfigurationError):
            assert all(hasattr(row, "reason") for row in read(f"list.{suffix}", "A fox\n"))


@pytest.mark.parametrize("form", ["csv", ".CSV", "Tsv"])
def test_a_given_format_decides_before_the_suffix(read, form):
    """By its name or its suffix, in any case."""
    text = LISTS[form.lower().removeprefix(".")]
    assert prompts(read("list.txt", text, form)) == ["A fox", "An owl"]


def test_a_format_that_does_not_exist_is_an_error(read):
    """The message lists those that exist."""
    with pytest.raises(ConfigurationError, match=r"no format 'cvs'\. Did you mean 'csv'\? Formats"):
        read("list", "A fox", "cvs")


@pytest.mark.parametrize(
    ("line", "prompt"),
    [
        ("prompting a fox", "prompting a fox"),
        ("a fox, no prompt here", "a fox, no prompt here"),
        ("named: a fox", "named: a fox"),
        ('"A fox"', "A fox"),
    ],
)
def test_other_first_lines_are_prompts(read, line, prompt):
    """Plain text, or a line of JSON."""
    assert prompts(read("list", line)) == [prompt]


@pytest.mark.parametrize(
    "line",
    [
        'prompt = "a fox"',
        "[axes]",
        "[[exclude]]",
        "seeds=[1]",
        "prompt: a fox",
        "axes:",
        "---",
        "# ours\n\nprompt = 1",
    ],
)
def test_a_matrix_without_a_suffix_is_not_taken_for_prompts(read, line):
    """Each of its lines would be paid for."""
    try:
        assert prompts(read("list", line)) == ["a fox"]
    except ConfigurationError as error:
        assert "list: " in str(error)  # noqa: PT017 - either is right


def test_whether_a_list_is_a_matrix():
    """By the format that is given, or by the suffix."""
    assert [is_matrix("a.toml"), is_matrix("a.YML"), is_matrix(STDIN, "yaml")] == [True] * 3
    assert [is_matrix("a.csv"), is_matrix("a.toml", "csv"), is_matrix(STDIN)] == [False] * 3


def test_standard_input_is_read_and_stays_open(monkeypatch):
    """Its format is told by the first line."""
    stdin = io.BytesIO(LISTS["csv"].encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stdin))
    assert prompts(read_rows(STDIN)) == ["A fox", "An owl"]
    assert not stdin.closed


def test_standard_input_is_named_in_messages(monkeypatch):
    """It has no path."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"\xff")))
    with pytest.raises(ConfigurationError, match=r"^Standard input: Line 1 is not UTF-8 text"):
        list(read_rows(STDIN))


def test_rows_are_read_as_they_come():
    """A pipe that stays open gives each row as soon as it is complete."""
    code = (
        "import sys; from wan_ergonomic.batch.rows import read_rows\n"
        "for row in read_rows('-', 'jsonl'): print(row.prompt, flush=True)"
    )
    command = [sys.executable, "-c", code]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin
        assert process.stdout
        for prompt in ("A fox", "An owl"):
            process.stdin.write(f'"{prompt}"\n')
            process.stdin.flush()
            assert process.stdout.readline() == f"{prompt}\n"


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"a\nb\xe9\n", 2), (b"\xff", 1), ("a\nb".encode("utf-16"), 1), ("a".encode("utf-16-be"), 1)],
)
@pytest.mark.parametrize("name", ["list.txt", "list"])
def test_bytes_that_are_not_utf8_are_an_error(stopped, name, content, line):
    """The line is named."""
    reason = f"Line {line} is not UTF-8 text. Save the file as UTF-8."
    assert stopped(name, content) == reason


def test_a_line_that_is_very_long_is_an_error(stopped):
    """It is another kind of file, and is not held in memory."""
    reason = "Line 2 is longer than 1,000,000 characters: no prompt."
    assert stopped("list.txt", f"A fox\n{'a' * 1_000_001}") == reason


def test_a_line_of_many_pieces_is_read(read):
    """It is longer than what is read at once; the next one has the next number."""
    assert read("list.txt", f"{'a' * 200_000}\nA fox") == [
        Row("a" * 200_000, line=1),
        Row("A fox", line=2),
    ]


@pytest.mark.parametrize("name", [*(f"list.{f}" for f in ("csv", "tsv", "jsonl", "txt")), "list"])
@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff"])
def test_a_list_without_rows_is_an_error(stopped, name, content):
    """Most likely, another one was meant."""
    assert stopped(name, content) == "It holds no prompts."


@pytest.mark.parametrize(
    ("name", "content"), [("a.json", "[ ]"), ("a.csv", "prompt\n"), ("a.txt", "#"), ("a.json", "")]
)
def test_a_list_of_nothing_is_an_error(stopped, name, content):
    """The same, with a frame around it."""
    assert stopped(name, content) == "It holds no prompts."


def test_a_file_that_does_not_exist_is_an_error(tmp_path):
    """And so is a folder, and a name that no file can have."""
    for path, reason in (
        (tmp_path / "none.csv", "There is no such file."),
        (tmp_path, "It is a folder. Name a file in it."),
        (f"{tmp_path}/a\0b", "It cannot be read: embedded null byte."),
        (tmp_path / ("a" * 300), "It cannot be read: File name too long."),
    ):
        with pytest.raises(ConfigurationError) as caught:
            list(read_rows(path))
        assert str(caught.value) == f"{path}: {reason} Nothing was sent."


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="needs a file that fails")
def test_a_file_that_fails_while_it_is_read_is_an_error():
    """Its first page is mapped nowhere."""
    with pytest.raises(ConfigurationError, match=r"mem: It cannot be read: Input/output error\."):
        list(read_rows("/proc/self/mem"))


def test_the_file_is_closed_when_no_more_rows_are_wanted(tmp_path):
    """Otherwise Python warns, which is an error here."""
    (tmp_path / "a.txt").write_text("A fox\nAn owl\n")
    rows: Any = read_rows(tmp_path / "a.txt")
    assert next(rows) == Row("A fox", line=1)
    rows.close()
    (tmp_path / "a.txt").unlink()


@pytest.mark.parametrize("name", ["list.xlsx", "list.csv", "list.jsonl"])
def test_a_spreadsheet_is_not_read_as_prompts(stopped, name):
    """Its bytes would be paid for."""
    reason = "It is a spreadsheet, or another ZIP file. Save it as CSV."
    assert stopped(name, b"PK\x03\x04\x14\0\n") == reason
