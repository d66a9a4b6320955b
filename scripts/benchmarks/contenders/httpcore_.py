"""httpcore, which httpx is built on."""

import json
from collections.abc import Callable
from typing import Any

import httpcore


def poller(url: str) -> Callable[[str], Any]:
    """Return what polls a job."""
    pool = httpcore.ConnectionPool()

    def poll(job: str) -> Any:
        headers = [("Authorization", "Bearer key")]
        return json.loads(pool.request("GET", f"{url}/x?id={job}", headers=headers).content)

    return poll
