"""Every error this library raises on purpose, as one tree.

WanError
├── ConfigurationError            placeholder key, http base URL, unusable proxy, unknown preset
│   ├── MissingKeyError
│   └── SpendLimitError           would cost more than the cap allows; nothing was sent
├── PromptError (ValueError)      invalid prompt or option; nothing was sent
├── ApiError                      the API returned an error response
│   ├── BadRequestError           400, 422
│   ├── AuthenticationError       401
│   ├── PermissionDeniedError     403
│   │   └── InsufficientCreditsError
│   ├── NotFoundError             404
│   ├── RateLimitError            429
│   └── ServerError               5xx
├── ConnectionFailedError         no response from the API
├── SubmissionInDoubtError        may have been accepted and billed; never retried for you
│   └── SubmissionNotFoundError   not accepted, as far as the account's log shows
├── UnreadableResponseError       a success response that cannot be used
├── GenerationError               carries the Generation
│   ├── GenerationFailedError
│   └── WaitTimeoutError (TimeoutError)
├── DownloadError
│   ├── LinkExpiredError
│   └── IncompleteDownloadError
├── VideoFileError                a video file cannot be read, or its metadata not be written
├── LedgerError                   the record of paid submissions cannot be read or written
└── ContractError                 a published document cannot be read or used

Each one can be pickled: a constructor needs only the message, and everything else
has a default and is kept in ``__dict__``. No message holds a key or a signed link.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._generation import Generation


class WanError(Exception):
    """Base of every error of this library.

    Attributes:
        generation_id: The paid job that this error is about, where there is one.
    """

    generation_id: str | None = None

    def __init__(self, text: str, **attributes: Any) -> None:
        super().__init__(text)
        vars(self).update(attributes)


class ConfigurationError(WanError):
    """A setting is missing or invalid; nothing was sent."""


class MissingKeyError(ConfigurationError):
    """There is no API key, neither as an argument nor in the environment."""


class SpendLimitError(ConfigurationError):
    """A submission could cost more than the cap on spending leaves; nothing was sent.

    Attributes:
        max_usd: The cap, in US dollars.
        spent_usd: What is charged or reserved of it.
        price_usd: What the submission costs; None if that is not known.
    """

    max_usd: float = 0.0
    spent_usd: float = 0.0
    price_usd: float | None = None


class PromptError(WanError, ValueError):
    """A prompt or an option is invalid; nothing was sent or spent."""


class ApiError(WanError):
    """The API returned a status outside 2xx.

    Attributes:
        status_code: The HTTP status.
        message: The API's own message, without this library's advice.
        kind: The API's own name for the problem, such as ``err_insufficent_credits``.
        issues: The problems that it found in the request, one mapping each.
        retry_after: Seconds of its Retry-After header, if it sent one.
        request_id: ``x-request-id``, or the id in the body.
        inference_id: ``x-inference-id``.
        names_job: Whether the response names a generation or a cost, so that a request to create
            one may have been accepted despite the status.
        body: The parsed body, or its text; None if it was empty.
    """

    status_code: int = 0
    message: str = ""
    kind: str | None = None
    issues: tuple[Mapping[str, Any], ...] = ()
    retry_after: float | None = None
    request_id: str | None = None
    inference_id: str | None = None
    names_job: bool = False
    body: Any = None


class BadRequestError(ApiError):
    """400 or 422: the request itself is wrong, and nothing was charged."""


class AuthenticationError(ApiError):
    """401: the key is missing or not known to the API."""


class PermissionDeniedError(ApiError):
    """403: the account may not do this; nearly always a matter of money or verification."""


class InsufficientCreditsError(PermissionDeniedError):
    """403: the account has too few credits for this generation."""


class NotFoundError(ApiError):
    """404, or the status ``unknown``: the API does not know the generation."""


class RateLimitError(ApiError):
    """429: too many requests; ``retry_after`` is how long to wait, if the API says so."""


class ServerError(ApiError):
    """5xx: the API or the network in front of it failed."""


class ConnectionFailedError(WanError):
    """There was no response from the API.

    Attributes:
        sent: Whether the request may have reached it.
        permanent: Whether a setting is the cause, such as a proxy's password, so that another
            attempt would fail as well.
    """

    sent: bool = False
    permanent: bool = False


class SubmissionInDoubtError(WanError):
    """A submission was sent and its outcome is unknown: it may be running and billed.

    It is never sent again for you, because a second POST may be billed a second
    time. The cause is chained. If the response named a generation, ``generation_id``
    is its id, and ``status(id)`` says whether it exists.

    Attributes:
        client_request_id: The ``X-Client-Request-Id`` it was sent with; the vendor can look it up.
        request: The body that was sent.
    """

    client_request_id: str = ""
    request: dict[str, Any]

    def __init__(
        self, text: str, *, request: Mapping[str, Any] | None = None, **attributes: Any
    ) -> None:
        super().__init__(text, request=dict(request or {}), **attributes)


class SubmissionNotFoundError(SubmissionInDoubtError):
    """The account's request log does not have a submission, though its job must have ended."""


class UnreadableResponseError(WanError):
    """The API returned a success response that cannot be used.

    It is not a JSON object, has no id, or is larger than 1 MiB.

    Attributes:
        body: The first part of the body's text.
    """

    body: str = ""


class GenerationError(WanError):
    """An accepted generation failed, or did not finish in time.

    Attributes:
        generation: The generation as it was last seen.
    """

    generation: Generation | None = None

    def __init__(
        self, text: str, *, generation: Generation | None = None, **attributes: Any
    ) -> None:
        known = generation.id if generation else None
        super().__init__(text, generation=generation, generation_id=known, **attributes)


class GenerationFailedError(GenerationError):
    """The job ended without a video, or without a link to it."""


class WaitTimeoutError(GenerationError, TimeoutError):
    """The timeout has passed; the job runs on at the vendor, and you can wait for it again.

    Attributes:
        timeline: Each change of status seen, as (seconds since the wait began, status).
    """

    timeline: tuple[tuple[float, str], ...] = ()


class DownloadError(WanError):
    """A video could not be saved, or is not finished; a finished one can be downloaded again.

    Attributes:
        status_code: The HTTP status of the storage, if that is the reason.
    """

    status_code: int | None = None


class LinkExpiredError(DownloadError):
    """The video's link no longer works, and a fresh one did not help."""


class IncompleteDownloadError(DownloadError):
    """The download broke off, or the video could not be reached.

    Attributes:
        retry_after: Seconds of the storage's Retry-After header, if it sent one.
    """

    retry_after: float | None = None


class VideoFileError(WanError):
    """A video file cannot be read, or its metadata cannot be written; it is unchanged."""


class LedgerError(WanError):
    """The record of paid submissions on this machine cannot be read or written, or lacks a job."""


class ContractError(WanError):
    """A published document cannot be read, corrected or used; no file was changed."""
