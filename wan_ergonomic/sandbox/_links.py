"""Signed links that expire, in the format of the vendor's object storage."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

# Has the format of the storage's identifiers, and is not a real one.
_ACCESS_KEY_ID = "LTAI-sandbox-play-key"


class LinkRejectedError(Exception):
    """A link that is not valid; ``code`` is the object storage's error code."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class Links:
    """Signs links, and checks them."""

    def __init__(self, *, lifetime: float, clock: Callable[[], float]) -> None:
        self._lifetime = lifetime
        self._clock = clock
        self._secret = secrets.token_bytes(32)

    def sign(self, path: str, *, expired: bool = False) -> str:
        """Return a path with a signed query, which can have expired already."""
        lifetime = -1.0 if expired else self._lifetime
        expires = str(int(self._clock() + lifetime))
        query = {
            "Expires": expires,
            "OSSAccessKeyId": _ACCESS_KEY_ID,
            "Signature": self._signature(path, expires),
        }
        return f"{path}?{urlencode(query)}"

    def check(self, path: str, query: Mapping[str, str]) -> None:
        """Check that a link is signed and has not expired.

        Raises:
            LinkRejectedError: It is not valid.
        """
        expires = query.get("Expires", "")
        signature = self._signature(path, expires)
        if not hmac.compare_digest(signature.encode(), query.get("Signature", "").encode()):
            raise LinkRejectedError(
                "SignatureDoesNotMatch", "The signature does not match the link."
            )
        if self._clock() >= int(expires):
            raise LinkRejectedError("AccessDenied", "Request has expired.")

    def _signature(self, path: str, expires: str) -> str:
        text = f"GET\n\n\n{expires}\n{path}".encode()
        return base64.b64encode(hmac.new(self._secret, text, hashlib.sha1).digest()).decode()
