"""What went wrong with a service that keeps files, and what to do about it."""

from __future__ import annotations


class TroubleError(Exception):
    """A service did not do what it was asked.

    Attributes:
        what: What happened, as a sentence without its point.
        remedy: What to do about it, likewise.
        lasting: Whether it stays until somebody does that.
    """

    def __init__(self, what: str, remedy: str, *, lasting: bool = True) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.lasting = lasting
