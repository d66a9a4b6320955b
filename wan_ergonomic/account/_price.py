"""What one video costs, by the catalogue's pricing: a pure function that never guesses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wan_ergonomic._parsing import member, read_number

# The model makes videos of one length, which no option changes.
VIDEO_SECONDS = 5.0
# A price beyond this is a mistake, here or at the vendor.
MOST_USD = 100.0

# How many of a unit one video is; units are compared in lower case, as the singular.
_UNITS = {
    **dict.fromkeys(("second", "sec", "s"), VIDEO_SECONDS),
    **dict.fromkeys(("minute", "min"), VIDEO_SECONDS / 60),
    **dict.fromkeys(("millisecond", "ms"), VIDEO_SECONDS * 1000),
    **dict.fromkeys(("video", "generation", "request", "call", "clip"), 1.0),
}
_US_DOLLARS = frozenset({"USD", "US$", "$"})
_PUNCTUATION = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Quote:
    """What one video costs by a pricing; ``usd`` is None if ``reason`` says why it is not known."""

    usd: float | None
    reason: str = ""


def quote(pricing: Any, options: Mapping[str, Any]) -> Quote:
    """Return the price of one video.

    Args:
        pricing: The ``pricing`` of the model in the catalogue, as it was read.
        options: The request's body, with the server's defaults.
    """
    kind = member(pricing, "kind")
    if kind == "variable":
        return Quote(None, "the catalogue says that the price varies")
    found = _listed(pricing, "units") if kind == "fixed" else []
    if kind == "variants":
        found = _listed(pricing, "variants")
    if not found:
        return Quote(None, "the catalogue has no price for the model")
    if kind == "fixed" and len(found) > 1:
        # Each is charged, but how many of which is not said.
        return Quote(None, "the catalogue has more than one price for a video")
    matching = [entry for entry in found if _fits(member(entry, "when"), options)]
    if not matching:
        others = "; ".join(sorted({_shown(member(entry, "when")) for entry in found}))
        return Quote(None, f"the catalogue has no price for these options, only for {others}")
    quotes = {_one(entry, pricing) for entry in matching}
    if len(quotes) > 1:
        return Quote(None, "the catalogue has more than one price for these options")
    return quotes.pop()


def highest(pricing: Any) -> float | None:
    """Return the highest price of a video by a pricing, whatever its options; None if unknown."""
    entries = (*_listed(pricing, "units"), *_listed(pricing, "variants"))
    quotes = (_one(entry, pricing) for entry in entries)
    return max((each.usd for each in quotes if each.usd is not None), default=None)


def _listed(pricing: Any, name: str) -> list[Any]:
    found = member(pricing, name)
    return found if isinstance(found, list) else []


def _one(entry: Any, pricing: Any) -> Quote:
    """Return the price of one video by a unit or a variant of a pricing."""
    # The documented catalogue names no currency: its prices are in US dollars.
    currency = member(entry, "currency") or member(pricing, "currency") or "USD"
    if str(currency).strip().upper() not in _US_DOLLARS:
        return Quote(None, f"the catalogue's price is in {currency!s:.20}, not in US dollars")
    price, per = read_number(member(entry, "price")), member(entry, "per")
    size = 1.0 if per is None else read_number(per)
    words = [member(entry, name) for name in ("unit", "measure", "name")]
    # The first that there is: the others only describe it.
    named = next((word for word in words if word), "nothing that is known")
    amount = _amount(named)
    if amount is None:
        return Quote(
            None, f"the catalogue's price is for {named!s:.40}, not for a video or a second"
        )
    if price is None or not size or size < 0:
        return Quote(None, "the catalogue's price is not a number")
    usd = price / size * amount
    if not 0 < usd <= MOST_USD:
        return Quote(None, f"the catalogue's price cannot be right: {usd:g} USD for a video")
    return Quote(usd)


def _amount(unit: Any) -> float | None:
    if not isinstance(unit, str):
        return None
    word = _plain(unit)
    return _UNITS.get(word, _UNITS.get(word.removesuffix("s")))


def _fits(when: Any, options: Mapping[str, Any]) -> bool:
    """Whether a variant is for these options; words are compared without case or punctuation."""
    given = {_plain(name): value for name, value in options.items()}
    given.setdefault("duration", VIDEO_SECONDS)
    if when is None:
        return True
    return isinstance(when, Mapping) and all(
        any(_same(each, given.get(_plain(name))) for each in _each(value))
        for name, value in when.items()
    )


def _each(value: Any) -> Iterator[Any]:
    yield from value if isinstance(value, list) else (value,)


def _same(wanted: Any, given: Any) -> bool:
    numbers = read_number(wanted), read_number(given)
    if None not in numbers:
        return numbers[0] == numbers[1]
    return wanted == given or _plain(str(wanted)) == _plain(str(given))


def _plain(text: str) -> str:
    return _PUNCTUATION.sub("", text.lower())


def _shown(when: Any) -> str:
    return (
        ", ".join(f"{n} {v}" for n, v in when.items()) if isinstance(when, Mapping) else "nothing"
    )
