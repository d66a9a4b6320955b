"""Sources for the tests of reading, and what they read from them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.first_contract import PATHS, WANTED
from wan_ergonomic import _spec
from wan_ergonomic.contract import ContractError, read_source
from wan_ergonomic.contract.document._document import Document
from wan_ergonomic.contract.source._pairs import select

CREATE, POLL = " ".join(WANTED["create"]), " ".join(WANTED["poll"])


def texts(source: Path | str) -> dict[str, str]:
    """Return the text that is selected for each role from a source."""
    chosen = select(read_source(str(source)), PATHS)
    return {role: document.text for role, (document, _) in chosen.items()}


def error_of(source: Path | str) -> str:
    """Return the message of the error that selecting from a source raises."""
    with pytest.raises(ContractError) as caught:
        texts(source)
    return str(caught.value)


def block(role: str, target: object, name: str = "openapi-operation") -> str:
    """Return a block of a page's source that shows the operation of a role."""
    method, path = WANTED[role]
    attributes = f'spec="it" path="{path}" method="{method.lower()}"'
    return f"{{% {name} {attributes} %}}\n[OpenAPI it]({target})\n{{% end{name} %}}\n"


def altered(text: str) -> str:
    """Return a published document with each operation deprecated."""
    data = json.loads(text)
    for item in data["paths"].values():
        for operation in item.values():
            operation["deprecated"] = True
    return json.dumps(data) + "\n"


def several(*paths: str, operation: Mapping[str, Any] | None = None) -> list[Document]:
    """Return a document that describes our create operation at each of several paths.

    Or another operation, which is posted to as well.
    """
    described = _spec.operation("create") if operation is None else operation
    data = {"openapi": "3.0.0", "paths": {path: {"post": described} for path in paths}}
    return [Document("", data, "it")]
