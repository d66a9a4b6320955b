"""Corrections as data: OpenAPI Overlay 1.0 and 1.1."""
