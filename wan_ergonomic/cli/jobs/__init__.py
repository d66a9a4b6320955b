"""The commands about the paid jobs that the ledger of this machine knows."""
