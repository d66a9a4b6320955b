"""The cells of the matrix, as data: what a server does at one stage, and the expected result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, AnyStr, Literal

from tests.support.actions import Action, Send, Serve, Stage, response
from tests.support.responses import ID, VIDEO

Act = Literal["submit", "status", "wait", "download"]
Connection = Literal["fresh", "kept", "inherited"]
Money = Literal["no", "perhaps", "once"]

# Placeholders, in bytes and links, for values that are known only once the servers run.
HERE, ELSEWHERE, PORT = "@HERE@", "@ELSEWHERE@", "@PORT@"
KEY, SIGNED = "@KEY@", "@SIGNED@"
QUERY = f"?Expires=4102444800&OSSAccessKeyId=LTAI5t&Signature={SIGNED}%2B%3D"
LINK = f"{HERE}/1d/v.mp4{QUERY}"

# Seconds that a slow fault may take: as few as a busy machine allows, and more where a request
# that has to succeed follows.
SOON, LATER = 1.0, 2.0


@dataclass(frozen=True)
class Reply:
    """A whole response; the placeholders in it are filled in when it is played."""

    status: int
    body: Any = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def filled(self, values: Mapping[str, str]) -> Send:
        """Return the bytes to send, with these values of the placeholders."""
        body = self.body if isinstance(self.body, bytes | str) else json.dumps(self.body)
        whole = body.encode() if isinstance(body, str) else body
        headers = {name: fill(text, values) for name, text in self.headers.items()}
        return response(self.status, fill(whole, values), headers)

    @property
    def rejects(self) -> bool:
        """Whether it shows that nothing was accepted, so that a submission may be sent again."""
        of_the_api = isinstance(self.body, dict) or "Retry-After" in self.headers
        return self.status == 429 or (self.status == 503 and of_the_api)


def fill(text: AnyStr, values: Mapping[str, str]) -> AnyStr:
    """Return a text with each placeholder replaced by its value."""
    for placeholder, value in values.items():
        if isinstance(text, bytes):
            text = text.replace(placeholder.encode(), value.encode())
        else:
            text = text.replace(placeholder, value)
    return text


Fault = Action | Reply | tuple[Action | Reply, ...]


@dataclass(frozen=True)
class Result:
    """The result of one call, as the matrix shows it.

    Attributes:
        outcome: The class of the error, or the state of the generation that was returned.
        requests: Those that arrived during the call: POST, GET (a poll) and video.
        money: Whether it was spent, as the result or its message says.
        files: The files in the folder that the video was for.
    """

    outcome: str
    requests: str
    money: Money = "once"
    files: str = "none"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One fault at one stage, and the expected result.

    Attributes:
        kind: The family of faults.
        fault: Its name.
        case: Its variant.
        act: The method of the client that is called.
        script: What the server does to one request after the other; the last entry is repeated.
        connection: A fresh one, or one that has served a request of this stage before; "inherited"
            is such a one of the parent process, while the call is made by a child.
        seconds: Real seconds that a request may take; for slow faults.
        attempts: Attempts of the client's policy; None for the usual.
        link: The link of the finished video, or any other ``video`` of a completed job.
        submitted: Additional fields in the response to the submission of a later stage.
        earlier: What the server did to the download of an earlier call, which failed.
        refused: The number of pauses until the server listens; -1 for never.
        unread: How many connections are closed before anything is read.
        production: Whether the client's base URL is that of a public API.
        aimed: Whether the client has the generation already and connects to the real network.
        pause: The least and the most seconds of the first pause.
        video: The expected content of the final file, if there is one.
        most_sent: Bytes that the server may send at most.
        most_memory: Bytes of memory that may be used at the same time.
        defect: Why the cell does not pass yet.
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
        """The stage of the requests that meet the fault."""
        stages: dict[Act, Stage] = {"submit": "submit", "download": "download"}
        return stages.get(self.act, "poll")

    @property
    def name(self) -> str:
        """The name of the cell, and of its test."""
        parts = (self.act, self.kind, self.fault, self.case, self.connection)
        return " - ".join(part for part in parts if part)


DOUBT = Result("SubmissionInDoubtError", "1 POST", "perhaps")
SUBMITTED = Result("pending", "1 POST", "once")
WHOLE = Result("completed", "1 video", files="video")
COMPLETED = Reply(200, {"id": ID, "status": "completed", "video": {"url": LINK}})
GOOD_VIDEO = Serve(VIDEO)


def twice(fault: Fault) -> tuple[Fault, ...]:
    """Return a script in which two polls meet the fault, and the third is completed."""
    return fault, fault, COMPLETED


POLLED_AGAIN = Result("completed", "3 GET")
