"""Reads published documents, and finds our two operations in them."""
