"""What a cell of the matrix is made of: data, and the few ways to say it.

A cell says what a server does at one stage of a generation and what must come
of it. Nothing here talks to anybody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, AnyStr, Literal

from tests.support.actions import Action, Send, Serve, Stage, response
from tests.support.responses import ID, VIDEO

Act = Literal["submit", "status", "wait", "download"]
Connection = Literal["fresh", "kept"]
Money = Literal["no", "perhaps", "once"]

# What stands in bytes and links for what is known only once the servers run.
HERE, ELSEWHERE, PORT = "@HERE@", "@ELSEWHERE@", "@PORT@"
KEY, SIGNED = "@KEY@", "@SIGNED@"
QUERY = f"?Expires=4102444800&OSSAccessKeyId=LTAI5t&Signature={SIGNED}%2B%3D"
LINK = f"{HERE}/1d/v.mp4{QUERY}"

# For whatever is slow on purpose: as short as this machine at its busiest allows, and longer
# where something that is not slow comes after it.
SOON, LATER = 1.0, 2.0


@dataclass(frozen=True)
class Reply:
    """A whole answer; the places in its body and headers are filled in when it is played."""

    status: int
    body: Any = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def at(self, places: Mapping[str, str]) -> Send:
        """Return what is sent."""
        body = self.body if isinstance(self.body, bytes | str) else json.dumps(self.body)
        whole = body.encode() if isinstance(body, str) else body
        headers = {name: fill(text, places) for name, text in self.headers.items()}
        return response(self.status, fill(whole, places), headers)

    @property
    def refuses(self) -> bool:
        """Whether it says that nothing was accepted, so that a submission may be sent again."""
        in_words = isinstance(self.body, dict) or "Retry-After" in self.headers
        return self.status == 429 or (self.status == 503 and in_words)


def fill(text: AnyStr, places: Mapping[str, str]) -> AnyStr:
    """Return a text with each place in it replaced by what it stands for."""
    for place, meant in places.items():
        if isinstance(text, bytes):
            text = text.replace(place.encode(), meant.encode())
        else:
            text = text.replace(place, meant)
    return text


Fault = Action | Reply | tuple[Action | Reply, ...]


@dataclass(frozen=True)
class Result:
    """What came of one call, as the matrix shows it.

    Attributes:
        outcome: The class of the error, or the state of the generation that was returned.
        requests: Those that arrived during the call: POST, GET (a look) and video.
        money: Whether it was spent, as the caller is told.
        files: What lies in the folder that the video was meant for.
    """

    outcome: str
    requests: str
    money: Money = "once"
    files: str = "none"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One fault at one stage, and what must come of it.

    Attributes:
        kind: The family that the fault is of.
        fault: What it is, in a few words.
        case: Which variant of it.
        act: The method of the client that meets it.
        script: What is done to one request after the other; the last entry is repeated.
        connection: A fresh one, or one that has served a request of this stage before.
        seconds: The real seconds that a request may take; for slow faults.
        attempts: How often the client may try; by default a few times.
        link: The link of the finished video, or any other ``video`` of a completed job.
        submitted: What the submission of a later stage is answered with, beside the usual.
        earlier: What was done to the download of an earlier call, which failed.
        refused: Nobody listens at first, until after so many pauses; -1 for never.
        unread: Connections that are closed before anything is read.
        production: Whether the API is at a public address, as far as the client knows.
        aimed: Whether the link is followed from there without a way to public addresses, by
            somebody who has the generation already.
        pause: The least and the most that the first pause may be, in seconds.
        video: What is under the final name if anything is.
        most_sent: Bytes that the server may get rid of at most.
        most_memory: Bytes that may be held at the same time.
        defect: Why the cell cannot pass yet.
    """

    kind: str
    fault: str
    act: Act
    result: Result
    script: tuple[Fault, ...] = ()
    case: str = ""
    connection: Connection = "fresh"
    seconds: float | None = None
    attempts: int | None = None
    link: Any = LINK
    submitted: Mapping[str, Any] = field(default_factory=dict)
    earlier: Fault | None = None
    refused: int | None = None
    unread: int = 0
    production: bool = False
    aimed: bool = False
    pause: tuple[float, float] | None = None
    video: bytes = VIDEO
    most_sent: int | None = None
    most_memory: int | None = None
    defect: str = ""

    @property
    def stage(self) -> Stage:
        """The stage whose requests the fault is done to."""
        stages: dict[Act, Stage] = {"submit": "submit", "download": "download"}
        return stages.get(self.act, "poll")

    @property
    def name(self) -> str:
        """A name for the test."""
        parts = (self.act, self.kind, self.fault, self.case, self.connection)
        return " - ".join(part for part in parts if part)


DOUBT = Result("SubmissionInDoubtError", "1 POST", "perhaps")
SUBMITTED = Result("pending", "1 POST", "once")
WHOLE = Result("completed", "1 video", files="video")
COMPLETED = Reply(200, {"id": ID, "status": "completed", "video": {"url": LINK}})
GOOD_VIDEO = Serve(VIDEO)


def passing(fault: Fault) -> tuple[Fault, ...]:
    """Return the script of a fault that two looks meet, before the job is seen to be completed."""
    return fault, fault, COMPLETED


LOOKED_AGAIN = Result("completed", "3 GET")
