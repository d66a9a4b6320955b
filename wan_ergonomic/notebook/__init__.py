"""How generations are shown in notebooks: as cards with their video, alone or in a grid.

    from wan_ergonomic.notebook import grid

    grid([first, second])

A generation that ends a cell is shown as a card without any of this: the status,
the prompt, the seed, the settings, the cost, and the video once it is downloaded.
Every text is escaped, and no link to a video is shown. IPython is never imported.
"""

from ._card import bundle, status_line
from ._grid import Grid, grid, load_ipython_extension, unload_ipython_extension
from ._media import EMBED_BYTES, Budget
from ._text import clean

__all__ = [
    "EMBED_BYTES",
    "Budget",
    "Grid",
    "bundle",
    "clean",
    "grid",
    "load_ipython_extension",
    "status_line",
    "unload_ipython_extension",
]
