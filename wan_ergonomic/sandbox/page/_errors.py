"""A request of the page that cannot be met."""

from __future__ import annotations


class PageError(Exception):
    """A request of the page that cannot be met, and the HTTP status that says so."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)
