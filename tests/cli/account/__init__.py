"""The commands about the account."""
