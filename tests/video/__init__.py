"""Video files: what they say of themselves, and what is seen in them."""
