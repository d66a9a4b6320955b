"""The cells that do not pass yet, by name, with the reason."""

DEFECTS: dict[str, str] = {}
