"""What a generation says of itself, as text: the same words for HTML and for plain text.

The generation asks this package how it is shown, so this package does not import
it: ``Shown`` is what it reads of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

from wan_ergonomic._price import show_usd

from ._text import clean, short_path

# Shown in places of their own, or the same for every generation.
_NOT_SETTINGS = frozenset({"model", "prompt", "seed"})


class Link(Protocol):
    """A finished video at its storage; the link itself is never read."""

    @property
    def expires_at(self) -> datetime | None:
        """When the link stops working."""


class Cost(Protocol):
    """What the API reports that a generation cost."""

    @property
    def credits(self) -> float | None:
        """Credits."""

    @property
    def in_usd(self) -> float | None:
        """US dollars."""


@runtime_checkable
class Shown(Protocol):
    """What is read of a generation."""

    @property
    def id(self) -> str:
        """The vendor's id."""

    @property
    def status(self) -> str:
        """The vendor's own word."""

    @property
    def state(self) -> str:
        """What the status means: ``pending``, ``completed`` or ``failed``."""

    @property
    def video(self) -> Link | None:
        """The video at its storage."""

    @property
    def error(self) -> object | None:
        """Why it failed."""

    @property
    def usage(self) -> Cost | None:
        """What it cost."""

    @property
    def request(self) -> Mapping[str, Any]:
        """The body it was submitted with."""

    @property
    def drift(self) -> Sequence[object]:
        """Where the last response departed from the contract."""

    @property
    def file(self) -> Path | None:
        """Where its video was saved."""


class Fact(NamedTuple):
    """A name, and what is said under it."""

    name: str
    text: str


def facts(generation: Shown) -> list[Fact]:
    """Return what is known of a generation besides id, status and prompt, as clean text."""
    return [Fact(clean(name), clean(text)) for name, text in _facts(generation)]


def prompt_of(generation: Shown) -> str:
    """Return the prompt it was submitted with; "" if it is not known."""
    return clean(generation.request.get("prompt", ""), lines=True)


def cost_of(generation: Shown) -> str:
    """Return what it cost; "" if that is not known."""
    usage = generation.usage
    if usage is None or usage.in_usd is None:
        return ""
    paid = "" if usage.credits is None else f" ({usage.credits:,.0f} credits)"
    return f"{show_usd(usage.in_usd)}{paid}"


def _facts(generation: Shown) -> Iterator[tuple[str, object]]:
    if generation.error is not None:
        yield "error", generation.error
    if generation.request:
        yield "seed", generation.request.get("seed", "a random one")
    for name, value in generation.request.items():
        if name not in _NOT_SETTINGS:
            yield name.replace("_", " "), _value(value)
    if cost := cost_of(generation):
        yield "cost", cost
    if place := _place(generation):
        yield "video", place
    for drift in generation.drift:
        yield "drift", drift


def _value(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _place(generation: Shown) -> str:
    """Return where the video is, or how to get it; "" where there is none yet."""
    if generation.file is not None:
        return short_path(generation.file)
    if generation.state != "completed":
        return ""
    until = generation.video.expires_at if generation.video else None
    expiry = f"; the link works until {until:%Y-%m-%d %H:%M} UTC" if until else ""
    return f"not saved here: download(generation, PATH) saves it{expiry}"
