"""How commands end: each exit code, the sentence with it, and the command that goes on."""

import json
import re
import shlex
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.cli.conftest import SMALL
from tests.support.loopback import Loopback, answer
from tests.support.options import needs
from tests.support.responses import ID, accepted, completed, seen
from wan_ergonomic import __version__
from wan_ergonomic.cli import _app
from wan_ergonomic.cli._exits import MEANINGS, Exit
from wan_ergonomic.cli.generation import _commands

PRINTABLE = {*map(chr, range(32, 127)), "\ufffd"}


@pytest.fixture
def server():
    """A server that does as a test scripts it."""
    with Loopback() as running:
        yield running


def advised(ended):
    """Return the words of the command that an outcome advises, without the program."""
    program, *words = shlex.split(ended.advice)
    assert program == "wan"
    return words


def test_every_exit_code_has_a_meaning():
    """The table is complete."""
    assert set(MEANINGS) == set(Exit)


def test_0_is_done(wan, api):
    """Nothing else is."""
    assert wan("submit", "A boat", at=api).code == 0


@pytest.mark.parametrize("scenario", ["no-credits", "unverified", "bad-prompt", "oldest-error"])
def test_1_is_a_refusal(wan, api, scenario):
    """Nothing was accepted, and nothing advises to resume."""
    ended = wan("generate", f"A boat [scenario: {scenario}]", at=api)
    assert (ended.code, ended.out) == (1, b"")
    assert len(ended.err.splitlines()) == 1
    assert ended.err.startswith("wan: The API returned 40")


def test_1_is_an_id_that_nobody_knows(wan, api):
    """No job was ever seen, so there is nothing to resume."""
    ended = wan("status", "no-such-id", at=api)
    assert ended.code == 1
    assert "404" in ended.err


def test_1_is_no_connection(wan):
    """Nothing was sent."""
    with Loopback(listening=False) as nobody:
        ended = wan("submit", "A boat", "--timeout", "0.2", at=nobody)
    assert ended.code == 1
    assert "before anything was sent" in ended.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["generate", "  "], "The prompt is empty."),
        pytest.param(
            ["generate", "A boat", "--resolution", "480"],
            "Did you mean '480P'?",
            marks=needs("resolution"),
        ),
        pytest.param(
            ["generate", "A boat", "--aspect-ratio", "16/9"],
            "Did you mean '16:9'?",
            marks=needs("aspect_ratio"),
        ),
        (["generate", "A boat", "--preset", "daft"], "Did you mean 'draft'?"),
        (["generate", "A boat", "--seed", "x"], "See wan generate --help."),
        (["generate", "A boat", "--timeout", "-1"], "positive number of seconds"),
        (["generate", "A boat", "-o", "no/such/folder.mp4"], "no/such does not exist"),
        (["generate", "A boat", "-o", "."], "name a file in it"),
        (["generate", "A boat", "-o", "there.mp4"], "replace it with --force."),
        (["generate", "A boat", "-o", "/proc/boat.mp4"], "Nothing can be written to the folder"),
        (["generate", "A boat", "-o", "x" * 300], "cannot be used: File name too long"),
        (["generate", "A boat", "-o", "-", "--json"], "both write to standard output"),
        (["generate", "A boat", "--sandbox"], "leave out --base-url"),
        (["generate"], "See wan generate --help."),
        (["submit", "A boat", "--sed", "7"], "--seed"),
        (["wait", "some-id", "-o", "there.mp4"], "replace it with --force."),
        (["download", "some-id", "-o", "there.mp4"], "replace it with --force."),
        (["status", "  "], "Not a generation or its id"),
        (["stauts", "x"], "See wan --help."),
    ],
)
def test_2_is_bad_input_and_nothing_is_sent(wan, api, words, said):
    """One sentence, without a single request."""
    Path("there.mp4").write_bytes(b"mine")
    received = len(api.received)
    ended = wan(*words, at=api)
    assert (ended.code, ended.out, len(api.received)) == (2, b"", received)
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1
    assert Path("there.mp4").read_bytes() == b"mine"


@pytest.mark.parametrize("url", ["http://api.example.com", "ftp://x", "nonsense"])
def test_2_is_an_address_that_would_show_the_key(wan, monkeypatch, url):
    """Plain http is for this machine only."""
    monkeypatch.setenv("AIMLAPI_API_KEY", "some-key")
    ended = wan("submit", "A boat", "--base-url", url)
    assert ended.code == 2
    assert "base_url must" in ended.err


def test_2_is_a_missing_key_and_the_sandbox_is_offered(wan, monkeypatch):
    """The error names the variables, and the very command to type."""
    monkeypatch.setenv("AIML_API_KEY", "  ")
    ended = wan("generate", "A boat's wake", "-o", "b.mp4")
    assert ended.code == 2
    assert "Set AIMLAPI_API_KEY, AIML_API_KEY or AIMLAPI_KEY in the env" in ended.err
    assert advised(ended) == ["generate", "--sandbox", "A boat's wake", "-o", "b.mp4"]
    assert wan("submit", "--json", "A boat").events[0]["error"]["kind"] == "MissingKeyError"


def test_2_is_a_placeholder_for_a_key(wan, monkeypatch):
    """It is not sent, and the sandbox is not offered: there was meant to be a key."""
    monkeypatch.setenv("AIMLAPI_API_KEY", "<YOUR_AIMLAPI_KEY>")
    ended = wan("submit", "A boat")
    assert (ended.code, "placeholder" in ended.err) == (2, True)


def test_force_replaces_a_file(wan, api):
    """Only then."""
    Path("b.mp4").write_bytes(b"mine")
    assert wan("generate", "A boat", "-o", "b.mp4", "--force", *SMALL, at=api).code == 0
    assert Path("b.mp4").stat().st_size > 10_000


def test_3_is_a_failed_generation(wan, api):
    """Waiting longer would not help, so nothing advises to."""
    ended = wan("generate", "A boat [scenario: fails]", "-o", "b.mp4", at=api)
    assert (ended.code, ended.out) == (3, b"")
    assert "DataInspectionFailed" in ended.err
    assert "Resume" not in ended.err
    assert not Path("b.mp4").exists()


def test_4_is_a_wait_that_takes_too_long_and_can_be_resumed(wan, slow_api, clock):
    """With the very command, which then works."""
    words = ["generate", "A boat", "-o", "my boat.mp4", "--timeout", "2", *SMALL]
    ended = wan(*words, at=slow_api)
    assert (ended.code, ended.out) == (4, b"")
    assert "is not finished after 2 s (status: queued). The generation keeps running" in ended.err
    words = advised(ended)
    assert words[0] == "wait"
    assert words[2:] == ["-o", "my boat.mp4", "--base-url", slow_api.url]
    clock.time += 400
    assert wan(*words).out == b"my boat.mp4\n"
    assert slow_api.billed == 1


def test_4_keeps_force_and_the_default_name_in_the_command(wan, slow_api):
    """And sets an id that begins with a dash apart."""
    ended = wan("generate", "A [scenario: id-dash]", "--force", "--timeout", "2", at=slow_api)
    words = advised(ended)
    assert words[:2] == ["wait", "-o"]
    assert words[2].startswith("wan-")
    assert words[3:6] == ["--force", "--base-url", slow_api.url]
    assert words[6] == "--"
    assert words[7].startswith("-")


def test_4_is_a_lost_connection_while_waiting(wan, server):
    """Also when the API was never seen; then the last failure is named."""
    server.script("submit", accepted())
    server.script("poll", answer(502, "<title>Bad gateway</title>"))
    ended = wan("generate", "A boat", "--timeout", "2", at=server)
    assert ended.code == 4
    # On a slow machine the very last look may have been cut off by the deadline.
    assert re.search(r"The last poll failed: The (API returned 502|connection failed)", ended.err)
    assert advised(ended)[:2] == ["wait", ID]


def test_4_is_a_refusal_after_acceptance(wan, server):
    """The job is paid for, whatever the key is worth now."""
    server.script("submit", accepted())
    server.script("poll", seen("generating"), answer(401))
    ended = wan("generate", "A boat", "--json", at=server)
    told = ended.events[-1]
    assert (ended.code, told["exit_code"], told["id"]) == (4, 4, ID)
    assert told["error"]["message"].endswith(
        f"Generation {ID} keeps running at the API and is billed once; resuming costs nothing."
    )
    assert (told["status"], told["error"]["kind"]) == ("generating", "AuthenticationError")
    assert told["command"].startswith(f"wan wait {ID} -o wan-{ID}.mp4 --base-url")


@pytest.mark.parametrize("generation_id", ["gen\n1", "\x1b[31mred", "\u202egnp"])
def test_4_does_not_change_an_id_that_cannot_be_shown(wan, server, generation_id):
    """A command to copy would ask for another id, so it is shown as JSON."""
    server.script("submit", accepted(id=generation_id))
    server.script("poll", seen("queued", id=generation_id))
    ended = wan("generate", "A boat", "--timeout", "2", at=server)
    assert (ended.code, set(ended.err) - {"\n"} <= PRINTABLE) == (4, True)
    *_, last = ended.err.splitlines()
    assert last.startswith("Resume with this command, shown as JSON because it contains control")
    words = shlex.split(json.loads(ended.advice))
    assert words[:3] == ["wan", "wait", generation_id]


@pytest.mark.parametrize("scenario", ["html-video", "empty-video", "no-video"])
def test_4_is_a_video_that_was_not_saved(wan, api, scenario):
    """It can be downloaded again, as often as needed."""
    ended = wan("generate", f"A boat [scenario: {scenario}]", "-o", "b.mp4", at=api)
    assert ended.code == 4
    assert advised(ended)[2:4] == ["-o", "b.mp4"]
    assert "completed and paid for; its video is not saved yet.\n" in ended.err
    assert list(Path().iterdir()) == []


def test_4_is_a_download_of_what_is_not_finished(wan, slow_api):
    """The command waits for it."""
    generation_id = wan("submit", "A boat", at=slow_api).out.decode().strip()
    ended = wan("download", generation_id, "-o", "-", at=slow_api)
    assert ended.code == 4
    name = f"wan-{generation_id}.mp4"
    assert advised(ended) == ["wait", generation_id, "-o", name, "--base-url", slow_api.url]


def test_4_in_an_embedded_sandbox_cannot_be_resumed(wan):
    """The job ended with it, so no command is advised."""
    ended = wan("generate", "A boat", "--sandbox", "--timeout", "1.5")
    assert ended.code == 4
    assert ended.err.endswith(
        "The generation ended with the embedded sandbox; nothing was billed.\n"
    )


def test_an_id_does_not_outlive_an_embedded_sandbox(wan):
    """The error says what to do instead."""
    ended = wan("status", "some-id", "--sandbox")
    assert ended.code == 1
    assert "an embedded sandbox and its ids end with their command" in ended.err
    assert "wan sandbox" in ended.err


@pytest.mark.parametrize("scenario", ["lost-502", "lost-connection", "created-nameless"])
def test_5_is_a_submission_in_doubt(wan, api, scenario):
    """It was sent once, and the id to ask the vendor about is said."""
    billed = api.billed
    ended = wan("submit", f"A boat [scenario: {scenario}]", "--json", at=api)
    told = ended.events[-1]
    assert (ended.code, told["error"]["kind"]) == (5, "SubmissionInDoubtError")
    assert api.billed == billed + 1
    sent = api.received[-1].headers["x-client-request-id"]
    assert told["client_request_id"] == sent
    assert (told["command"], told["id"]) == (None, None)


def test_usage_errors_are_json_too(wan):
    """With --json there is no prose at all."""
    ended = wan("wait", "--json", "--timeot", "3", "some-id")
    assert ended.code == 2
    assert ended.events[0]["error"]["kind"] == "UsageError"
    assert "--timeout" in ended.events[0]["error"]["message"]


def test_no_output_but_json_on_request_shows_a_whole_link(wan, server):
    """And none the key."""
    server.script("submit", accepted())
    server.script("poll", completed(server))
    server.script("download", answer(403))
    ended = wan("generate", "A boat", "-o", "b.mp4", at=server)
    assert ended.code == 4
    assert "Signature" not in ended.err
    assert "some-key" not in ended.err


def test_an_unknown_exception_keeps_its_traceback(wan, api, monkeypatch):
    """It is a mistake of ours, and hiding it would not mend it."""

    def broken(*_):
        raise RuntimeError("a bug")

    monkeypatch.setattr(_commands, "check_prompt", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        wan("submit", "A boat", at=api)


def test_a_servers_words_cannot_steer_the_terminal(wan, server):
    """Control characters are replaced, and all is on one line."""
    server.script("submit", answer(400, {"message": "no\x1b[2J\nway"}))
    ended = wan("submit", "A boat", at=server)
    assert "no\ufffd[2J way" in ended.err


def test_without_words_there_is_help(wan):
    """And no error."""
    ended = wan()
    assert ended.code == 0
    assert ended.out.startswith(b"Usage: wan ")


def test_the_version_is_said(wan):
    """As data."""
    assert wan("--version").out.decode() == f"wan-ergonomic {__version__}\n"


def test_a_command_can_run_outside_the_main_thread():
    """Where signals cannot be handled, and need not be."""
    with ThreadPoolExecutor() as threads:
        assert threads.submit(_app.run, ["preview", "A boat"]).result() == 0
