"""A small web on this machine, where each page answers with what a test put there."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

Answer = tuple[int, dict[str, str], bytes]


class Web(http.server.ThreadingHTTPServer):
    """The server: its answers by path, and each path that was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []

    def put(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> str:
        """Let a path be answered, and return its address."""
        usual = {"Connection": "close", "Content_Length": str(len(body))}
        self.answers[path] = (status, usual | headers, body)
        return f"http://127.0.0.1:{self.server_port}{path}"


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers one request."""

    server: Web

    def do_GET(self) -> None:
        """Answer as it was said, or with a 404."""
        self.server.asked.append(self.path)
        gone = (404, {"Content-Length": "0"}, b"")
        status, headers, body = self.server.answers.get(self.path.partition("?")[0], gone)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[Web]:
    """Run such a server."""
    with Web() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
