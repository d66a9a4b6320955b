"""The sandbox's page: what it shows, what it can change, and who may use it.

It is served by the sandbox itself and loads nothing from elsewhere. ``page.html``, ``page.css``
and the scripts beside it are sent as they are; there is no build.
"""

from ._about import export
from ._page import Page
from ._path import free_path
from ._state import Watched

__all__ = ["Page", "Watched", "export", "free_path"]
