"""Sources for the tests of reading, and what they read from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.project import PATHS, WANTED
from wan_ergonomic.contract import ContractError, read_source
from wan_ergonomic.contract.document._document import Document
from wan_ergonomic.contract.source._roles import select

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


def several(*paths: str, method: str = "post") -> list[Document]:
    """Return a document of operations that have only a method and a path."""
    operation: dict[str, Any] = {}
    data = {"openapi": "3.0.0", "paths": {path: {method: operation} for path in paths}}
    return [Document("", data, "it")]
