"""Comparing two versions of the contract."""
