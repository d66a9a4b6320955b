"""The commands about the account: prices, the balance, what was spent, and lost submissions."""
