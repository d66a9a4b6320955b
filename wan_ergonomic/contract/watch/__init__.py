"""The vendored contract against what is published now."""
