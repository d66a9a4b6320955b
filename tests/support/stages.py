"""A job that stops at a chosen stage, to be interrupted there and then resumed."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ClientKind
from tests.support.actions import Hang, Serve, Stage
from tests.support.loopback import Entry, Loopback
from tests.support.responses import ID, VIDEO, accepted, completed, poll_response
from wan_ergonomic._flows import CLIENT_REQUEST_ID

STAGES = ("submit", "between polls", "poll", "download")


def stop_at(server: Loopback, stage: str) -> None:
    """Let a job get to a stage, and no further."""
    server.script("submit", Hang() if stage == "submit" else accepted())
    polls: dict[str, Entry] = {"poll": Hang(), "between polls": poll_response("queued")}
    server.script("poll", polls.get(stage, completed(server)))
    server.script("download", Serve(VIDEO, cut=1000, then=(Hang(),)))


def has_reached(server: Loopback, stage: str) -> bool:
    """Return whether the job has got to the stage."""
    requests: dict[str, Stage] = {"submit": "submit", "download": "download"}
    return bool(server.received(requests.get(stage, "poll")))


def check_explained(server: Loopback, stage: str, text: str) -> None:
    """Check that a text says what was paid for, and how to continue."""
    if stage == "submit":
        request_id = server.received("submit")[0].headers[CLIENT_REQUEST_ID.lower()]
        assert f"{CLIENT_REQUEST_ID} {request_id}." in text
        assert "may have been accepted and billed" in text
    elif stage != "download":
        assert f"wait({ID!r}) picks it up again" in text


def check_resumes(client_kind: ClientKind, before: Loopback, stage: str, path: Path) -> None:
    """Check that another client can continue after the stage without a new submission."""
    with Loopback() as server:
        server.script("poll", completed(server))
        server.script("download", Serve(VIDEO))
        with client_kind.client(base_url=server.url) as wan:
            wan.download(wan.wait(ID), path)
        assert path.read_bytes() == VIDEO
        assert [found.name for found in path.parent.iterdir()] == [path.name]
        assert (len(before.received("submit")), server.received("submit")) == (1, [])
        resumed = server.received("download")[-1].headers.get("range")
        assert resumed == ("bytes=1000-" if stage == "download" else None)
