"""One received request, and the response to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, kw_only=True)
class SentResponse:
    """What the sandbox sent in response to a request.

    Attributes:
        status: The HTTP status; None if the connection was closed without a response.
        duration: Seconds from the request to the end of the response, in real time.
        size: How many bytes its body had.
        complete: Whether all of the body was sent.
        summary: What it meant, in a few words, as ``wan sandbox`` prints it.
        headers: The headers by lower-case name; empty once they are no longer kept.
        body: The text of the body, at most its first 16 KiB; None if it is no text, such as a
            video, or is no longer kept.
        cut: Whether the body is longer than that.
        kept: Whether headers and body are still kept: those of the oldest responses are dropped
            once all of them together have more than 32 MB.
    """

    status: int | None
    duration: float
    size: int
    complete: bool
    summary: str
    headers: Mapping[str, str]
    body: str | None
    cut: bool = False
    kept: bool = True


@dataclass(slots=True, kw_only=True)
class Received:
    """One received request.

    Attributes:
        method: GET, POST, HEAD, …
        path: The path, percent-decoded.
        query: The query parameters; of a repeated one, the last.
        headers: The headers by lower-case name; ``authorization`` is "right key" or
            "wrong key", and missing if there was no such header.
        body: The parsed JSON body; None if there is none or it is not JSON.
        text: The first 16 KiB of a body that is not JSON; None if there is none.
        number: Its number among all that the sandbox has received, from 1.
        at: When it was received, in seconds since 1970, by the clock of this machine.
        generation_id: The id of the generation that it submitted, polled or downloaded; None for
            other requests, and if nothing was accepted or found.
        charged_usd: US dollars charged for it, for a submission that was accepted.
        response: The response; None until it has been sent.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any = None
    text: str | None = None
    number: int = 0
    at: float = 0.0
    generation_id: str | None = None
    charged_usd: float | None = None
    response: SentResponse | None = field(default=None, repr=False)

    @property
    def has_right_key(self) -> bool:
        """Whether the request carried the sandbox's own key."""
        return self.headers.get("authorization") == "right key"
