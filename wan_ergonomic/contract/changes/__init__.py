"""What changed between two sources, what it touches here, and what of it is accepted."""
