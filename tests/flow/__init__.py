"""Flows as data: answered by hand, with no HTTP and no waiting."""
