"""Signed links that expire, as the vendor's object store hands them out.

Signs and checks; knows nothing of jobs or videos.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

# Looks like the store's identifier and is nobody's.
_ACCESS_KEY_ID = "LTAI-sandbox-play-key"


class LinkRefusedError(Exception):
    """A link that opens nothing; ``code`` is the object store's word for the reason."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class Links:
    """Signs links and tells good ones from bad ones."""

    def __init__(self, *, lifetime: float, clock: Callable[[], float]) -> None:
        self._lifetime = lifetime
        self._clock = clock
        self._secret = secrets.token_bytes(32)

    def sign(self, path: str, *, expired: bool = False) -> str:
        """Return a path with a signed query: a fresh one, or one that is too old already."""
        lifetime = -1.0 if expired else self._lifetime
        expires = str(int(self._clock() + lifetime))
        query = {
            "Expires": expires,
            "OSSAccessKeyId": _ACCESS_KEY_ID,
            "Signature": self._signature(path, expires),
        }
        return f"{path}?{urlencode(query)}"

    def check(self, path: str, query: Mapping[str, str]) -> None:
        """Pass a link that is signed and still fresh.

        Raises:
            LinkRefusedError: It is not.
        """
        expires = query.get("Expires", "")
        signature = self._signature(path, expires)
        if not hmac.compare_digest(signature.encode(), query.get("Signature", "").encode()):
            raise LinkRefusedError("SignatureDoesNotMatch", "The signature does not fit the link.")
        if self._clock() >= int(expires):
            raise LinkRefusedError("AccessDenied", "Request has expired.")

    def _signature(self, path: str, expires: str) -> str:
        text = f"GET\n\n\n{expires}\n{path}".encode()
        return base64.b64encode(hmac.new(self._secret, text, hashlib.sha1).digest()).decode()
