"""A page for looking at hundreds of videos: a grid or a wall, filters, comparison, stars, notes.

It is one HTML file beside the videos, which needs no server and sends no request. Needs the
``gallery`` extra; the core never imports it.
"""

from ._errors import GalleryError
from ._gallery import Gallery, make_gallery

__all__ = ["Gallery", "GalleryError", "make_gallery"]
