"""ETags of JSON responses, and 304 for a client that has the current one."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.requests import Request


def with_etag(request: Request, response: Response) -> Response:
    """Return a response with its ETag, or 304 if the client has the same already."""
    etag = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
    response.headers["etag"] = etag
    sent = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    # The header compares weakly: W/"x" is as good as "x".
    if not {"*", etag} & {each.removeprefix("W/") for each in sent}:
        return response
    headers = {
        name: value
        for name, value in response.headers.items()
        if name not in {"content-length", "content-type"}
    }
    return Response(status_code=304, headers=headers)
