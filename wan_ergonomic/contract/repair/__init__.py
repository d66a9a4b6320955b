"""General repair: corrections as code, for documents without an overlay of their own."""
