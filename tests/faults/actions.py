"""Actions that only the matrix needs."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass, field
from functools import cache

from tests.support.actions import Connection, head

MEBI = 2**20
FLOOD = 200 * MEBI
BOMB = 128 * MEBI


@dataclass(frozen=True)
class Flood:
    """Send a body of 200 MB, for as long as the client reads.

    Attributes:
        status: The status of the response.
        start: The beginning of the body.
        announced: Whether the head has a Content-Length; otherwise the body is chunked.
        sent: The number of bytes that were sent, for each request.
    """

    status: int = 200
    start: bytes = b'{"id": "gen-1", "status": "queued", "pad": "'
    announced: bool = True
    sent: list[int] = field(default_factory=list, compare=False)

    def run(self, connection: Connection) -> None:
        """Send it."""
        length = {"Content-Length": str(FLOOD)}
        chunk = b"x" * MEBI if self.announced else b"%x\r\n%s\r\n" % (MEBI, b"x" * MEBI)
        start = self.start if self.announced else b"%x\r\n%s\r\n" % (len(self.start), self.start)
        framing = length if self.announced else {"Transfer-Encoding": "chunked"}
        went = 0
        try:
            connection.socket.sendall(head(self.status, framing) + start)
            while went < FLOOD:
                went += connection.socket.send(chunk[went % len(chunk) :])
        finally:
            self.sent.append(went)


@cache
def bomb(layers: int = 1) -> bytes:
    """Return a small body that expands to 128 MiB, compressed ``layers`` times."""
    packer = zlib.compressobj(1, wbits=31)
    zeros = bytes(MEBI)
    content = b"".join(packer.compress(zeros) for _ in range(BOMB // MEBI)) + packer.flush()
    for _ in range(layers - 1):
        content = gzip.compress(content, 1)
    return content
