"""The ledger of paid jobs."""
