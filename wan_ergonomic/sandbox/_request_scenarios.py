"""Scenarios of requests: rejected, accepted but lost, unusual ids, failing polls.

Only data: a new scenario is one more line in a table. `_scenario` defines the fields.
If a summary says billed, a client must not send the request again.
"""

from __future__ import annotations

from typing import Any

from wan_ergonomic import _spec

from ._scenario import Body, Reply, Run, Scenario, Silence, Trouble

_NO_CREDITS = Reply(
    status=403,
    # The vendor's own spelling.
    data={"kind": "err_insufficent_credits"},
    message="You've run out of credits. Top up your balance to go on.",
)
_UNVERIFIED = Reply(
    status=403,
    data={"kind": "err_unverified_account"},
    message="Complete verification to use the API.",
)
_BAD_PROMPT = Reply(
    status=400,
    message="Invalid payload",
    data=[
        {
            "code": "too_big",
            "path": ["prompt"],
            "message": "String must contain at most 800 character(s)",
            "received": "string",
        }
    ],
)
_OLDEST = Reply(
    status=400,
    shape="oldest",
    message=("prompt should not be empty", "prompt must be a string"),
)
_TOO_MANY = Reply(status=429, message="Too many requests", retry_after="seconds")
_TOO_MANY_DATE = Reply(status=429, message="Too many requests", retry_after="date")
_OVERLOADED = Reply(status=503, message="Service is overloaded", retry_after="seconds")
_BROKEN = Reply(status=500, message="Internal server error")
_NOT_FOUND = Reply(status=404, message="Inference not found")


def _page(status: int) -> Reply:
    return Reply(status=status, shape="page")


def _submit(name: str, summary: str, *each: Trouble, endless: bool = False) -> Scenario:
    return Scenario(name=name, stage="submit", summary=summary, rejections=Run(each, endless))


_SUBMIT = (
    _submit("busy", "429 with Retry-After: 1 twice, then accepted", _TOO_MANY, _TOO_MANY),
    _submit("busy-date", "429 with Retry-After as a date, then accepted", _TOO_MANY_DATE),
    _submit("overloaded", "503 with Retry-After: 1 once, then accepted", _OVERLOADED),
    _submit("broken", "500 to each submission", _BROKEN, endless=True),
    _submit("no-credits", "403: the account is out of credits", _NO_CREDITS, endless=True),
    _submit("unverified", "403: the account is not verified", _UNVERIFIED, endless=True),
    _submit("bad-prompt", "400 with a list of issues", _BAD_PROMPT, endless=True),
    _submit("oldest-error", "400 with a list of messages", _OLDEST, endless=True),
)


def _accepted(name: str, summary: str, **changes: Any) -> Scenario:
    return Scenario(
        name=name, stage="accepted", summary=f"accepted and billed, {summary}", **changes
    )


_ACCEPTED = (
    _accepted("lost-502", "then 502 with an HTML page", lost=_page(502)),
    _accepted("lost-504", "then 504 with an HTML page", lost=_page(504)),
    _accepted("lost-524", "then 524 with an HTML page", lost=_page(524)),
    _accepted("lost-connection", "then the connection drops", lost=Silence.DROPPED),
    _accepted("lost-answer", "then no response for a minute", lost=Silence.HANGING),
    _accepted("created-201", "with status 201", created_status=201),
    _accepted("created-page", "with an HTML page as the response", lost=_page(200)),
    _accepted(
        "created-nameless",
        "with a response without an id",
        created=lambda body: {name: value for name, value in body.items() if name != "id"},
    ),
)


def _id(name: str, summary: str, **changes: Any) -> Scenario:
    return Scenario(name=name, stage="id", summary=f"the id {summary}", **changes)


def _number(body: Body) -> Body:
    return body | {"id": int(body["id"])}


_IDS = (
    _id("id-digits", "is all digits", make_id=lambda uuid: str(uuid.time)),
    _id(
        "id-number",
        "is a JSON number",
        make_id=lambda uuid: str(uuid.int >> 76),
        created=_number,
        fetched=_number,
    ),
    _id("id-dash", "begins with a dash", make_id=lambda uuid: f"-{uuid.hex[:20]}"),
    _id("id-model", "is a uuid:vendor/model", make_id=lambda uuid: f"{uuid}:{_spec.model()}"),
)


def _poll(name: str, summary: str, *each: Trouble) -> Scenario:
    return Scenario(name=name, stage="poll", summary=f"{summary}, then success", polls=Run(each))


_POLLS = (
    _poll("poll-404", "404 to the first three polls", *3 * (_NOT_FOUND,)),
    _poll("poll-429", "429 with Retry-After: 1 to the first two polls", _TOO_MANY, _TOO_MANY),
    _poll("poll-500", "500 to the first two polls", _BROKEN, _BROKEN),
    _poll("poll-502", "502 with an HTML page to the first three polls", *3 * (_page(502),)),
    _poll("poll-503", "503 with an HTML page to the first three polls", *3 * (_page(503),)),
    _poll("poll-524", "524 with an HTML page to the first three polls", *3 * (_page(524),)),
    _poll("poll-page", "200 with an HTML page to the first two polls", *2 * (_page(200),)),
    _poll(
        "poll-dropped", "the connection drops during the first two polls", *2 * (Silence.DROPPED,)
    ),
    _poll("poll-hangs", "the first poll gets no response for a minute", Silence.HANGING),
)


REQUEST_SCENARIOS = (*_SUBMIT, *_ACCEPTED, *_IDS, *_POLLS)
