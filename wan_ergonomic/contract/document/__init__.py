"""A published document in memory: nodes, pointers, schemas, equality, joining."""
