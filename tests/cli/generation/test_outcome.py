"""How commands end: each exit code but 4, and its message."""

from pathlib import Path

import pytest

from tests.cli.conftest import SMALL
from tests.support.actions import response
from tests.support.loopback import Loopback
from tests.support.options import needs
from tests.support.responses import accepted, completed, poll_response


def test_0_is_done(wan, api):
    """A command that succeeds exits with 0."""
    assert wan("submit", "A boat", at=api).code == 0


@pytest.mark.parametrize("scenario", ["no-credits", "unverified", "bad-prompt", "oldest-error"])
def test_1_is_a_rejected_submission(wan, api, scenario):
    """A rejected submission was not accepted, and there is nothing to resume."""
    result = wan("generate", f"A boat [scenario: {scenario}]", at=api)
    assert (result.code, result.out) == (1, b"")
    assert len(result.err.splitlines()) == 1
    assert result.err.startswith("wan: The API returned 40")


def test_1_is_an_unknown_id(wan, api):
    """No generation was seen, so there is nothing to resume."""
    result = wan("status", "no-such-id", at=api)
    assert result.code == 1
    assert "404" in result.err
    assert result.err.endswith(" This command cost nothing.\n")


def test_1_is_no_connection(wan):
    """Nothing was sent."""
    with Loopback(listening=False) as unreachable:
        result = wan("submit", "A boat", "--timeout", "0.2", at=unreachable)
    assert result.code == 1
    assert "before anything was sent" in result.err


@pytest.mark.parametrize(
    ("words", "message"),
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
        (
            ["generate", "A boat", "--seed", "x"],
            "a whole number from 0 to 2147483647 (--seeds takes several), not 'x'.",
        ),
        (["generate", "A boat", "--timeout", "-1"], "positive number of seconds"),
        (["generate", "A boat", "-o", "no/such/folder.mp4"], "no/such does not exist"),
        (["generate", "A boat", "-o", "there.mp4/"], "The folder there.mp4 cannot be made: File e"),
        (["generate", "A boat", "-o", "there.mp4"], "replace it with --force."),
        (["generate", "A boat", "-o", "/proc/boat.mp4"], "Nothing can be written to the folder"),
        (["generate", "A boat", "-o", "x" * 300], "cannot be used: File name too long"),
        (["generate", "A boat", "-o", "-", "--json"], "both write to standard output"),
        (["generate", "A boat", "--sandbox"], "leave out --base-url"),
        (["generate"], "PROMPT is missing"),
        (["submit", "A boat", "--sed", "7"], "--seed"),
        (["wait", "some-id", "-o", "there.mp4"], "replace it with --force."),
        (["download", "some-id", "-o", "there.mp4"], "replace it with --force."),
        (["status", "  "], "The id is empty"),
        (["stauts", "x"], "See wan --help."),
    ],
)
def test_2_is_bad_input_and_nothing_is_sent(wan, api, words, message):
    """The message is one sentence, and no request is sent."""
    Path("there.mp4").write_bytes(b"mine")
    received = len(api.received)
    result = wan(*words, at=api)
    assert (result.code, result.out, len(api.received)) == (2, b"", received)
    assert message in result.err
    assert len(result.err.splitlines()) == 1
    assert Path("there.mp4").read_bytes() == b"mine"


@pytest.mark.parametrize("url", ["http://api.example.com", "ftp://x", "nonsense"])
def test_2_is_an_address_that_would_show_the_key(wan, monkeypatch, url):
    """Plain http is allowed on this machine only."""
    monkeypatch.setenv("AIMLAPI_API_KEY", "some-key")
    result = wan("submit", "A boat", "--base-url", url)
    assert result.code == 2
    assert "base_url must" in result.err


def test_2_is_a_missing_key_and_the_sandbox_is_offered(wan, monkeypatch):
    """The error names the variables and prints a command that needs no key."""
    monkeypatch.setenv("AIML_API_KEY", "  ")
    result = wan("generate", "A boat's wake", "-o", "b.mp4")
    assert result.code == 2
    assert "Set AIMLAPI_API_KEY, AIML_API_KEY or AIMLAPI_KEY in the env" in result.err
    assert result.next_words == ["generate", "--sandbox", "A boat's wake", "-o", "b.mp4"]
    assert wan("submit", "--json", "A boat").events[0]["error"]["kind"] == "MissingKeyError"


@pytest.mark.parametrize(
    "words",
    [["wait", "some-id"], ["status", "some-id"], ["submit", "A", "--base-url", "http://[::1]"]],
)
def test_2_without_a_key_offers_no_sandbox_that_cannot_work(wan, words):
    """An embedded one has its own address and knows no id of another command."""
    result = wan(*words)
    assert (result.code, len(result.err.splitlines())) == (2, 1)
    assert "There is no API key." in result.err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks://127.0.0.1:7891/"),
        ("HTTPS_PROXY", "http://me:s3#cret@proxy.example:1"),
        ("SSL_CERT_FILE", "/no/such/file"),
        ("SSL_CERT_DIR", "/no/such/folder"),
        ("WAN_BASE_URL", "http://api.example"),
        ("AIMLAPI_API_KEY", "'quoted-key'"),
        ("WAN_CONFIG", "/no/such/config.toml"),
    ],
)
def test_2_is_a_wrong_variable_which_is_named(wan, monkeypatch, name, value):
    """Also with --json. An embedded sandbox is not concerned, but for the file."""
    monkeypatch.setenv("AIMLAPI_API_KEY", "some-key")
    monkeypatch.setenv(name, value)
    result = wan("submit", "A boat")
    assert (result.code, name in result.err, len(result.err.splitlines())) == (2, True, 1)
    (event,) = wan("submit", "A boat", "--json").events
    assert (event["exit_code"], event["error"]["kind"]) == (2, "ConfigurationError")
    expected = 2 if name == "WAN_CONFIG" else 0
    assert wan("submit", "A boat", "--sandbox").code == expected


def test_2_is_a_placeholder_for_a_key(wan, monkeypatch):
    """A placeholder is not sent; the sandbox is not offered, since a key was intended."""
    monkeypatch.setenv("AIMLAPI_API_KEY", "<YOUR_AIMLAPI_KEY>")
    result = wan("submit", "A boat")
    assert (result.code, "placeholder" in result.err) == (2, True)


def test_force_replaces_a_file(wan, api):
    """--force allows what is an error without it."""
    Path("b.mp4").write_bytes(b"mine")
    assert wan("generate", "A boat", "-o", "b.mp4", "--force", *SMALL, at=api).code == 0
    assert Path("b.mp4").stat().st_size > 10_000


@pytest.mark.usefixtures("bodies_as_they_were")
def test_3_is_a_failed_generation(wan, api):
    """Waiting longer does not help, so no command is printed."""
    result = wan("generate", "A boat [scenario: fails]", "-o", "b.mp4", at=api)
    assert (result.code, result.out) == (3, b"")
    assert "DataInspectionFailed" in result.err
    assert "Resume" not in result.err
    assert not Path("b.mp4").exists()


@pytest.mark.usefixtures("no_waiting")
def test_3_is_a_completed_generation_without_a_link(wan, server):
    """The link was waited for; nothing says that it will come."""
    server.script("submit", accepted())
    server.script("poll", poll_response("completed", video=None))
    result = wan("generate", "A boat", "-o", "b.mp4", at=server)
    assert (result.code, result.out) == (3, b"")
    assert "gave no link to its video for 60 s. The job was paid for" in result.err
    assert "Resume" not in result.err


def test_an_id_ends_with_its_embedded_sandbox(wan):
    """The error says what to do instead."""
    result = wan("status", "some-id", "--sandbox")
    assert result.code == 1
    assert "an embedded sandbox and its ids end with their command" in result.err
    assert "wan sandbox" in result.err


@pytest.mark.parametrize(
    "scenario", ["lost-500", "conflict", "lost-502", "lost-connection", "created-page"]
)
def test_5_is_a_submission_in_doubt(wan, api, scenario):
    """It was sent once; the event has the id that the vendor can look up."""
    billed = api.billed
    result = wan("submit", f"A boat [scenario: {scenario}]", "--json", at=api)
    event = result.events[-1]
    assert (result.code, event["error"]["kind"]) == (5, "SubmissionInDoubtError")
    assert api.billed == billed + 1
    sent = api.received[-1].headers["x-client-request-id"]
    assert event["client_request_id"] == sent
    assert event["command"] == f"wan recover {sent} --base-url {api.url}"
    assert event["id"] is None


def test_5_in_an_embedded_sandbox_offers_nothing(wan):
    """It ended, and nothing was billed."""
    result = wan("submit", "A boat [scenario: lost-500]", "--sandbox", "--json")
    assert (result.code, result.events[-1]["command"]) == (5, None)


@pytest.mark.parametrize("status", [301, 409, 500, 501, 700])
def test_5_is_whatever_does_not_say_that_it_was_rejected(wan, server, status):
    """The event has the id that the vendor can look up."""
    server.script("submit", response(status))
    result = wan("generate", "A boat", "-o", "b.mp4", "--json", at=server)
    (sent,) = server.received("submit")
    assert result.code == 5
    assert result.events[-1]["client_request_id"] == sent.headers["x-client-request-id"]
    assert "Nothing was accepted" not in result.err


@pytest.mark.parametrize("scenario", ["busy-accepted", "created-no-id"])
def test_5_offers_to_resume_a_generation_that_the_response_named(wan, api, scenario):
    """Whether it exists can be seen for free; the id came in a header."""
    billed = api.billed
    result = wan("generate", f"A boat [scenario: {scenario}]", "-o", "b.mp4", *SMALL, at=api)
    assert (result.code, api.billed) == (5, billed + 1)
    assert wan(*result.next_words, at=api).code == 0
    assert Path("b.mp4").exists()


def test_5_offers_nothing_that_ended_with_an_embedded_sandbox(wan):
    """Its ids mean nothing to the API."""
    result = wan("submit", "A boat [scenario: busy-accepted]", "--sandbox")
    assert result.code == 5
    assert "resumes" not in result.err


@pytest.mark.usefixtures("no_waiting")
def test_no_message_shows_a_whole_link(wan, server):
    """Messages show neither a whole signed link nor the key."""
    server.script("submit", accepted())
    server.script("poll", completed(server))
    server.script("download", response(403))
    result = wan("generate", "A boat", "-o", "b.mp4", at=server)
    assert result.code == 4
    assert "Signature" not in result.err
    assert "some-key" not in result.err


def test_a_servers_words_cannot_steer_the_terminal(wan, server):
    """Control characters are replaced, and the message is one line."""
    server.script("submit", response(400, {"message": "no\x1b[2J\nway"}))
    result = wan("submit", "A boat", at=server)
    assert "no\ufffd[2J way" in result.err
