"""Copies a part of a document together with what it references.

Each reference is replaced by its target; below a depth that the caller chooses, a
schema stays a component and keeps its reference. A recursive schema always stays a
component. Nothing is corrected: a reference that leads nowhere is an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from wan_ergonomic._errors import ContractError

from ._components import free_name
from ._pointer import COMPONENT, component_name, look_up, mapped, mapping_of, reference_to

# If replacing all references would give more values than this, only the outermost schemas are
# inlined.
MAX_VALUES = 50_000
_MOST_VALUES = 2_000_000
_OTHER_COMPONENT = re.compile(r"#/components/(?!schemas/)")


class TooManyValuesError(ContractError):
    """A document would be too large without references."""


def _circle(reference: str) -> ContractError:
    return ContractError(
        f"The reference {reference} leads back to itself. Correct it in a copy, and pass that."
    )


class Copier:
    """Copies parts of one document.

    Args:
        document: The document.
        levels: How many levels of schemas are inlined; deeper ones stay components. None for
            all levels.
        unread: For references to files that cannot be read, why, for messages.

    Attributes:
        schemas: The schemas that stay components, by name.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        levels: int | None,
        unread: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.schemas: dict[str, Any] = {}
        self._document = document
        self._levels = levels
        self._unread = unread
        self._names: dict[str, str] = {}
        self._values = 0
        self._mapped: frozenset[str] | None = None

    def copy(self, node: Any, trail: tuple[str, ...] = ()) -> Any:
        """Return a copy of a value of the document, together with what it references.

        Raises:
            ContractError: A reference leads nowhere, out of the document, or in a circle.
        """
        self._values += 1
        if self._levels is None and self._values > MAX_VALUES:
            raise TooManyValuesError("A published document is too large without references.")
        if self._values > _MOST_VALUES:
            raise ContractError(
                "A published document is too large to be read. Give a source with fewer operations."
            )
        if isinstance(node, list):
            return [self.copy(item, trail) for item in node]
        if not isinstance(node, Mapping):
            return node
        if not isinstance(node.get("$ref"), str):
            copied = {key: self.copy(value, trail) for key, value in node.items()}
            return self._remapped(copied) if self._levels == 0 else copied
        reference, target = self.follow(node["$ref"])
        beside = {key: self.copy(value, trail) for key, value in node.items() if key != "$ref"}
        if self._is_component(reference, trail):
            return {**beside, "$ref": self._component(reference, target)}
        found = self.copy(target, (*trail, reference))
        newer = str(self._document.get("openapi")) >= "3.1"
        return {**found, **beside} if newer and isinstance(found, dict) else found

    def follow(self, reference: str) -> tuple[str, Any]:
        """Return the last of a chain of references, and its target.

        Raises:
            ContractError: A reference leads nowhere, out of the document, or in a circle.
        """
        seen = {reference}
        target = self._target(reference)
        while isinstance(target, Mapping) and isinstance(target.get("$ref"), str):
            reference = target["$ref"]
            if reference in seen:
                raise _circle(reference)
            seen.add(reference)
            target = self._target(reference)
        return reference, target

    def _target(self, reference: str) -> Any:
        """Return the target of a reference.

        Raises:
            ContractError: It leads nowhere, or out of the document.
        """
        if not reference.startswith("#/"):
            raise ContractError(
                f"The reference {reference} leads out of its document, and could not be followed"
                f"{self._reason(reference)}"
            )
        found = look_up(self._document, reference)
        if found is None:
            raise ContractError(
                f"The reference {reference} leads nowhere. Correct it in a copy, and pass that."
            )
        return found[0]

    def _reason(self, reference: str) -> str:
        """Return the end of a sentence about a reference, and what to do."""
        if reference in self._unread:
            return f": {self._unread[reference]}"
        return ". Put the file beside the document, or give a document that holds everything."

    def _is_component(self, reference: str, trail: tuple[str, ...]) -> bool:
        if _OTHER_COMPONENT.match(reference):
            if reference in trail:
                raise _circle(reference)
            return False
        if reference in trail or reference in self._names:
            return True
        if self._levels == 0 and reference in self._elsewhere():
            return True
        if not reference.startswith(COMPONENT) or self._levels is None:
            return False
        return sum(part.startswith(COMPONENT) for part in trail) >= self._levels

    def _component(self, reference: str, target: Any) -> str:
        """Return the reference to a component. The component is copied the first time."""
        if reference not in self._names:
            name = free_name(component_name(reference.rsplit("/", 1)[-1]), self.schemas)
            self._names[reference] = name
            self.schemas[name] = {}
            self.schemas[name] = self.copy(target, (reference,))
        return reference_to(self._names[reference])

    def _elsewhere(self) -> frozenset[str]:
        """Return what discriminators lead to beside components, such as the schema of a file."""
        if self._mapped is None:
            found = (to for to in mapped(self._document) if not to.startswith(COMPONENT))
            self._mapped = frozenset(to for to in found if look_up(self._document, to))
        return self._mapped

    def _remapped(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return a schema whose discriminator leads to components only."""
        mapping = mapping_of(schema)
        places = {key: to for key, to in mapping.items() if str(to) in self._elsewhere()}
        if not places:
            return schema
        made = {key: self._component(*self.follow(to)) for key, to in places.items()}
        return {**schema, "discriminator": {**schema["discriminator"], "mapping": mapping | made}}
