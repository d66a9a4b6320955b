"""Exit code 4: what was accepted can be resumed, with the command that is printed."""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.conftest import SMALL
from tests.support.actions import Serve, response
from tests.support.responses import ID, VIDEO, accepted, completed, poll_response

PRINTABLE = {*map(chr, range(32, 127)), "\ufffd"}


def test_4_is_a_wait_that_takes_too_long_and_can_be_resumed(wan, slow_api, clock):
    """The printed command works, and nothing is paid twice."""
    words = ["generate", "A boat", "-o", "my boat.mp4", "--timeout", "1", *SMALL]
    result = wan(*words, at=slow_api)
    assert (result.code, result.out) == (4, b"")
    assert re.search(r"is not finished after [1-9]\d* s \(status: queued\)\.", result.err)
    # In between, a slow machine may say that the deadline cut off the last poll.
    assert " The generation keeps running" in result.err
    words = result.next_words
    assert words[0] == "wait"
    assert words[2:] == ["-o", "my boat.mp4", "--base-url", slow_api.url]
    clock.time += 400
    assert wan(*words).out == b"my boat.mp4\n"
    assert slow_api.billed == 1


@pytest.mark.usefixtures("no_waiting")
def test_4_keeps_force_and_the_default_name_in_the_command(wan, slow_api):
    """An id that begins with a dash stands behind a double dash."""
    result = wan("generate", "A [scenario: id-dash]", "--force", "--timeout", "2", at=slow_api)
    words = result.next_words
    assert words[:2] == ["wait", "-o"]
    assert words[2].startswith("a-scenario-id-dash-")
    assert words[3:6] == ["--force", "--base-url", slow_api.url]
    assert words[6] == "--"
    assert words[7].startswith("-")


@pytest.mark.usefixtures("no_waiting")
def test_4_is_a_lost_connection_while_waiting(wan, server):
    """The last failure is named, even if no poll succeeded."""
    server.script("submit", accepted())
    server.script("poll", response(502, "<title>Bad gateway</title>"))
    result = wan("generate", "A boat", "--timeout", "2", at=server)
    assert result.code == 4
    # The deadline may have cut off the last poll on a slow machine.
    assert re.search(r"The last poll failed: The (API returned 502|connection to)", result.err)
    assert result.next_words[:2] == ["wait", ID]


def test_4_is_an_error_response_after_acceptance(wan, server):
    """The generation is paid for, even if the key is rejected later."""
    server.script("submit", accepted())
    server.script("poll", poll_response("generating"), response(401))
    result = wan("generate", "A boat", "--json", at=server)
    event = result.events[-1]
    assert (result.code, event["exit_code"], event["id"]) == (4, 4, ID)
    assert event["error"]["message"].endswith(
        f"Generation {ID} keeps running at the API and is billed once; resuming costs nothing."
    )
    assert (event["status"], event["error"]["kind"]) == ("generating", "AuthenticationError")
    assert event["command"].startswith(f"wan wait {ID} -o a-boat-{ID}.mp4 --base-url")


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize("generation_id", ["gen\n1", "\x1b[31mred", "\u202egnp"])
def test_4_does_not_change_an_id_that_cannot_be_shown(wan, server, generation_id):
    """A replaced character would make another id, so the command is printed as JSON."""
    server.script("submit", accepted(id=generation_id))
    server.script("poll", poll_response("queued", id=generation_id))
    result = wan("generate", "A boat", "--timeout", "2", at=server)
    assert (result.code, set(result.err) - {"\n"} <= PRINTABLE) == (4, True)
    *_, purpose, _ = result.err.splitlines()
    assert purpose.startswith("Resume with this command, shown as JSON because it contains control")
    words = shlex.split(json.loads(result.next_command))
    assert words[:3] == ["wan", "wait", generation_id]


@pytest.mark.parametrize("scenario", ["html-video", "empty-video"])
def test_4_is_a_video_that_was_not_saved(wan, api, scenario):
    """It can be downloaded again, as often as needed."""
    result = wan("generate", f"A boat [scenario: {scenario}]", "-o", "b.mp4", at=api)
    assert result.code == 4
    assert result.next_words[2:4] == ["-o", "b.mp4"]
    assert "completed and paid for; its video is not saved yet.\n" in result.err
    assert list(Path().iterdir()) == []


@pytest.mark.usefixtures("no_waiting")
def test_4_without_a_command_is_a_video_that_its_storage_does_not_have(wan, server):
    """Fresh links did not help for a minute, so another attempt is not advised."""
    server.script("poll", completed(server))
    server.script("download", response(404))
    result = wan("download", ID, "-o", "b.mp4", at=server)
    assert result.code == 4
    assert "returned 404 for 60 s, with fresh links too." in result.err
    assert f"ask AIML API for the video of generation {ID}" in result.err
    assert "Resume" not in result.err


@pytest.mark.parametrize(
    ("allowed", "message"), [([], "not a public address"), (["--allow-private-links"], "broke off")]
)
def test_4_is_a_link_to_a_private_address(wan, server, allowed, message):
    """Unless it is allowed, which the printed command repeats; nobody listens there."""
    server.script("poll", poll_response("completed", video={"url": "https://198.18.0.5:9/v.mp4"}))
    result = wan("download", ID, "--timeout", "0.5", *allowed, at=server)
    assert (result.code, message in result.err) == (4, True)
    assert result.next_words[6:] == allowed


def test_4_is_a_download_of_a_pending_generation(wan, slow_api):
    """The printed command waits for it."""
    generation_id = wan("submit", "A boat", at=slow_api).out.decode().strip()
    result = wan("download", generation_id, "-o", "-", at=slow_api)
    assert result.code == 4
    name = f"wan-{generation_id}.mp4"
    assert result.next_words == ["wait", generation_id, "-o", name, "--base-url", slow_api.url]


@pytest.mark.usefixtures("no_waiting")
def test_4_in_an_embedded_sandbox_cannot_be_resumed(wan):
    """The generation ended with the sandbox, so no command is printed."""
    result = wan("generate", "A boat", "--sandbox", "--timeout", "1.5")
    assert result.code == 4
    assert result.err.endswith(
        "The generation ended with the embedded sandbox; nothing was billed.\n"
    )


@dataclass(frozen=True)
class Taken:
    """A video whose file appears just before it is served: somebody else took the name."""

    name: str

    def run(self, connection):
        """Take the name, then serve the video."""
        Path(self.name).write_bytes(b"mine")
        Serve(VIDEO).run(connection)


def test_4_names_another_file_if_the_name_was_taken(wan, server):
    """A command that would only say that the file exists is no help; nothing is replaced."""
    Path("boat-2.mp4").write_bytes(b"mine too")
    server.script("submit", accepted())
    server.script("poll", completed(server))
    server.script("download", Taken("boat.mp4"), Serve(VIDEO))
    result = wan("generate", "A boat", "-o", "boat.mp4", at=server)
    assert (result.code, "boat.mp4 already exists" in result.err) == (4, True)
    assert result.next_words[2:4] == ["-o", "boat-3.mp4"]
    assert wan(*result.next_words).out == b"boat-3.mp4\n"
    assert Path("boat.mp4").read_bytes() == b"mine"


@pytest.mark.usefixtures("no_waiting")
def test_4_keeps_a_file_name_that_looks_like_an_option(wan, slow_api):
    """The command would refuse it as a value that was forgotten."""
    result = wan("generate", "A boat", "--output=--force", "--timeout", "2", at=slow_api)
    assert result.code == 4
    assert result.next_words[2:] == ["--output=--force", "--base-url", slow_api.url]
