"""The `wan contract` commands."""
