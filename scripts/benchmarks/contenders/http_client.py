"""The standard library's http.client."""

import http.client
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit


def client(url: str) -> http.client.HTTPConnection:
    """Return a connection."""
    return http.client.HTTPConnection(urlsplit(url).netloc)


def poller(url: str) -> Callable[[str], Any]:
    """Return what polls a job."""
    connection = client(url)

    def poll(job: str) -> Any:
        connection.request("GET", f"/x?id={job}", headers={"Authorization": "Bearer key"})
        return json.loads(connection.getresponse().read())

    return poll
