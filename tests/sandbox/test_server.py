"""Starting, stopping, and the application without its own server."""

import asyncio
import gc
import socket
import threading

import httpx
import pytest

from tests.support.operations import poll_path, poll_query
from tests.support.waiting import SECONDS, until
from wan_ergonomic import WanError, _spec
from wan_ergonomic.sandbox import Sandbox, SandboxError, _server, create_app
from wan_ergonomic.sandbox._form import url_of


def test_a_sandbox_responds_as_soon_as_it_has_started():
    """It takes a free port and says where it is."""
    with Sandbox() as sandbox:
        assert sandbox.url.startswith("http://127.0.0.1:")
        assert httpx.get(sandbox.url).status_code == 200


def test_a_stopped_sandbox_leaves_no_thread_and_no_port():
    """After the block everything is as before, and stopping again does nothing."""
    before = set(threading.enumerate())
    with Sandbox() as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
    sandbox.stop()
    assert set(threading.enumerate()) - before == set()
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_a_sandboxs_thread_is_no_daemon():
    """The interpreter does not tear it down in the middle of an response."""
    before = set(threading.enumerate())
    with Sandbox():
        (thread,) = set(threading.enumerate()) - before
        assert (thread.name, thread.daemon) == ("wan-sandbox", False)


def test_what_was_received_and_billed_can_be_read_after_the_stop():
    """A test may look once the block is over."""
    with Sandbox() as sandbox:
        httpx.get(f"{sandbox.url}/nowhere")
    assert [record.path for record in sandbox.received] == ["/nowhere"]
    assert sandbox.billed == 0


def test_a_sandbox_can_be_started_again():
    """It keeps what it knows; its port may be another."""
    sandbox = Sandbox()
    for _ in range(2):
        with sandbox:
            httpx.get(f"{sandbox.url}/nowhere")
    assert len(sandbox.received) == 2


def test_a_running_sandbox_cannot_be_started_twice():
    """The error says where it runs."""
    with Sandbox() as sandbox, pytest.raises(SandboxError, match=sandbox.url):
        sandbox.start()


@pytest.mark.parametrize("address", [{"port": 70_000}, {"port": -1}, {"host": "a b"}, {"host": ""}])
def test_an_address_that_cannot_be_listened_on_is_a_clear_error(address):
    """The error names the address and is one of this library's."""
    with pytest.raises(SandboxError, match="cannot listen on") as caught:
        Sandbox(**address).start()
    assert isinstance(caught.value, WanError)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "::ffff:192.0.2.1"])  # noqa: S104
def test_it_listens_on_this_machine_only(host):
    """Its key is no secret; the error names what works, and no port is opened."""
    with pytest.raises(SandboxError, match="it listens on this machine only"):
        Sandbox(host=host).start()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.2"])
def test_each_name_of_this_machine_works(host):
    """The URL has the name that was given."""
    with Sandbox(host=host) as sandbox:
        assert sandbox.url.startswith(f"http://{host}:")
        assert httpx.get(sandbox.url, trust_env=False).status_code == 200


def test_a_port_that_is_taken_is_a_clear_error():
    """The error names the port."""
    with Sandbox() as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
        with pytest.raises(SandboxError, match=f"127.0.0.1 port {port}"):
            Sandbox(port=port).start()


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_an_ipv6_address_is_written_in_brackets():
    """The URL is one that clients understand."""
    assert Sandbox(host="::1", port=80).url == "http://[::1]:80"


def test_an_interrupt_while_starting_leaves_nothing_behind(monkeypatch):
    """Ctrl-C in the moment before it is ready stops it again."""
    before = set(threading.enumerate())
    made = _server._Server

    def interrupted(app):
        server = made(app)
        server.ready = _Interrupted()
        return server

    monkeypatch.setattr(_server, "_Server", interrupted)
    sandbox = Sandbox()
    with pytest.raises(KeyboardInterrupt):
        sandbox.start()
    assert set(threading.enumerate()) - before == set()
    with socket.create_server(("127.0.0.1", int(sandbox.url.rpartition(":")[2]))):
        pass


class _Interrupted(threading.Event):
    interrupted = False

    def wait(self, timeout=None):
        if not self.interrupted:
            self.interrupted = True
            raise KeyboardInterrupt
        return super().wait(timeout)


def test_stopping_does_not_wait_for_connections(api):
    """Neither an idle connection nor one that hangs holds up the end."""
    failed = []

    def hang():
        try:
            api.submit("[scenario: lost-response]")
        except httpx.RemoteProtocolError as error:
            failed.append(error)

    api.submit()
    thread = threading.Thread(target=hang)
    thread.start()
    until(lambda: api.sandbox.billed >= 2)
    api.sandbox.stop()
    thread.join(SECONDS)
    assert len(failed) == 1


def test_a_connection_that_is_just_accepted_is_closed_when_the_sandbox_stops():
    """The garbage collector would find it otherwise, which pytest reports as an error."""
    for _ in range(50):
        with Sandbox() as sandbox:
            host, port = sandbox.url.removeprefix("http://").split(":")
            connections = [socket.create_connection((host, int(port)), 10) for _ in range(3)]
        for connection in connections:
            connection.close()
    gc.collect()


def test_a_caller_that_leaves_in_the_middle_of_a_body_is_no_error(caplog):
    """Half a request is forgotten without a word in the log."""
    head = f"POST {_spec.path('create')} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{{"
    with Sandbox() as sandbox:
        host, port = sandbox.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(head.encode())
        assert httpx.get(sandbox.url).status_code == 200
    assert [record.message for record in caplog.records if record.name == "uvicorn.error"] == []


def test_the_date_is_renewed_while_nothing_happens(monkeypatch):
    """The server's clock ticks on between requests."""
    ticks: list[int] = []
    monkeypatch.setattr(_server, "_TICK", 0.001)
    monkeypatch.setattr(_server._Server, "on_tick", _counted(ticks))
    with Sandbox():
        until(lambda: len(ticks) >= 3)


def _counted(ticks):
    async def on_tick(server, _):
        ticks.append(1)
        return server.should_exit

    return on_tick


def test_a_sandboxs_repr_says_where_it_is_and_not_the_key():
    """Running or stopped, and never the key."""
    sandbox = Sandbox(key="canary")
    with sandbox:
        assert repr(sandbox) == f"<Sandbox {sandbox.url} running>"
    assert repr(sandbox) == f"<Sandbox {sandbox.url} stopped>"
    assert "canary" not in repr(sandbox)


def request(app, method, path, **options):
    """Send one request to an application without a server."""

    async def send():
        transport = httpx.ASGITransport(app)
        headers = {"Authorization": "Bearer sandbox-key"}
        async with httpx.AsyncClient(transport=transport, headers=headers) as http:
            return await http.request(method, f"http://test{path}", **options)

    return asyncio.run(send())


def test_the_application_works_without_its_own_server(clock):
    """create_app is plain ASGI, and its links begin with the URL it was given."""
    app = create_app(url="https://vendor.test", clock=clock.now)
    body = {"model": _spec.model(), "prompt": "A boat"}
    generation_id = request(app, "POST", _spec.path("create"), json=body).json()["id"]
    clock.time += 400
    response = request(app, "GET", poll_path(generation_id), params=poll_query(generation_id))
    assert url_of(response.json()["video"]).startswith("https://vendor.test/videos/")


def test_without_its_own_server_a_dropped_connection_is_an_exception():
    """Another server has no way to be told, so the application breaks off."""
    body = {"model": _spec.model(), "prompt": "[scenario: lost-connection]"}
    with pytest.raises(ConnectionResetError):
        request(create_app(), "POST", _spec.path("create"), json=body)
