"""The commands for many prompts."""
