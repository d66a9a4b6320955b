"""The pages of a seed: everything known at once, each axis alone, and random combinations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from random import Random

from tests.support.project import PAGE

from .axes import AXES, GROUPS, KNOWN, Axis
from .published import ROLES, Published
from .whole import as_one_document

COMBINATIONS = 40
_CHANCE = 0.45  # that a combination has something of a group

LAYOUTS = {
    "two documents": PAGE,
    "the poll first": "# A model\n\n```json\n{poll}```\n\nAnd then:\n\n```json\n{create}```\n",
    "one document": "---\ntitle: A model\n---\n\n# A model\n\n```json\n{both}\n```\n\nThe end.\n",
    "no words": "```json\n{create}```\n\n```json\n{poll}```\n",
}


@dataclass(frozen=True)
class Page:
    """A page that the vendor may publish.

    Attributes:
        name: What is new on it.
        seed: Of the choices that its axes leave open, and of its layout.
    """

    name: str
    axes: Sequence[Axis]
    seed: str

    def published(self) -> Published:
        """Return its documents."""
        published = Published()
        rng = Random(self.seed)
        for axis in self.axes:
            axis(published, rng)
        return published

    def text(self) -> str:
        """Return the page."""
        rng = Random(f"{self.seed} layout")
        published = self.published()
        indent = rng.choice([None, 2])
        texts = {r: json.dumps(published.documents[r], indent=indent) + "\n" for r in ROLES}
        both = as_one_document(published)
        layouts = [text for text in LAYOUTS.values() if "{both}" not in text or both]
        return rng.choice(layouts).format(**texts, both=json.dumps(both, indent=2))


def everything_known(seed: int = 0) -> Page:
    """Return a page with all that is known of the page that the vendor publishes today."""
    return Page("everything known at once", KNOWN, f"{seed} known")


def pages(seed: int) -> list[Page]:
    """Return the pages of a seed, so ordered that any number of them are of every kind."""
    rng = Random(seed)
    alone = rng.sample(AXES, len(AXES))
    single = [Page(_words(axis), (axis,), f"{seed} {axis.__name__}") for axis in alone]
    mixed = [_combination(rng, f"{seed} {number}") for number in range(COMBINATIONS)]
    rest = chain.from_iterable(zip_longest(mixed, single))
    return [everything_known(seed), *(page for page in rest if page)]


def _combination(rng: Random, seed: str) -> Page:
    axes = [rng.choice(group) for group in GROUPS.values() if rng.random() < _CHANCE]
    return Page(", ".join(map(_words, axes)), axes, seed)


def _words(axis: Axis) -> str:
    return axis.__name__.replace("_", " ")
