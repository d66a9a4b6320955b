"""Corrections as data: OpenAPI Overlay 1.0."""
