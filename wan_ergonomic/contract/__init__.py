"""What the vendor promises: reading it, correcting it, building the client from it."""

from ._regenerate import Provenance, check, regenerate

__all__ = ["Provenance", "check", "regenerate"]
