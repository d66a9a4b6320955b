"""Promises of SECURITY.md that no other folder of tests holds."""
