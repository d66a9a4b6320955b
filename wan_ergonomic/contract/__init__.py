"""What the vendor promises: reading it, correcting it, building the client from it."""

from .._errors import ContractError
from ._regenerate import Provenance, check, regenerate

__all__ = ["ContractError", "Provenance", "check", "regenerate"]
