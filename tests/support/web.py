"""A web server on loopback, whose responses a test sets."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

Response = tuple[int, dict[str, str], bytes]


class Web(http.server.ThreadingHTTPServer):
    """The server.

    Attributes:
        responses: The responses for each path, in order; the last one is repeated.
        requests: The path of each request, with its query, in order.
        headers: The headers of each request, in order.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.responses: dict[str, list[Response]] = {}
        self.requests: list[str] = []
        self.headers: list[dict[str, str]] = []

    def put(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> str:
        """Set the response for a path, and return its URL."""
        self.responses[path] = []
        return self.add(path, body, status, **headers)

    def add(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> str:
        """Set the response after the last one for a path; one of status 0 is a lost connection."""
        usual = {"Connection": "close", "Content_Length": str(len(body))}
        self.responses[path].append((status, usual | headers, body))
        return f"http://127.0.0.1:{self.server_port}{path}"


class Handler(http.server.BaseHTTPRequestHandler):
    """Handles one request."""

    server: Web

    def do_GET(self) -> None:
        """Send the response for the path, or a 404."""
        self.server.requests.append(self.path)
        self.server.headers.append(dict(self.headers.items()))
        gone = (404, {"Content-Length": "0"}, b"")
        responses = self.server.responses.get(self.path.partition("?")[0], [gone])
        status, headers, body = responses.pop(0) if len(responses) > 1 else responses[0]
        if not status:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write no log."""


@contextmanager
def serving() -> Iterator[Web]:
    """Run a server."""
    with Web() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
