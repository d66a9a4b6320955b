"""Tests of scripts/: the environment they build, and what each does inside it."""
