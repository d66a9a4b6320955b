"""A server of S3 on loopback: moto's, over HTTP, with responses that a test may put before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from http import HTTPStatus
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

# Returns a response for a request, or None to let moto respond.
Fault = Callable[[Request], Response | None]
# Changes a response of moto.
Change = Callable[[Request, list[tuple[str, str]]], list[tuple[str, str]]]


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Write no log."""


class S3Server:
    """A server of S3; whoever makes one is skipped where boto3 or moto is missing.

    Attributes:
        url: Its address.
        fault: What responds before moto does.
        change: What changes the headers of moto's responses.
        seen: The method and path of each request.
    """

    def __init__(self) -> None:
        self.fault: Fault = lambda _: None
        self.change: Change = lambda _, headers: headers
        self.seen: list[tuple[str, str]] = []
        pytest.importorskip("boto3", reason="the extra `s3` is not installed")
        moto = pytest.importorskip(
            "moto.moto_server.werkzeug_app",
            reason="moto[s3], flask and flask-cors are not installed",
        )
        self._moto = moto.DomainDispatcherApplication(moto.create_backend_app)
        self._port = 0
        self._server: BaseWSGIServer | None = None
        self.start()
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen, at the same port as before."""
        server = make_server(
            "127.0.0.1", self._port, self._respond, threaded=True, request_handler=_Quiet
        )
        self._server, self._port = server, server.port
        Thread(target=server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Close the port; what is stored stays."""
        assert self._server
        self._server.shutdown()
        self._server.server_close()

    @cached_property
    def client(self) -> Any:
        """A client of boto3 that may do anything."""
        return self.make_client("s3")

    def make_client(self, service: str) -> Any:
        """Make a client of boto3 that may do anything."""
        from boto3.session import Session

        return Session().client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def bucket(self) -> str:
        """Make a bucket, and return its name."""
        name = f"bucket-{uuid4().hex}"
        self.client.create_bucket(Bucket=name)
        return name

    def held(self, bucket: str) -> dict[str, bytes]:
        """Return what a bucket holds, by key."""
        listed = self.client.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {each["Key"]: self._read(bucket, each["Key"]) for each in listed}

    def _read(self, bucket: str, key: str) -> bytes:
        with self.client.get_object(Bucket=bucket, Key=key)["Body"] as body:
            held: bytes = body.read()
        return held

    def _respond(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        request = Request(environ)
        self.seen.append((request.method, request.path))
        played = self.fault(request)
        if played is not None:
            request.get_data()
            return played(environ, start)

        def start_changed(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start(status, self.change(request, headers), *more)

        responded: Iterable[bytes] = self._moto(environ, start_changed)
        return responded


def error_response(status: HTTPStatus, code: str, message: str = "No.") -> Response:
    """Return an error response of S3."""
    text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Response(text, status, content_type="application/xml")


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Run a server of S3."""
    server = S3Server()
    try:
        yield server
    finally:
        server.client.close()
        server.stop()
