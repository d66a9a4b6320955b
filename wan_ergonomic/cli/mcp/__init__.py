"""The command that serves agents."""
