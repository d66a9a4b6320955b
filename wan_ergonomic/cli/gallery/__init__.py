"""The command that makes a page for looking at videos."""
