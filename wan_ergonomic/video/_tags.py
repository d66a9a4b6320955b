"""The tags of an MP4 that players show, in the form that iTunes introduced.

They are in ``moov/udta/meta/ilst``. One more, with a name of our own, holds JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from wan_ergonomic._errors import VideoFileError

from ._boxes import box, boxes_of, edited
from ._words import comment, date, title

# The owner and the name of the tag that holds all that a video says of itself.
_OWNER, _NAME = b"wan-ergonomic", b"wan-ergonomic"
_UTF8 = (1).to_bytes(4) + bytes(4)
_FULL = bytes(4)
_HANDLER = box(b"hdlr", _FULL, bytes(4), b"mdir", b"appl", bytes(9))
# Much more than the longest prompt.
_MAX_JSON = 2**20

About = Mapping[str, Any]


def about_in(moov: bytes) -> dict[str, Any] | None:
    """Return what a video says of itself; None if it says nothing.

    Args:
        moov: The content of its index.

    Raises:
        VideoFileError: A box is damaged, or what it says cannot be read.
    """
    for kind, content in _items(moov):
        if _is_ours(kind, content):
            return _parsed(_text(content))
    return None


def with_about(moov: bytes, about: About) -> bytes:
    """Return the content of an index with what a video says of itself, and tags for players.

    Tags that others wrote stay; those that this function wrote earlier are replaced.

    Raises:
        VideoFileError: A box is damaged, or there is too much to say.
    """
    text = json.dumps(dict(about), ensure_ascii=False, default=str)
    # What UTF-8 cannot encode is written as JSON would escape it.
    encoded = text.encode(errors="backslashreplace")
    if len(encoded) > _MAX_JSON:
        raise VideoFileError(f"there are more than {_MAX_JSON:,} bytes to write")
    earlier = about_in(moov)
    old = _for_players(earlier) if earlier else {}
    new = _for_players(about)
    ours = box(
        b"----",
        box(b"mean", _FULL, _OWNER),
        box(b"name", _FULL, _NAME),
        box(b"data", _UTF8, encoded),
    )

    def edit(items: bytes) -> bytes:
        kept = [
            (one.kind, items[one.start : one.end])
            for one in boxes_of(items)
            if not _is_ours(one.kind, items[one.content : one.end])
            and items[one.start : one.end] != old.get(one.kind)
        ]
        taken = {kind for kind, _ in kept}
        added = [item for kind, item in new.items() if kind not in taken]
        return b"".join([*(item for _, item in kept), *added, ours])

    return _with_items(moov, edit)


def _with_items(moov: bytes, edit: Callable[[bytes], bytes]) -> bytes:
    def edit_meta(meta: bytes) -> bytes:
        return (meta[:4] or _FULL) + edited(meta[4:] or _HANDLER, b"ilst", edit)

    def edit_user_data(user_data: bytes) -> bytes:
        return edited(user_data, b"meta", edit_meta, _has_items)

    return edited(moov, b"udta", edit_user_data)


def _for_players(about: About) -> dict[bytes, bytes]:
    """Return the tags that players show, by their kind."""
    texts = {b"\xa9nam": title(about), b"\xa9cmt": comment(about), b"\xa9day": date(about)}
    return {
        kind: box(kind, box(b"data", _UTF8, text.encode(errors="replace")))
        for kind, text in texts.items()
        if text
    }


def _items(moov: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and the content of each tag."""
    for user_data in _contents(moov, b"udta"):
        for meta in filter(_has_items, _contents(user_data, b"meta")):
            for items in _contents(meta[4:], b"ilst"):
                for one in boxes_of(items):
                    yield one.kind, items[one.content : one.end]


def _contents(content: bytes, kind: bytes) -> Iterator[bytes]:
    for one in boxes_of(content):
        if one.kind == kind:
            yield content[one.content : one.end]


def _has_items(meta: bytes) -> bool:
    """Whether a ``meta`` box holds such tags: it says so in its ``hdlr``."""
    with suppress(VideoFileError):
        return any(handler[8:12] == b"mdir" for handler in _contents(meta[4:], b"hdlr"))
    # QuickTime has a box of this name in another form.
    return False


def _is_ours(kind: bytes, content: bytes) -> bool:
    if kind != b"----":
        return False
    named = {one.kind: content[one.content + 4 : one.end] for one in boxes_of(content)}
    return (named.get(b"mean"), named.get(b"name")) == (_OWNER, _NAME)


def _text(content: bytes) -> bytes:
    return next((data[8:] for data in _contents(content, b"data")), b"")


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        about = json.loads(text)
    except (ValueError, RecursionError):
        about = None
    if not isinstance(about, dict):
        raise VideoFileError("what it says of itself is no JSON object")
    return about
