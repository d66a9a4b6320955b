"""Tests of the commands about the settings of a machine."""
