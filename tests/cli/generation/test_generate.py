"""`wan generate`: from a prompt to a file."""

import io
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import CREDITS, SMALL
from wan_ergonomic._generation import CREDITS_PER_USD
from wan_ergonomic.cli.session import _session


def is_mp4(data: bytes) -> bool:
    """Whether bytes begin as an MP4 does."""
    return data[4:8] == b"ftyp"


def stdin(content: bytes) -> io.TextIOWrapper:
    """Return a standard input with this content."""
    return io.TextIOWrapper(io.BytesIO(content))


def test_a_prompt_becomes_a_file(wan, api):
    """The path of the video goes to standard output, all messages to standard error."""
    result = wan("generate", "A boat", "-o", "boat.mp4", *SMALL, at=api)
    assert (result.code, result.out) == (0, b"boat.mp4\n")
    assert is_mp4(Path("boat.mp4").read_bytes())
    accepted, completed, saved = result.err.splitlines()
    assert accepted.startswith("Accepted: ")
    assert accepted.endswith(f", {CREDITS:,} credits (${CREDITS / CREDITS_PER_USD:.2f})")
    assert completed == "completed, 0 s"
    assert saved.startswith("Saved 0.")


@pytest.mark.parametrize("output", [(), ("-o", "videos/"), ("-o", "there")])
def test_without_a_name_the_file_is_named_after_the_prompt_and_the_id(wan, api, output):
    """The API's own file name is not used. A folder that ends with a slash is made."""
    Path("there").mkdir()
    result = wan("generate", "A boat", *output, *SMALL, at=api)
    generation_id = api.received[-1].path.removeprefix("/videos/").removesuffix(".mp4")
    folder = Path(output[1] if output else ".")
    name = f"a-boat-{generation_id.partition('-')[0]}.mp4"
    assert result.out.decode() == f"{folder / name}\n"
    assert [path.name for path in folder.iterdir() if path.is_file()] == [name]


def test_a_later_download_has_the_same_name(wan, api, monkeypatch):
    """The ledger knows the prompt; without it, the name is the id."""
    monkeypatch.setenv("WAN_LEDGER", str(Path("ledger").absolute()))
    generation_id = wan("submit", "A boat", *SMALL, at=api).text
    name = f"a-boat-{generation_id.partition('-')[0]}.mp4"
    assert wan("wait", generation_id, at=api).text == "completed"
    assert wan("download", generation_id, at=api).text == name
    assert wan("download", generation_id, "--no-ledger", at=api).text == f"wan-{generation_id}.mp4"
    Path("ledger").write_bytes(b"no ledger")
    again = wan("wait", generation_id, "-o", "again/", at=api)
    assert again.text == str(Path("again") / f"wan-{generation_id}.mp4")


def test_json_is_one_object_and_its_events_are_json_lines(wan, api):
    """With --json, both streams hold JSON only."""
    result = wan("generate", "A boat", "-o", "b.mp4", "--json", *SMALL, at=api)
    assert result.code == 0
    assert result.data["status"] == "completed"
    assert result.data["file"] == "b.mp4"
    assert "Signature=" in result.data["video"]["url"]
    assert result.data["video"]["expires_at"].endswith("+00:00")
    assert result.data["usage"] == {"credits": CREDITS, "usd": CREDITS / CREDITS_PER_USD}
    assert [event["event"] for event in result.events] == ["accepted", "poll", "saved"]
    assert {event.get("id") for event in result.events[:2]} == {result.data["id"]}
    assert "Signature" not in result.err


def test_quiet_prints_the_path_alone(wan, api):
    """With --quiet, standard error holds errors only."""
    result = wan("generate", "A boat", "-o", "b.mp4", "--quiet", *SMALL, at=api)
    assert (result.code, result.out, result.err) == (0, b"b.mp4\n", "")


def test_the_video_can_go_to_standard_output(wan, api):
    """With -o -, standard output holds the video alone."""
    result = wan("generate", "A boat", "-o", "-", *SMALL, at=api)
    assert result.code == 0
    assert is_mp4(result.out)
    assert list(Path().iterdir()) == []


def test_the_prompt_can_come_from_standard_input(wan, api, monkeypatch):
    """Standard input is UTF-8, with or without a byte order mark."""
    monkeypatch.setattr(sys, "stdin", stdin("\ufeffA café\n".encode()))
    assert wan("submit", "-", at=api).code == 0
    assert api.received[-1].body["prompt"] == "A café"


@pytest.mark.parametrize(
    ("stream", "message"),
    [(stdin(b"\xff\xfe"), "is not UTF-8"), (None, "is closed"), (stdin(b" "), "empty")],
)
def test_an_unusable_standard_input_costs_nothing(wan, api, monkeypatch, stream, message):
    """A prompt that cannot be read is a usage error, and nothing is sent."""
    monkeypatch.setattr(sys, "stdin", stream)
    billed = api.billed
    result = wan("generate", "-", at=api)
    assert (result.code, api.billed) == (2, billed)
    assert message in result.err


def test_a_sandbox_can_be_embedded(wan, monkeypatch):
    """--sandbox needs no key and no server, and costs nothing."""
    monkeypatch.setattr(_session, "EMBEDDED_SPEED", 1000.0)
    result = wan("generate", "A boat", "--sandbox", "-o", "b.mp4", *SMALL)
    assert (result.code, result.out) == (0, b"b.mp4\n")
    assert is_mp4(Path("b.mp4").read_bytes())
    message = result.err.splitlines()
    assert message[0] == "Sandbox: nothing is generated or billed; the video is a test card."
    seen = [line.partition(",")[0] for line in message[2:-1]]
    # On a slow machine some of them pass unseen.
    assert seen == [word for word in ("queued", "generating", "completed") if word in seen]
    assert seen[-1] == "completed"


def test_a_prompt_that_begins_with_a_dash_is_a_prompt_if_it_has_a_space(wan, api):
    """One word that begins with a dash may be a typing error, so nothing is submitted."""
    assert wan("submit", "-5 degrees, snow", at=api).code == 0
    assert api.received[-1].body["prompt"] == "-5 degrees, snow"
    billed = api.billed
    for mistyped in ("-snow", "--snow", "-o snow", "--sede=a b"):
        assert wan("generate", mistyped, at=api).code == 2
    assert api.billed == billed
