"""A video that `wan` saved explains itself, and can be made again."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import SMALL
from tests.support.actions import Serve
from tests.support.options import an_option, as_arguments, needs, small
from tests.support.responses import ID, VIDEO, completed
from wan_ergonomic import Generation, WaitTimeoutError, _spec
from wan_ergonomic.cli._connection import Connection
from wan_ergonomic.cli._outcome import CommandError
from wan_ergonomic.cli.session._options import Destination
from wan_ergonomic.cli.session._run_state import RunState
from wan_ergonomic.ledger import Ledger
from wan_ergonomic.video import read_metadata, write_metadata

PROMPT = 'A "fox" in\n雪'


@pytest.fixture
def saved(wan, api, ledger) -> Path:
    """A video that was saved, and is in the ledger."""
    assert ledger.jobs() == []
    assert wan("generate", PROMPT, "-o", "fox.mp4", *SMALL, at=api).code == 0
    return Path("fox.mp4")


def digest(path: Path) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_saved_video_says_how_it_was_made(saved, ledger):
    """The hash in the ledger is that of the file on disk."""
    (job,) = ledger.jobs()
    said = read_metadata(saved) or {}
    assert said["request"] == {"model": _spec.model(), "prompt": PROMPT, **small()}
    assert (said["generation_id"], said["submitted"]) == (
        job.generation_id,
        job.submitted.isoformat(timespec="seconds"),
    )
    assert job.sha256 == digest(saved)


def test_the_size_that_is_reported_is_that_of_the_file(wan, api):
    """With what was written into it."""
    result = wan("generate", "A boat", "-o", "b.mp4", "--no-ledger", "--json", *SMALL, at=api)
    size = Path("b.mp4").stat().st_size
    assert result.events[-1] == {"event": "saved", "id": result.data["id"], "bytes": size}


def test_show_prints_it_on_lines(wan, saved):
    """A text from a file cannot steer the terminal."""
    result = wan("show", "fox.mp4")
    assert (result.code, result.err) == (0, "")
    lines = dict(line.split(": ", 1) for line in result.out.decode().splitlines())
    assert lines["prompt"] == 'A "fox" in 雪'
    assert lines["source"] == "metadata"
    assert lines["model"] == _spec.model()
    assert lines["as saved"] == "the same file as it was saved"
    assert (lines["seconds"], lines["frames"], lines["codec"]) == ("0.5", "15", "h264")
    assert lines["marks"] == '["wrong length: 0.5 s instead of 5 s"]'
    assert (lines["sha256"], lines["bytes"]) == (digest(saved), str(saved.stat().st_size))


def test_what_a_video_says_cannot_steer_the_terminal(wan, saved):
    """Anybody may have written it."""
    write_metadata(saved, {"prompt": "\x1b]0;owned\a", "model": {"\x1b[2J": "\x9b1m"}})
    result = wan("show", "fox.mp4")
    assert result.code == 0
    assert not {*"\x1b\a\x9b"} & {*result.out.decode(), *result.err}


def test_show_prints_an_object_for_programs(wan, saved):
    """With everything as it is."""
    data = wan("show", "fox.mp4", "--json").data
    assert (data["prompt"], data["options"]) == (PROMPT, small())
    assert (data["as_saved"], data["sha256"]) == (True, digest(saved))


def test_a_file_that_was_changed_is_not_the_one_that_was_saved(wan, saved):
    """By its hash in the ledger."""
    write_metadata(saved, {**(read_metadata(saved) or {}), "name": "mine"})
    assert wan("show", "fox.mp4", "--json").data["as_saved"] is False
    assert b"as saved: not the file that was saved" in wan("show", "fox.mp4").out


def test_without_a_ledger_it_is_not_known_whether_a_file_changed(wan, saved, monkeypatch, tmp_path):
    """Nor with one that has not the job, or cannot be read."""
    for value in ("off", str(tmp_path / "another"), str(tmp_path)):
        monkeypatch.setenv("WAN_LEDGER", value)
        assert wan("show", str(saved), "--json").data["as_saved"] is None


@pytest.mark.parametrize("command", ["generate", "wait", "download", "resume"])
def test_a_video_can_be_left_as_it_was_sent(wan, api, ledger, command):
    """By every command that saves one."""
    words = {"generate": ["generate", "A boat", "-o", "b.mp4", *SMALL], "resume": ["resume"]}
    if command != "generate":
        job = wan("submit", "A boat", *SMALL, at=api).out.decode().strip()
        words |= {each: [each, job, "-o", "b.mp4"] for each in ("wait", "download")}
    if command == "download":
        wan("wait", job, at=api)
    result = wan(*words[command], "--no-metadata", at=api)
    assert result.code == 0, result.err
    path = Path(result.out.decode().strip())
    assert read_metadata(path) is None
    (job,) = ledger.jobs()
    assert job.sha256 == digest(path)
    path.unlink()
    assert wan("download", str(job.generation_id), "-o", "c.mp4", at=api).code == 0
    assert (read_metadata(Path("c.mp4")) or {})["prompt"] == "A boat"


@pytest.mark.usefixtures("ledger")
@needs("seed")
def test_a_video_on_standard_output_is_as_it_was_sent(wan, api):
    """Only a file can be changed."""
    video = wan("generate", "A boat", "-o", "-", *SMALL, at=api).out
    wan("generate", "A boat", "-o", "b.mp4", "--no-metadata", *SMALL, at=api)
    assert len(video) == Path("b.mp4").stat().st_size


def test_a_video_that_takes_no_metadata_is_saved_with_a_warning(wan, server):
    """As it was sent."""
    server.script("poll", completed(server))
    server.script("download", Serve(VIDEO))
    result = wan("download", ID, "-o", "b.mp4", "--no-ledger", at=server)
    assert (result.code, Path("b.mp4").read_bytes()) == (0, VIDEO)
    assert "Warning: the video is saved as it was sent, without metadata: " in result.err


def test_an_interrupted_command_resumes_without_metadata_too():
    """The advised command does what was asked for."""
    destination = Destination(output="b.mp4", no_metadata=True)
    with (
        pytest.raises(CommandError) as raised,
        RunState(Connection(), destination, Generation(id="gen-1")),
    ):
        raise WaitTimeoutError("late")
    assert raised.value.outcome.arguments == ["wait", "gen-1", "-o", "b.mp4", "--no-metadata"]


def untold(wan, api) -> Path:
    """Return a video that does not say how it was made."""
    words = ("-o", "b.mp4", "--no-metadata", "--no-ledger", *SMALL)
    assert wan("generate", "A boat", *words, at=api).code == 0
    return Path("b.mp4")


def test_the_file_beside_a_video_is_read_if_it_says_nothing(wan, api):
    """That of a batch."""
    path = untold(wan, api)
    request = {"model": _spec.model(), "prompt": "A boat"}
    about = {"format": 1, "file": "b.mp4", "prompt": "A boat", "request": request}
    Path("b.json").write_text(json.dumps(about), "utf-8")
    data = wan("show", str(path), "--json").data
    assert (data["source"], data["prompt"]) == ("sidecar", "A boat")


@pytest.mark.parametrize(
    "content",
    [None, "[]", "{", '{"format": 2}', '{"format": 1, "file": "c.mp4"}', "[" * 100_000],
    ids=lambda text: str(text)[:20],
)
def test_a_video_that_says_nothing_is_shown_all_the_same(wan, api, content):
    """Any other JSON file may lie beside it; nothing can be made again from it."""
    path = untold(wan, api)
    if content is not None:
        Path("b.json").write_text(content, "utf-8")
    result = wan("show", str(path))
    assert result.code == 0
    assert result.err == "wan: b.mp4 does not say how it was made, and neither does b.json.\n"
    lines = dict(line.split(": ", 1) for line in result.out.decode().splitlines())
    assert set(lines) == {
        "file",
        "bytes",
        "sha256",
        "width",
        "height",
        "seconds",
        "frames",
        "codec",
    }
    again = wan("generate", "--again", "b.mp4", at=api)
    assert again.code == 2
    assert "b.mp4 does not say what it was made from, and neither does b.json. Give" in again.err


def test_what_is_no_video_is_a_usage_error(wan):
    """So is a file that does not exist."""
    Path("notes.txt").write_text("my notes")
    for name in ("notes.txt", "nothing.mp4"):
        for words in (["show", name], ["generate", "--again", name]):
            result = wan(*words)
            assert result.code == 2
            assert f"{name}: it cannot be read as a video" in result.err
            assert "Nothing was sent or spent." in result.err


def test_a_damaged_video_still_says_how_it_was_made(wan, saved):
    """It is marked."""
    data = saved.read_bytes()
    begin = data.index(b"mdat") + 4
    saved.write_bytes(data[:begin] + bytes(len(data) - begin))
    result = wan("show", "fox.mp4")
    assert (result.code, "no frame of it can be decoded" in result.err) == (0, True)
    assert b'marks: ["damaged"]' in result.out


def test_without_the_extra_the_rest_is_shown(wan, saved, monkeypatch):
    """The note names the extra."""
    monkeypatch.setitem(sys.modules, "av", None)
    result = wan("show", str(saved))
    assert (result.code, "pip install 'wan-ergonomic[video]'" in result.err) == (0, True)
    assert b"sha256: " in result.out
    assert b"codec" not in result.out


def bodies(api):
    """Return the bodies of the submissions."""
    return [each.body for each in api.received if each.method == "POST"]


def test_a_video_is_made_again_with_the_same_body(wan, api, saved, monkeypatch, tmp_path):
    """Whatever the configuration file says now."""
    (tmp_path / "wan.toml").write_text("[defaults]\nprefix = 'Film:'\nsuffix = 'Slow.'\n", "utf-8")
    monkeypatch.setenv("WAN_CONFIG", str(tmp_path / "wan.toml"))
    assert wan("generate", "--again", str(saved), "-o", "2.mp4", at=api).code == 0
    assert bodies(api)[-1] == bodies(api)[-2]
    assert (read_metadata("2.mp4") or {})["request"] == bodies(api)[-1]


@needs("seed", "watermark")
def test_options_and_a_prompt_of_the_command_line_win(wan, api, saved):
    """All else stays."""
    words = ("--seed", "0", "--no-watermark", "-o", "2.mp4")
    assert wan("generate", "A cat", "--again", str(saved), *words, at=api).code == 0
    expected = {**bodies(api)[-2], "prompt": "A cat", "seed": 0, "watermark": False}
    assert bodies(api)[-1] == expected


def test_a_prompt_from_a_file_wins(wan, api, saved):
    """As one on the command line does."""
    Path("prompt.txt").write_text("A dog", "utf-8")
    words = ("--prompt-file", "prompt.txt", "-o", "2.mp4")
    assert wan("generate", "--again", str(saved), *words, at=api).code == 0
    assert bodies(api)[-1]["prompt"] == "A dog"


@pytest.mark.parametrize("words", [["--preset", "draft"], ["--prefix", ""], ["--suffix", "Slow."]])
def test_nothing_is_added_to_a_prompt_that_is_sent_again(wan, api, saved, words):
    """It is the whole prompt already."""
    before = len(bodies(api))
    result = wan("generate", "--again", str(saved), *words, at=api)
    assert (result.code, len(bodies(api))) == (2, before)
    assert "leave out --preset, --prefix and --suffix. Nothing was sent or spent." in result.err


def test_a_video_of_another_model_is_not_made_again(wan, api, saved):
    """Its options could mean something else."""
    said = read_metadata(saved) or {}
    write_metadata(saved, {**said, "request": {**said["request"], "model": "other"}})
    result = wan("generate", "--again", str(saved), at=api)
    assert result.code == 2
    assert "fox.mp4 was made by 'other'; this sends to " in result.err


def test_a_request_that_is_not_valid_any_more_is_not_sent(wan, api, saved):
    """Before there is a session."""
    said = read_metadata(saved) or {}
    write_metadata(saved, {**said, "request": {**said["request"], "color": "red"}})
    before = len(bodies(api))
    result = wan("generate", "--again", str(saved), at=api)
    assert (result.code, len(bodies(api))) == (2, before)
    assert "There is no option 'color'" in result.err


def test_a_video_known_by_its_id_alone_says_little_and_cannot_be_made_again(wan, api, tmp_path):
    """Its request is not known."""
    job = wan("submit", "A boat", *as_arguments(an_option()), "--no-ledger", at=api).out.decode()
    wan("download", job.strip(), "-o", "b.mp4", "--no-ledger", at=api)
    said = read_metadata(tmp_path / "b.mp4") or {}
    assert set(said) >= {"generation_id", "model", "ended"}
    assert "request" not in said
    assert wan("generate", "--again", "b.mp4", at=api).code == 2
    assert Ledger(tmp_path / "none").jobs() == []
