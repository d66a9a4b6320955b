"""A published document in memory: nodes, references, schemas, equality, joining, YAML."""
