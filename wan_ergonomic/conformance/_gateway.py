"""Whether a response came from a gateway in front of the API, not from the API itself.

What a proxy or a content delivery network says about its own trouble is no promise of
the API's contract, so it can not break that contract either.
"""

from __future__ import annotations

from ._bodies import is_json
from ._data import Response

# Bad gateway, unavailable, timed out, and Cloudflare's own statuses.
_STATUSES = frozenset({502, 503, 504, *range(520, 528), 530})


def is_from_gateway(response: Response) -> bool:
    """Whether a response is an error page of a gateway; what is JSON comes from the API."""
    media_type = response.content_type.partition(";")[0].strip().lower()
    body = (response.body or b"").strip()
    if response.status < 400 or is_json(body):
        return False
    is_page = body.startswith(b"<") or "html" in media_type or "xml" in media_type
    if is_page or "json" in media_type:
        return is_page
    return media_type.startswith("text/") or response.status in _STATUSES
