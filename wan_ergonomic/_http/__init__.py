"""All network I/O: the only package that imports httpx, httpcore and anyio."""
