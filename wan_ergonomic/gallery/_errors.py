"""The error of this package."""

from __future__ import annotations

from wan_ergonomic._errors import WanError


class GalleryError(WanError):
    """A gallery cannot be made from this folder, or not be written there; no file was changed."""
