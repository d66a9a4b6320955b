"""Compares the parts of an operation: its address, credentials, parameters and bodies."""
