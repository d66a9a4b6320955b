"""Documents for the tests of repair, and the check of each result."""

import copy
from typing import Any

from wan_ergonomic.contract.document._validate import validate
from wan_ergonomic.contract.repair._document import Correction, correct

KEY = {"type": "http", "scheme": "bearer"}
RESPONSE = {"description": "The response"}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.0",
    "info": {"title": "T", "version": "1", "x-note": "kept"},
    "servers": [{"url": "https://api.example", "description": "d"}],
    "paths": {},
}
TEXT = {"type": "string"}


def document(operation=None, path="/a", method="post", **members) -> dict[str, Any]:
    """Return a correct document with one operation, and with other members."""
    operation = {"responses": {"200": RESPONSE}} if operation is None else operation
    return {**copy.deepcopy(DOCUMENT), "paths": {path: {method: operation}}, **members}


def repaired(given):
    """Return the repaired document and the corrections; check that it is valid and stable."""
    before = copy.deepcopy(given)
    result, found = correct(given)
    assert given == before
    assert all(isinstance(each, Correction) and str(each) for each in found)
    assert correct(result) == (result, [])
    validate(result)
    return result, found
