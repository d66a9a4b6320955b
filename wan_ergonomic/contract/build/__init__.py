"""From published documents to the vendored files and the generated client."""
