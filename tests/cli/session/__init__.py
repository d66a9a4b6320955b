"""What the groups of commands share."""
