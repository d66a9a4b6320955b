"""The catalogue of changes: at least one for every rule."""

from __future__ import annotations

from . import bodies, operations, properties
from .keywords import schema_changes
from .mutations import Change, Mutation, mutations
from .places import in_all_places


def catalogue() -> list[Mutation]:
    """Return every mutation."""
    return [mutation for change in (*plain(), *extra()) for mutation in mutations(change)]


def plain() -> list[Change]:
    """Return the changes of what the contract has."""
    return [*operations.changes(), *bodies.changes(), *properties.of_the_contract()]


def extra() -> list[Change]:
    """Return the changes of what is added to the contract first."""
    of_schemas = [one for change in schema_changes() for one in in_all_places(change)]
    return [*properties.of_properties(), *of_schemas]
