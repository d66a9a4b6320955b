"""What the search for inputs that break a reader searches with, and what it has found."""
