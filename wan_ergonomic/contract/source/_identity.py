"""What identifies an operation: its models, its titles, its names and the words of its path.

Operations of other models are similar, so an operation that names only other models is
never taken for the known one. All else is a question of degree.
"""

from __future__ import annotations

import json
import re
from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property

from wan_ergonomic.contract.document._node import Node, elements, entries
from wan_ergonomic.contract.document._schema import view

# An operation that shares fewer of the known names is a different one.
MIN_SHARE = 0.5
# One that shares fewer still does not even resemble it.
_MIN_RESEMBLANCE = 0.25


@dataclass(frozen=True)
class Identity:
    """What an operation is recognised by. Each part is found when it is first asked for.

    Attributes:
        operation: The operation.
        path: The path.
    """

    operation: Node
    path: str

    @cached_property
    def models(self) -> frozenset[str]:
        """The models that the request body may name; none if it may name any."""
        models: set[str] = set()
        pending, seen = _schemas(self.operation.get("requestBody")), set[str]()
        while pending:
            schema = view(pending.pop())
            if schema.node.pointer not in seen:
                seen.add(schema.node.pointer)
                pending += schema.branches
                model = schema.properties.get("model")
                models |= {str(each.value) for each in (model and view(model).enum()) or ()}
        return frozenset(models)

    @cached_property
    def titles(self) -> frozenset[str]:
        """The titles of the request body's schemas."""
        schemas = _schemas(self.operation.get("requestBody"))
        return frozenset(str(view(schema).value("title")) for schema in schemas)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the top-level properties that the operation takes and returns.

        An enum with one value counts as a name, too: it distinguishes models with the same
        shape. Error responses are alike for all operations, so they do not count.
        """
        names = set()
        for parameter in elements(self.operation.get("parameters")):
            name = parameter.get("name")
            names.add(f"?{name.value}" if name else "")
        responses = _successes(entries(self.operation.get("responses")))
        bodies = [self.operation.get("requestBody"), *responses]
        for schema in (schema for body in bodies for schema in _schemas(body)):
            for property_name, node in view(schema).properties.items():
                values = view(node).enum() or ()
                names.add(property_name)
                names |= {json.dumps(value.value) for value in values if len(values) == 1}
        return frozenset(names)

    def has_model_of(self, known: Identity) -> bool:
        """Whether this operation is for a model of the known one."""
        return bool(known.models & (self.models | self.titles))

    def is_for_another_model(self, known: Identity) -> bool:
        """Whether this operation is only for models that the known one is not for."""
        return bool(known.models and self.models) and not known.models & self.models

    def is_alike(self, known: Identity) -> bool:
        """Whether this is the known operation, for all that can be told from it alone."""
        if self.is_for_another_model(known):
            return False
        return (
            self.has_model_of(known)
            or share(self.names, known.names) >= MIN_SHARE
            or unversioned(self.path) == unversioned(known.path)
        )

    def resembles(self, known: Identity) -> bool:
        """Whether this might be the known operation, although it is not alike."""
        return share(self.names, known.names) >= _MIN_RESEMBLANCE


def unversioned(path: str) -> str:
    """Return a path without versions and the names of its parameters."""
    return re.sub(r"/v\d+\w*(?=/|$)", "", re.sub(r"\{[^{}]*\}", "{}", path.lower()))


def share(a: Set[str], b: Set[str]) -> float:
    """Return the share of the names in either set that are in both, from 0 to 1."""
    return len(a & b) / (len(a | b) or 1)


def words_of(path: str) -> frozenset[str]:
    """Return the words of a path, without versions, parameters and plurals."""
    words = re.findall(r"[a-z]+", re.sub(r"\{[^{}]*\}|\bv\d+\w*\b", "", path.lower()))
    return frozenset(word.removesuffix("s") for word in words)


def are_same(known: frozenset[str], words: frozenset[str]) -> bool:
    """Whether one of two paths has all words of the other."""
    return bool(known and words) and (known <= words or words <= known)


def _successes(responses: dict[str, Node]) -> list[Node]:
    # Without a status of 2xx, ``default`` may be the success.
    succeeds = any(status.startswith("2") for status in responses)
    errors = ("4", "5", "default") if succeeds else ("4", "5")
    return [node for status, node in responses.items() if not status.startswith(errors)]


def _schemas(body: Node | None) -> list[Node]:
    """Return the schema of each media type of a request or a response."""
    media = entries(body.get("content") if body else None).values()
    return [schema for each in media if (schema := each.get("schema"))]
