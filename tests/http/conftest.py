"""Fixtures of the tests of connections."""

from __future__ import annotations

import socket

import pytest

from tests.support.stand_in import stand_in

# Not in the door: no other package looks up names.
from wan_ergonomic._http import _network


@pytest.fixture
def resolver(monkeypatch):
    """Addresses by host name: each lookup of a name takes the next of its lists."""
    names: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def look_up(host, port, *rest, **options):
        if host not in names:
            return real(host, port, *rest, **options)
        if options.get("flags", 0) & socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        found = names[host].pop(0)
        return [entry for one in found for entry in real(one, port, type=socket.SOCK_STREAM)]

    async def alook_up(host, port, **options):
        return look_up(host, port, **options)

    stand_in(monkeypatch, _network, "socket", getaddrinfo=look_up)
    stand_in(monkeypatch, _network, "anyio", getaddrinfo=alook_up)
    return names
