"""What the groups of commands share: a session with the API, its options, and its display."""
