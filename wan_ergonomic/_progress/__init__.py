"""What a call that waits shows meanwhile: a cell of a notebook, a line of a terminal, or nothing.

It only shows: a display that fails neither ends nor changes a call that was paid
for. Neither IPython nor a library for terminals is imported.
"""

from ._choose import display_for
from ._showing import shown
from ._words import duration

__all__ = ["display_for", "duration", "shown"]
