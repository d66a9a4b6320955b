"""The floor: one socket, and json."""

import json
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit


def poller(url: str) -> Callable[[str], Any]:
    """Return what polls a job."""
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname, parts.port))

    def poll(job: str) -> Any:
        request = f"GET /x?id={job} HTTP/1.1\r\nhost: {parts.netloc}\r\n\r\n"
        connection.sendall(request.encode())
        return json.loads(connection.recv(65536).partition(b"\r\n\r\n")[2])

    return poll
