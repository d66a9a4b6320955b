"""Submitting, waiting and downloading as generators of steps: they decide, and do no I/O."""
