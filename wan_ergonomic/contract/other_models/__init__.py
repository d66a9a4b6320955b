"""A client of another model, in a folder of its own."""
