"""The commands that make videos."""
