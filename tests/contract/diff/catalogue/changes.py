"""The catalogue of changes: every one that can be found, and each at least once."""

from __future__ import annotations

from . import bodies, operations, properties
from .keywords import facets, of_facet
from .mutations import Change, Mutation, mutations


def catalogue() -> list[Mutation]:
    """Return every mutation there is."""
    return [mutation for change in (*plain(), *extra()) for mutation in mutations(change)]


def plain() -> list[Change]:
    """Return the changes of what the contract has."""
    return [
        *operations.changes(),
        *bodies.changes(),
        *properties.of_the_contract(),
    ]


def extra() -> list[Change]:
    """Return the changes of what is put into the contract to be changed."""
    of_schemas = [change for facet in facets() for change in of_facet(facet)]
    return [*properties.of_properties(), *of_schemas]
