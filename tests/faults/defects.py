"""What cannot pass yet, by the name of the cell, and why."""

DEFECTS: dict[str, str] = {}
