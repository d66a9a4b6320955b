"""The commands of a fresh machine: the environment they make, and what they then do."""
