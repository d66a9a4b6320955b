"""Reading what is published, and finding the two operations in it."""
