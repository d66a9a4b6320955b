"""The files of the page, as they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from starlette.responses import Response

_FOLDER = Path(__file__).parent
_KINDS = {".css": "text/css", ".js": "text/javascript"}
_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "media-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        # A script of the page cannot even by mistake turn text into HTML.
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
)
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "content-security-policy": _POLICY,
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        # On a connection that was used before, a browser sends a submission that gets no response
        # once more by itself, and it would be charged twice.
        "connection": "close",
    }
)


def names() -> list[str]:
    """Return the names of the files that the page loads."""
    return sorted(path.name for path in _FOLDER.iterdir() if path.suffix in _KINDS)


def page(path: str) -> Response:
    """Return the page; ``path`` is its own."""
    text = (_FOLDER / "page.html").read_text("utf-8")
    return Response(text.replace("{{path}}", path), media_type="text/html")


def file(name: str) -> Response:
    """Return a file that the page loads, by its name."""
    path = _FOLDER / name
    return Response(path.read_bytes(), media_type=_KINDS[path.suffix])
