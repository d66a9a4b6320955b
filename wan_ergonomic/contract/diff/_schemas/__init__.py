"""Compares schemas: keywords by name, unions by what they accept."""

from ._walk import SchemaDiff

__all__ = ["SchemaDiff"]
