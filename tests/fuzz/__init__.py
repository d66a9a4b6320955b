"""Fuzzing the parsers: targets, damage to inputs, and the crashes that were found."""
