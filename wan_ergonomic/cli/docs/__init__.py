"""The command that shows this documentation, offline, and the reference of all commands."""
