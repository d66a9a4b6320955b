"""The deadline of a thread bounds whatever it reads and writes."""

from __future__ import annotations

import socket
import time

import httpx
import pytest

from tests.support.loopback import Hang, answer
from wan_ergonomic import ConnectionFailedError, WanClient
from wan_ergonomic._http._deadline import bind, within


def test_nothing_is_read_or_written_after_the_deadline(server):
    """When the time is over, not even what has arrived already is read."""
    server.script("download", answer(200))
    with bind(httpx.Client(trust_env=False)) as client:
        with within(-1), pytest.raises(httpx.ReadTimeout, match="the time is over"):
            client.get(server.url)
        assert client.get(server.url).status_code == 200


def test_a_call_within_a_call_has_its_own_deadline(server):
    """A callback may ask the API something; what it asked within does not change."""
    server.script("download", answer(200), Hang())
    with bind(httpx.Client(trust_env=False, timeout=20)) as client, within(0.3):
        with within(20):
            assert client.get(server.url).status_code == 200
        with pytest.raises(httpx.ReadTimeout):
            client.get(server.url)


def test_without_a_deadline_the_clients_own_timeouts_hold(server):
    """A client that is bound is otherwise as it was."""
    server.script("download", Hang())
    with (
        bind(httpx.Client(trust_env=False, timeout=1)) as client,
        pytest.raises(httpx.ReadTimeout),
    ):
        client.get(server.url)


def test_a_transport_over_a_local_socket_keeps_to_the_deadline_too(tmp_path):
    """A caller's own, to an API on this machine, or a store."""
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "api"))
        silent.listen()
        transport = httpx.HTTPTransport(uds=str(tmp_path / "api"))
        began = time.monotonic()
        with (
            bind(httpx.Client(transport=transport, timeout=20)) as client,
            within(1),
            pytest.raises(httpx.ReadTimeout),
        ):
            client.get("http://api.localhost")
        assert time.monotonic() - began < 10


def test_a_transport_of_the_callers_own_is_left_alone():
    """One that has no pool has nothing to bind."""
    transport = httpx.MockTransport(lambda _: httpx.Response(204))
    with bind(httpx.Client(transport=transport)) as client, within(-1):
        assert client.get("https://example.invalid").status_code == 204


def test_https_where_there_is_none_sends_nothing(server):
    """A handshake that fails is known to come before the request, and the key."""
    with (
        WanClient("key-5d1f0c7e9b", base_url=server.url.replace("http:", "https:")) as wan,
        pytest.raises(ConnectionFailedError) as caught,
    ):
        wan.submit("A boat", timeout=0.3)
    assert (caught.value.sent, server.requests) == (False, [])
