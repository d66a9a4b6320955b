"""The vendored documents as the vendor publishes them, to be changed by a test."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support.project import WANTED
from wan_ergonomic._spec import METHODS, Role

ROOT = Path(__file__).parents[2]
UPSTREAM = ROOT / "openapi" / "upstream"
JSON = "application/json"
ROLES: tuple[Role, ...] = tuple(METHODS)


class Published:
    """Both documents, each with the operation of its role and no other.

    Attributes:
        documents: The documents, by role.
    """

    def __init__(self) -> None:
        self.documents: dict[Role, Any] = {role: _alone(role) for role in ROLES}

    def path(self, role: Role) -> str:
        """Return the path of an operation."""
        (found,) = self.documents[role]["paths"]
        return str(found)

    def called_path(self, role: Role) -> str:
        """Return the path of an operation on its host, of which the server may name the start."""
        start = urlsplit(self.documents[role]["servers"][0]["url"]).path.rstrip("/")
        return f"{start}{self.path(role)}"

    def operation(self, role: Role) -> Any:
        """Return the operation object of a role."""
        return self.documents[role]["paths"][self.path(role)][METHODS[role]]

    def move(self, role: Role, path: str) -> None:
        """Publish an operation under another path."""
        (item,) = self.documents[role]["paths"].values()
        self.documents[role]["paths"] = {path: item}

    def holder(self, role: Role, *, request: bool = False) -> Any:
        """Return the media type object of a role's successful response, or of its request."""
        operation = self.operation(role)
        if request:
            return operation["requestBody"]["content"][JSON]
        responses = operation["responses"]
        return responses[min(responses)]["content"][JSON]

    def resolved(self, role: Role, schema: Any) -> Any:
        """Return what a schema's reference leads to, or the schema itself."""
        name = schema.get("$ref", "").rpartition("/")[2]
        return self.documents[role]["components"]["schemas"][name] if name else schema

    def response(self, role: Role) -> Any:
        """Return the schema of a role's successful response."""
        return self.resolved(role, self.holder(role)["schema"])

    def request(self) -> Any:
        """Return the schema of the request."""
        return self.resolved("create", self.holder("create", request=True)["schema"])

    def usage(self, role: Role) -> Any:
        """Return the schema of the usage in a role's response; None if there is none."""
        schema = self.response(role)
        for name in ("meta", "usage"):
            if name not in schema.get("properties", {}):
                return None
            schema = self.resolved(role, schema["properties"][name])
        return schema

    def rename_usage(self, role: Role, name: str) -> None:
        """Publish the cost under another name, if it is published."""
        usage = self.usage(role)
        if usage:
            first = next(iter(usage["properties"].values()))
            usage |= {"properties": {name: first}, "required": [name]}


def _alone(role: Role) -> Any:
    """Return a vendored document without the operations of other roles."""
    document = json.loads((UPSTREAM / f"{role}.json").read_text("utf-8"))
    path = WANTED[role][1]
    item = document["paths"][path]
    others = set(METHODS.values()) - {METHODS[role]}
    alone = {name: part for name, part in item.items() if name not in others}
    return {**copy.deepcopy(document), "paths": {path: alone}}
