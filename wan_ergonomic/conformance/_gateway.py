"""Whether a response came from a gateway in front of the API, not from the API itself.

The contract is the API's. What a proxy or a content delivery network says about its own
trouble does not break it.
"""

from __future__ import annotations

from ._bodies import is_json
from ._data import Response

# Bad gateway, unavailable, timed out, and Cloudflare's own statuses.
_STATUSES = frozenset({502, 503, 504, *range(520, 528), 530})


def is_from_gateway(response: Response) -> bool:
    """Whether a response is an error of a gateway: a page or a text. The API sends JSON."""
    body = (response.body or b"").lstrip()
    if response.status < 400 or is_json(body):
        return False
    is_text = response.content_type.lower().startswith("text/")
    return is_text or body.startswith(b"<") or response.status in _STATUSES
