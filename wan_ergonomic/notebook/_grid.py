"""Several generations side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ._card import bundle, cards, text_of
from ._facts import Shown
from ._media import EMBED_BYTES, Budget


@dataclass(frozen=True, slots=True, repr=False)
class Grid:
    """Generations that a notebook shows as a grid of cards, and a terminal one below the other.

    Attributes:
        generations: What is shown.
        embed_bytes: How many bytes of video may be embedded in all. The first ones that fit are;
            of the others there is a still, or their path alone without the extra ``gallery``.
    """

    generations: Sequence[Shown]
    embed_bytes: int = EMBED_BYTES

    def __len__(self) -> int:
        return len(self.generations)

    def __iter__(self) -> Iterator[Shown]:
        return iter(self.generations)

    def __repr__(self) -> str:
        return "\n".join(map(text_of, self.generations))

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return bundle(self.generations, Budget(self.embed_bytes))


def grid(generations: Iterable[Shown], *, embed_bytes: int = EMBED_BYTES) -> Grid:
    """Return generations as a grid for a notebook.

    Args:
        generations: What is shown, such as a list of what ``download`` has returned.
        embed_bytes: How many bytes of video may be embedded in all; 0 for stills only.
    """
    return Grid(tuple(generations), embed_bytes)


def load_ipython_extension(shell: Any) -> None:
    """Show each list or tuple of generations as a grid; for ``%load_ext wan_ergonomic.notebook``.

    Args:
        shell: The running IPython.
    """
    formatter = shell.display_formatter.formatters["text/html"]
    for kind in (list, tuple):
        formatter.for_type(kind, _grid_html)


def unload_ipython_extension(shell: Any) -> None:
    """Undo ``load_ipython_extension``."""
    formatter = shell.display_formatter.formatters["text/html"]
    for kind in (list, tuple):
        formatter.pop(kind, None)


def _grid_html(values: Sequence[Any]) -> str | None:
    """Return a grid for generations only; for anything else None, as if there were no formatter."""
    if values and all(isinstance(value, Shown) for value in values):
        return cards(values, Budget(EMBED_BYTES))
    return None
