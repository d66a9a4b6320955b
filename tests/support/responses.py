"""The API's responses, and the video that a storage serves, as the loopback server sends them."""

from __future__ import annotations

from typing import Any

from wan_ergonomic import Generation, Video

from .actions import Send, response
from .loopback import Loopback


def boxes(**contents: bytes) -> bytes:
    """Return the boxes of an MP4, one after another, by their four-letter types."""
    return b"".join(
        (8 + len(content)).to_bytes(4) + name.encode() + content
        for name, content in contents.items()
    )


ID = "gen-1"
PROMPT = "A boat"

# The boxes that every MP4 has, with enough in them to be cut anywhere.
VIDEO = boxes(ftyp=b"isom\0\0\0\0isom", moov=bytes(8), mdat=bytes(range(256)) * 40)

HALF = VIDEO[: len(VIDEO) // 2]

# The headers of a video, and of one that is sent in chunks.
MP4 = {"Content-Type": "video/mp4", "ETag": '"v1"'}
CHUNKED = {**MP4, "Transfer-Encoding": "chunked"}

# A link signed as the vendor signs it; only the storage may see the signature.
SIGNATURE = "uGvB%2Fc4nary%2Bsigned%3D"
QUERY = f"Expires=4102444800&OSSAccessKeyId=LTAI5t&Signature={SIGNATURE}"


def chunk(data: bytes) -> bytes:
    """Return one chunk of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def accepted(**more: Any) -> Send:
    """Return the response to a submission."""
    return response(201, {"id": ID, "status": "queued", **more})


def poll_response(status: str, **more: Any) -> Send:
    """Return the response to a status request."""
    return response(200, {"id": ID, "status": status, **more})


def link(storage: Loopback) -> str:
    """Return a signed link to a video in a storage."""
    return f"{storage.origin}/1d/v.mp4?{QUERY}"


def completed(storage: Loopback) -> Send:
    """Return the response to the last status request of a job."""
    return poll_response("completed", video={"url": link(storage)})


def finished(storage: Loopback) -> Generation:
    """Return a generation whose video is in a storage."""
    return Generation(id=ID, status="completed", video=Video(url=link(storage)))


def html(status: int) -> Send:
    """Return an error page of a proxy in front of the API."""
    page = f"<html><head><title>{status} from a proxy</title></head></html>"
    return response(status, page, {"Content-Type": "text/html"})
