"""What the loopback server says and serves in these tests."""

from __future__ import annotations

from typing import Any

from wan_ergonomic import Generation, Video

from .loopback import Loopback, Send, answer


def boxes(**held: bytes) -> bytes:
    """Return the boxes of an MP4, one after another."""
    return b"".join(
        (8 + len(content)).to_bytes(4) + kind.encode() + content for kind, content in held.items()
    )


ID = "gen-1"
PROMPT = "A boat"

# The boxes that every MP4 has, with enough in them to be cut anywhere.
VIDEO = boxes(ftyp=b"isom\0\0\0\0isom", moov=bytes(8), mdat=bytes(range(256)) * 40)

# The vendor's way to sign a link; its signature must be seen by the store alone.
SIGNATURE = "uGvB%2Fc4nary%2Bsigned%3D"
QUERY = f"Expires=4102444800&OSSAccessKeyId=LTAI5t&Signature={SIGNATURE}"


def accepted(**more: Any) -> Send:
    """Return the answer to a submission."""
    return answer(201, {"id": ID, "status": "queued", **more})


def seen(status: str, **more: Any) -> Send:
    """Return the answer to a status request."""
    return answer(200, {"id": ID, "status": status, **more})


def link(store: Loopback) -> str:
    """Return a signed link to a video in a store."""
    return f"{store.origin}/1d/v.mp4?{QUERY}"


def completed(store: Loopback) -> Send:
    """Return the answer to the last status request of a job."""
    return seen("completed", video={"url": link(store)})


def finished(store: Loopback) -> Generation:
    """Return a generation whose video is in a store."""
    return Generation(id=ID, status="completed", video=Video(url=link(store)))


def html(status: int) -> Send:
    """Return what a proxy in front of the API says."""
    page = f"<html><head><title>{status} from a proxy</title></head></html>"
    return answer(status, page, {"Content-Type": "text/html"})
