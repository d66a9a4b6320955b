"""The commands about paid jobs."""
