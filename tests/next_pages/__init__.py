"""Pages that the vendor may publish next, and the proof that the project follows each of them.

``scripts/next_pages.py`` regenerates a copy of the project onto each page and runs the
copy's own tests, of which no line is changed.
"""
