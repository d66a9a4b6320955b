"""A Python client for the text-to-video model Wan 2.2 Plus on AIML API.

    from wan_ergonomic import WanClient

    with WanClient() as wan:
        generation = wan.generate("A paper boat sails down a gutter")
        wan.download(generation, "boat.mp4")

Importing this package imports none of what it offers: each name is loaded when it
is first used, and nothing outside the standard library before a client is made.
"""

from __future__ import annotations

from ._loading import lazily

# As in typing, whose import would take as long as all the rest; type checkers know the name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._client import AsyncWanClient, WanClient
    from ._clock import Clock
    from ._errors import (
        ApiError,
        AuthenticationError,
        BadRequestError,
        ConfigurationError,
        ConnectionFailedError,
        ContractError,
        DownloadError,
        GenerationError,
        GenerationFailedError,
        IncompleteDownloadError,
        InsufficientCreditsError,
        LedgerError,
        LinkExpiredError,
        MissingKeyError,
        NotFoundError,
        PermissionDeniedError,
        PromptError,
        RateLimitError,
        ServerError,
        SpendLimitError,
        SubmissionInDoubtError,
        SubmissionNotFoundError,
        UnreadableResponseError,
        VideoFileError,
        WaitTimeoutError,
        WanError,
    )
    from ._flows import PollingPolicy, RetryPolicy
    from ._generation import Drift, Failure, Generation, Update, Usage, Video
    from ._options import Options, OptionValue
    from ._prompts import Preview, PromptDefaults, PromptWarning
    from ._version import __version__ as __version__

# The modules that hold the names below; the fastest to import come first.
_HOMES = (
    "_version",
    "_errors",
    "_generation",
    "_options",
    "_prompts",
    "_clock",
    "_flows",
    "_client",
)

__all__ = [
    "ApiError",
    "AsyncWanClient",
    "AuthenticationError",
    "BadRequestError",
    "Clock",
    "ConfigurationError",
    "ConnectionFailedError",
    "ContractError",
    "DownloadError",
    "Drift",
    "Failure",
    "Generation",
    "GenerationError",
    "GenerationFailedError",
    "IncompleteDownloadError",
    "InsufficientCreditsError",
    "LedgerError",
    "LinkExpiredError",
    "MissingKeyError",
    "NotFoundError",
    "OptionValue",
    "Options",
    "PermissionDeniedError",
    "PollingPolicy",
    "Preview",
    "PromptDefaults",
    "PromptError",
    "PromptWarning",
    "RateLimitError",
    "RetryPolicy",
    "ServerError",
    "SpendLimitError",
    "SubmissionInDoubtError",
    "SubmissionNotFoundError",
    "UnreadableResponseError",
    "Update",
    "Usage",
    "Video",
    "VideoFileError",
    "WaitTimeoutError",
    "WanClient",
    "WanError",
]

__getattr__, __dir__ = lazily(__name__, (*__all__, "__version__"), _HOMES)
