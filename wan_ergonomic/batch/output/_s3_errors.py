"""Turns the errors of boto3 into sentences for people."""

from __future__ import annotations

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - their name
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)

from ._address import BucketAddress
from ._s3_trouble import TroubleError

_DENIED = frozenset({"AccessDenied", "AllAccessDisabled", "403", "Forbidden"})
_STALE = frozenset({"ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "SignatureDoesNotMatch"})
# Damaged on its way, or asked for too fast: the next try may succeed.
_PASSING = frozenset(
    {"BadDigest", "IncompleteBody", "NoSuchUpload", "RequestTimeout", "XAmzContentSHA256Mismatch"}
    | {"408", "429", "SlowDown", "Throttling", "TooManyRequests"}
)
_NO_CREDENTIALS = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)
_AWAY = (ConnectionError, HTTPClientError, IncompleteReadError)
_RIGHTS = "s3:PutObject, s3:GetObject and s3:AbortMultipartUpload"


def explain(error: BotoCoreError | ClientError, address: BucketAddress) -> TroubleError:
    """Return what an error of boto3 means."""
    if isinstance(error, ClientError):
        return _refused(error, address)
    if isinstance(error, _NO_CREDENTIALS):
        return TroubleError(
            f"There are no credentials for {address}: {_text(error)}",
            "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
        )
    if isinstance(error, _AWAY):
        return TroubleError(
            f"{address} cannot be reached: {_text(error)}",
            "Check the network and AWS_ENDPOINT_URL",
            lasting=False,
        )
    return TroubleError(f"{address} cannot be used: {_text(error)}", "Correct the settings for AWS")


def code_of(error: ClientError) -> str:
    """Return the code of an error response."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _refused(error: ClientError, address: BucketAddress) -> TroubleError:
    code = code_of(error)
    if code == "NoSuchBucket":
        return TroubleError(
            f"The bucket {address.bucket!r} does not exist", "Make it, or name another one"
        )
    if code in _DENIED:
        return TroubleError(
            f"Access to {address} is denied", f"Allow these credentials {_RIGHTS} there"
        )
    if code in _STALE:
        return TroubleError(f"The credentials for {address} are refused ({code})", "Renew them")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    said = error.response.get("Error", {}).get("Message") or "no reason given"
    return TroubleError(
        f"{address} responded {status} {code}: {said}".rstrip("."),
        "Correct what it says",
        lasting=not (status >= 500 or code in _PASSING),
    )


def _text(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
