"""Rewrites schemas for the generator: each class is a component with a unique name.

Objects and enums become components; all other schemas are inlined. ``allOf`` is merged,
and a schema that leads back to itself without an object in between allows anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from wan_ergonomic.contract.document._flatten import (
    UNIONS,
    alternatives,
    flatten,
    is_class,
    is_null,
    is_nullable,
    is_union,
    name_of,
    nullable,
    only_reference,
    without_null,
)
from wan_ergonomic.contract.document._pointer import COMPONENT

from ._names import Names, pascal
from ._place import Place

# Methods and variables of generated classes.
_TAKEN = frozenset({
    "additional_properties", "additional_keys", "to_dict", "from_dict", "to_multipart", "d", "cls",
    "cast", "src_dict", "field_dict", "prop_name", "prop_dict", "prop",
})  # fmt: skip
# Alternatives that are nested more deeply come from recursion.
_MAX_DEPTH = 4


class Schemas:
    """Makes components out of schemas.

    Args:
        source: The contract's components.
        note: Called with the pointer and a sentence for each difference from the contract.

    Attributes:
        made: The generator's components.
    """

    def __init__(self, source: Mapping[str, Any], note: Callable[[str, str], None]) -> None:
        self.made: dict[str, Any] = {}
        self._source = source
        self._note = note
        self._names = Names()
        # By the name of a component, or by the id() of an inline schema.
        self._classes: dict[str | int, str] = {}
        self._seen: list[Any] = []

    def target(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the target of a reference to a made component; any other schema unchanged."""
        if "$ref" not in schema:
            return schema
        found: Mapping[str, Any] = self.made[schema["$ref"].removeprefix(COMPONENT)]
        return found

    def form(self, schema: Any, place: Place) -> dict[str, Any]:
        """Return the schema of a form, always as one object."""
        flat = self._flat(schema)
        members = [self._flat(member) for union in UNIONS for member in flat.get(union, ())]
        if members:
            inner = [member.get("properties", {}) for member in members]
            properties = {name: schema for each in inner for name, schema in each.items()}
            flat = {**flat, "properties": {**properties, **flat.get("properties", {})}}
            self._note(place.pointer, "The alternatives of a form were merged into one object.")
        # Generated forms cannot contain alternatives among the additional properties.
        flat = {key: value for key, value in flat.items() if key != "additionalProperties"}
        return self._object(flat, pascal(name_of(schema) or place.hint), place)

    def usage(self, schema: Any, place: Place) -> dict[str, Any]:
        """Return a schema of the contract for the place where it is used."""
        if not isinstance(schema, Mapping):
            return {}
        reference = only_reference(schema)
        if reference is not None:
            made = self._component(reference, place)
            return nullable(made) if schema.get("nullable") else made
        flat = self._flat(schema)
        if id(schema) in self._classes:
            made = {"$ref": COMPONENT + self._classes[id(schema)]}
        else:
            # Kept alive, so that no other schema gets the same id().
            self._seen.append(schema)
            made = self._plain(flat, place, id(schema))
        if "description" in schema and "$ref" not in made:
            made = {**made, "description": schema["description"]}
        return nullable(made) if is_nullable(flat) else made

    def _flat(self, schema: Any) -> dict[str, Any]:
        return flatten(schema, self._source)

    def _component(self, name: str, place: Place) -> dict[str, Any]:
        if name in place.trail:
            self._note(place.pointer, f"{name} leads back to itself; here it allows anything.")
            return {}
        flat = flatten(self._source[name], self._source, (name,))
        if not is_class(flat) or only_reference(self._source[name]):
            inner = replace(place, hint=name, trail=(*place.trail, name))
            return self.usage(self._source[name], inner)
        if name in self._classes:
            made = {"$ref": COMPONENT + self._classes[name]}
        else:
            made = self._class(flat, pascal(name), replace(place, trail=(), depth=0), name)
        return nullable(made) if is_nullable(flat) else made

    def _plain(self, flat: dict[str, Any], place: Place, key: int | None = None) -> dict[str, Any]:
        """Return a flat schema for the place where it is used, without null."""
        if is_union(flat):
            return self._union(flat, place)
        if is_class(flat):
            return self._class(flat, pascal(place.hint), place, key)
        kind = flat.get("type")
        if kind == "array":
            items = self.usage(flat.get("items", {}), place.within("item"))
            return {"type": "array", "items": items}
        if flat.get("format") == "binary" and place.binary:
            return {"type": "string", "format": "binary"}
        return _of_type(flat)

    def _class(
        self, flat: dict[str, Any], name: str, place: Place, key: str | int | None = None
    ) -> dict[str, Any]:
        if "enum" not in flat:
            return self._object(flat, name, replace(place, binary=False), key)
        values = [value for value in flat["enum"] if value is not None]
        kinds = {type(value) for value in values}
        if kinds not in ({str}, {int}):
            self._note(place.pointer, f"Generated code does not check that it is one of {values}.")
            return _of_type(flat)
        schema = {"type": "string" if kinds == {str} else "integer", "enum": values}
        for held, made in self.made.items():
            if re.fullmatch(rf"{re.escape(name)}\d*", held) and schema.items() <= made.items():
                return {"$ref": COMPONENT + held}
        taken = self._take(name, key)
        self.made[taken] = {**schema, **_described(flat)}
        return {"$ref": COMPONENT + taken}

    def _take(self, name: str, key: str | int | None) -> str:
        taken = self._names.take(name)
        if key is not None:
            self._classes[key] = taken
        return taken

    def _object(
        self, flat: dict[str, Any], name: str, place: Place, key: str | int | None = None
    ) -> dict[str, Any]:
        taken = self._take(name, key)
        made = self.made[taken] = {"type": "object", **_described(flat)}
        made["properties"] = properties = {}
        inside = replace(place, hint=taken, pointer=f"{place.pointer} ({taken})")
        spelled: set[tuple[str, ...]] = set()
        for wire, schema in flat.get("properties", {}).items():
            spelling = _spelling(wire)
            if spelling in spelled or "_".join(spelling).lower() in _TAKEN:
                text = f"The name of {wire!r} is taken; it is among the additional properties."
                self._note(inside.pointer, text)
                continue
            spelled.add(spelling)
            status = self._status(wire, schema, inside)
            properties[wire] = status or self.usage(schema, inside.within(wire))
        required = [wire for wire in flat.get("required", ()) if wire in properties]
        if required:
            made["required"] = required
        if flat.get("additionalProperties"):
            more = self.usage(flat["additionalProperties"], inside.within("value"))
            made["additionalProperties"] = more or True
        return {"$ref": COMPONENT + taken}

    def _status(self, wire: str, schema: Any, place: Place) -> dict[str, Any] | None:
        """Return a schema for any text if a property is a status with an enum; None if not."""
        flat = self._flat(schema) if wire == "status" else {}
        if "enum" not in flat:
            return None
        self._note(place.pointer, "Undocumented statuses occur; it allows any text.")
        return nullable({"type": "string"}) if is_nullable(flat) else {"type": "string"}

    def _union(self, flat: dict[str, Any], place: Place) -> dict[str, Any]:
        members = list(alternatives(flat))
        if place.depth >= _MAX_DEPTH:
            self._note(
                place.pointer,
                "Deeply nested alternatives were replaced by a schema that allows anything.",
            )
            return {}
        if not members:
            rest = {key: value for key, value in flat.items() if key not in UNIONS}
            return self._plain(rest, place)
        made: dict[str, dict[str, Any]] = {}
        may_be_null = False
        for number, member in enumerate(members, 1):
            inner = self._flat(member)
            may_be_null |= is_nullable(inner)
            if is_null(inner):
                continue
            hint = name_of(member) or f"{place.hint}_option{number if len(members) > 2 else ''}"
            inside = replace(place, hint=hint, depth=place.depth + 1)
            one = without_null(self.usage(member, inside))
            if not one.keys() - {"description"}:
                return {}
            for part in one.get("oneOf", [one]):
                made.setdefault(json.dumps(part, sort_keys=True), part)
        parts = list(made.values())
        result = {"oneOf": parts} if len(parts) > 1 else next(iter(parts), {})
        return nullable(result) if may_be_null else result


def _of_type(flat: Mapping[str, Any]) -> dict[str, Any]:
    kind = flat.get("type")
    return {"type": kind} if kind in {"string", "integer", "number", "boolean"} else {}


def _described(flat: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": flat["description"]} if flat.get("description") else {}


def _spelling(wire: str) -> tuple[str, ...]:
    """Return a property name as the generator distinguishes it: names that agree here clash."""
    return tuple(re.sub(r"[^\w]+", " ", wire).split())
