"""Corrections as code, for documents that no overlay was written for."""
