"""The rules of reading, correcting and checking published documents."""
