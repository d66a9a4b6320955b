"""The deadline of a thread bounds whatever it reads and writes."""

from __future__ import annotations

import socket
import time

import httpx
import pytest

from tests.support.actions import Hang, response
from wan_ergonomic import ConnectionFailedError, WanClient
from wan_ergonomic._environment import Environment

# Not in the door: no other package sends requests.
from wan_ergonomic._http._adopt import adopt
from wan_ergonomic._http._network import within
from wan_ergonomic._http._transport import Transport


def client(**options) -> httpx.Client:
    """A client over this library's own transport."""
    return httpx.Client(transport=Transport(Environment()), **options)


def test_nothing_is_read_or_written_after_the_deadline(server):
    """After the deadline, not even a response that has already arrived is read."""
    server.script("download", response(200))
    with client() as http:
        with within(-1), pytest.raises(httpx.ConnectTimeout, match="the deadline has passed"):
            http.get(server.url)
        assert http.get(server.url).status_code == 200


def test_nothing_is_written_to_an_open_connection_after_the_deadline(server):
    """The request is known not to have been sent whole."""
    server.script("download", response(200))
    with client() as http:
        http.get(server.url)
        with within(-1), pytest.raises(httpx.WriteTimeout, match="the deadline has passed"):
            http.get(server.url)
    assert len(server.requests) == 1


def test_a_call_within_a_call_has_its_own_deadline(server):
    """A callback may call the API; its deadline does not change the outer one."""
    server.script("download", response(200), Hang())
    with client(timeout=20) as http, within(0.3):
        with within(20):
            assert http.get(server.url).status_code == 200
        with pytest.raises(httpx.TimeoutException):
            http.get(server.url)


def test_without_a_deadline_the_clients_own_timeouts_hold(server):
    """The transport otherwise behaves as httpx's own."""
    server.script("download", Hang())
    with client(timeout=1) as http, pytest.raises(httpx.ReadTimeout):
        http.get(server.url)


def test_a_transport_over_a_local_socket_keeps_to_the_deadline_too(tmp_path):
    """A caller's own transport, to an API or a storage on this machine."""
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "api"))
        silent.listen()
        transport = httpx.HTTPTransport(uds=str(tmp_path / "api"))
        adopt(transport, asynchronous=False)
        began = time.monotonic()
        with (
            httpx.Client(transport=transport, timeout=20) as http,
            within(1),
            pytest.raises(httpx.ReadTimeout),
        ):
            http.get("http://api.localhost")
        assert time.monotonic() - began < 10


def test_another_transport_is_left_as_it_is():
    """One without connections has nothing to bound."""
    transport = httpx.MockTransport(lambda _: httpx.Response(204))
    adopt(transport, asynchronous=False)
    with httpx.Client(transport=transport) as http, within(-1):
        assert http.get("https://example.invalid").status_code == 204


def test_https_where_there_is_none_sends_nothing(server):
    """A handshake that fails is known to come before the request, and the key."""
    with (
        WanClient("key-5d1f0c7e9b", base_url=server.url.replace("http:", "https:")) as wan,
        pytest.raises(ConnectionFailedError) as caught,
    ):
        wan.submit("A boat", timeout=0.3)
    assert (caught.value.sent, server.requests) == (False, [])
