"""Findings as text, Markdown, JSON and GitHub annotations."""
