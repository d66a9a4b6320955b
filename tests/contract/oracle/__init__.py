"""The comparison of schemas, held against jsonschema."""
