"""The page: data, style and scripts in one HTML file that asks nobody for anything.

A Content-Security-Policy allows the page's own scripts and styles by their hashes,
pictures that are in the page, and videos of its own origin or of the disk. Nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

from ._again import command_again
from ._errors import GalleryError
from ._shown import Shown

START = b"<!doctype html>\n<!-- wan gallery -->\n"

_SOURCES = Path(__file__).parent / "page"
# In the order in which they are run: each uses only what is before it.
_SCRIPTS = (
    "data",
    "ratings",
    "find",
    "cards",
    "steps",
    "layout",
    "play",
    "dialogs",
    "compare",
    "keys",
    "start",
)


def page(rows: Sequence[Shown], title: str, folder: Path) -> bytes:
    """Return a page.

    Args:
        rows: What it shows, in this order.
        title: Its title.
        folder: The folder that the page will be in.

    Raises:
        GalleryError: No relative path leads from there to a video.
    """
    style = _source("page.css")
    scripts = [_source(f"{name}.js") for name in _SCRIPTS]
    data = {"title": title, "rows": [_data(shown, folder) for shown in rows]}
    parts = {
        "title": html.escape(title),
        "policy": _policy(style, scripts),
        "style": f"<style>{style}</style>",
        "data": f'<script type="application/json" id="data">{_json(data)}</script>',
        "scripts": "\n".join(f"<script>{script}</script>" for script in scripts),
    }
    # One pass: what is put in is not searched again.
    text = re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _source("page.html"))
    # A title may be made of bytes that are no text.
    return START + text.encode("utf-8", "replace")


def _source(name: str) -> str:
    return (_SOURCES / name).read_text("utf-8")


def _policy(style: str, scripts: Sequence[str]) -> str:
    allowed = " ".join(_hash(script) for script in scripts)
    rules = [
        "default-src 'none'",
        f"script-src {allowed}",
        f"style-src {_hash(style)}",
        "img-src data:",
        "media-src 'self' file:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return html.escape("; ".join(rules), quote=True)


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _json(data: Any) -> str:
    """Return JSON in which nothing can end the element that it is in."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _data(shown: Shown, folder: Path) -> Mapping[str, Any]:
    """Return what the page needs of a row; what is absent is left out."""
    row, still = shown
    found: dict[str, Any] = {
        "key": row.key,
        "state": row.state,
        "reason": row.reason,
        "name": row.name,
        "prompt": row.prompt,
        "variables": _finite(row.variables),
        "options": _finite(row.options),
        "details": _finite(row.details),
        "marks": list(row.marks),
        "again": command_again(row),
        "file": _link(row.file, folder) if still and row.file else "",
    }
    if still:
        picture = base64.b64encode(still.webp).decode()
        found |= {
            "still": f"data:image/webp;base64,{picture}",
            "size": [still.width, still.height],
            "seconds": still.seconds,
            "rate": still.rate,
        }
    return {name: value for name, value in found.items() if value}


def _finite(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values that JSON has: Python also reads NaN and Infinity, as text here."""
    return {
        name: value if not isinstance(value, float) or abs(value) < float("inf") else str(value)
        for name, value in values.items()
    }


def _link(file: Path, folder: Path) -> str:
    try:
        path = os.path.relpath(file.absolute(), folder.absolute())
    except ValueError as error:
        raise GalleryError(f"The page must be on the same drive as {file}.") from error
    return quote_from_bytes(os.fsencode(path.replace(os.sep, "/")))
