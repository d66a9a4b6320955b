"""Small pictures of videos, for pages and notebooks.

Needs PyAV and Pillow, which the core does without: whoever can do without a picture imports this
where one is made.
"""

from ._still import NoVideoError, Still, still_of

__all__ = ["NoVideoError", "Still", "still_of"]
