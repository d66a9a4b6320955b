"""What scripts/bench.py runs: a server, the contenders, and the tables of what they took."""
