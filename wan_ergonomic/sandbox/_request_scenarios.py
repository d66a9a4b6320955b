"""Scenarios of requests: rejected, accepted but lost, unusual ids, failing polls.

Data only: a new scenario is one more entry of a table. `_scenario` defines the fields.
If a summary says billed, a client must not send the submission again.
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
_CONFLICT = Reply(status=409, message="This request was received before")
_NOT_FOUND = Reply(status=404, message="Inference not found")


def _page(status: int) -> Reply:
    return Reply(status=status, shape="page")


def _submit(name: str, summary: str, *each: Trouble, endless: bool = False) -> Scenario:
    return Scenario(name=name, stage="submit", summary=summary, rejections=Run(each, endless))


_SUBMIT = (
    _submit("busy", "The first two submissions get 429 with Retry-After: 1.", *2 * (_TOO_MANY,)),
    _submit(
        "busy-date", "The first submission gets 429 with Retry-After as a date.", _TOO_MANY_DATE
    ),
    _submit("overloaded", "The first submission gets 503 with Retry-After: 1.", _OVERLOADED),
    _submit("broken", "Each submission gets 500.", _BROKEN, endless=True),
    _submit(
        "no-credits",
        "Each submission gets 403: the account is out of credits.",
        _NO_CREDITS,
        endless=True,
    ),
    _submit(
        "unverified",
        "Each submission gets 403: the account is not verified.",
        _UNVERIFIED,
        endless=True,
    ),
    _submit(
        "bad-prompt", "Each submission gets 400 with a list of issues.", _BAD_PROMPT, endless=True
    ),
    _submit(
        "oldest-error", "Each submission gets 400 with a list of messages.", _OLDEST, endless=True
    ),
)


def _accepted(name: str, response: str, **changes: Any) -> Scenario:
    summary = f"A billed submission gets {response}."
    return Scenario(name=name, stage="accepted", summary=summary, **changes)


_ACCEPTED = (
    _accepted("lost-500", "500", lost=_BROKEN),
    _accepted("conflict", "409", lost=_CONFLICT),
    _accepted("busy-accepted", "429 that names the job", lost=_TOO_MANY, lost_names_job=True),
    _accepted("lost-502", "502 with an HTML page", lost=_page(502)),
    _accepted("lost-504", "504 with an HTML page", lost=_page(504)),
    _accepted("lost-524", "524 with an HTML page", lost=_page(524)),
    _accepted("lost-connection", "no response: the connection drops", lost=Silence.DROPPED),
    _accepted("lost-response", "no response for a minute", lost=Silence.HANGING),
    _accepted("created-201", "201 instead of 200", created_status=201),
    _accepted("created-page", "200 with an HTML page", lost=_page(200)),
    _accepted(
        "created-no-id",
        "a response without an id",
        created=lambda body: {name: value for name, value in body.items() if name != "id"},
    ),
)


def _id(name: str, form: str, **changes: Any) -> Scenario:
    return Scenario(name=name, stage="id", summary=f"The id {form}.", **changes)


def _number(body: Body) -> Body:
    return body | {"id": int(body["id"])}


_IDS = (
    _id("id-digits", "is a string of digits", make_id=lambda uuid: str(uuid.time)),
    _id(
        "id-number",
        "is a JSON number",
        make_id=lambda uuid: str(uuid.int >> 76),
        created=_number,
        fetched=_number,
    ),
    _id("id-dash", "begins with a dash", make_id=lambda uuid: f"-{uuid.hex[:20]}"),
    _id(
        "id-model",
        "is a UUID, a colon and the model's name",
        make_id=lambda uuid: f"{uuid}:{_spec.model()}",
    ),
)


def _poll(name: str, summary: str, *each: Trouble) -> Scenario:
    return Scenario(name=name, stage="poll", summary=summary, polls=Run(each))


_POLLS = (
    _poll("poll-404", "The first three polls get 404.", *3 * (_NOT_FOUND,)),
    _poll("poll-429", "The first two polls get 429 with Retry-After: 1.", *2 * (_TOO_MANY,)),
    _poll("poll-500", "The first two polls get 500.", *2 * (_BROKEN,)),
    _poll("poll-502", "The first three polls get 502 with an HTML page.", *3 * (_page(502),)),
    _poll("poll-503", "The first three polls get 503 with an HTML page.", *3 * (_page(503),)),
    _poll("poll-524", "The first three polls get 524 with an HTML page.", *3 * (_page(524),)),
    _poll("poll-page", "The first two polls get 200 with an HTML page.", *2 * (_page(200),)),
    _poll("poll-dropped", "The first two polls lose their connection.", *2 * (Silence.DROPPED,)),
    _poll("poll-hangs", "The first poll gets no response for a minute.", Silence.HANGING),
)


REQUEST_SCENARIOS = (*_SUBMIT, *_ACCEPTED, *_IDS, *_POLLS)
