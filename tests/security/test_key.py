"""Where the key comes from, and how a response may repeat it."""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from typer.main import get_command

from tests.support.actions import Close, Send, response
from wan_ergonomic import ApiError, ConfigurationError, WanClient, WanError
from wan_ergonomic._redaction import Key, without_keys
from wan_ergonomic.cli._app import app

# A key with characters that JSON and URLs escape.
KEY = "can/ary+5d1f0c7e9b=="


def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield a command and all its subcommands, with their names."""
    yield name, command
    for word, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, f"{name} {word}")


def test_no_option_takes_the_key(wan, canary_key):
    """Every process on the machine can read command lines."""
    found = dict(commands(get_command(app), "wan"))
    assert {"wan generate", "wan contract watch"} <= found.keys()
    for name, command in found.items():
        assert [p.name for p in command.params if "key" in p.name or "token" in p.name] == [], name
    for words in (["status", "an-id", "--api-key"], ["--api-key"]):
        assert "no option --api-key: other processes can read" in wan(*words, canary_key)
        assert canary_key not in wan(*words, canary_key)
    assert canary_key not in wan(f"--api-key={canary_key}", "generate", "A boat")


@pytest.mark.parametrize("text", ["api_key = '{}'", "[defaults]\napi_key = '{}'"])
def test_no_configuration_file_takes_the_key(tmp_path, monkeypatch, text):
    """Such files are copied and committed: a key in one is an error that does not show it."""
    (tmp_path / "config.toml").write_text(text.format(KEY), "utf-8")
    monkeypatch.setenv("WAN_CONFIG", str(tmp_path / "config.toml"))
    with pytest.raises(ConfigurationError) as caught:
        WanClient(KEY)
    assert KEY not in str(caught.value)


SPELLINGS = [
    KEY,
    KEY.replace("/", r"\/"),
    "can%2Fary%2B5d1f0c7e9b%3D%3D",
    "can%2fary%2b5d1f0c7e9b=%3d",
    "".join(f"\\u{ord(character):04x}" for character in KEY),
    KEY.replace("+", r"\u002B"),
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_key_that_comes_back_in_another_spelling_is_not_passed_on(client_kind, server, spelling):
    """Some gateways escape a slash in JSON, and a page quotes a URL."""
    server.script("submit", response(401, b'{"message": "Not a key: %s"}' % spelling.encode()))
    with client_kind.client(KEY, base_url=server.url) as wan, pytest.raises(ApiError) as caught:
        wan.submit("A boat")
    shown = f"{caught.value} {json.dumps(caught.value.body)}"
    assert "ary" not in shown
    assert "Not a key: ***" in shown


LONG = "eyJ" + "can/ary5d1f" * 700


@pytest.mark.parametrize("spelling", [LONG, LONG.replace("/", r"\/"), LONG.replace("/", "%2F")])
def test_a_long_key_is_masked_as_a_whole_in_little_time(client_kind, server, spelling):
    """Some keys are tokens of thousands of characters; one that differs at its end is another."""
    other = f"{LONG[:-1]}x"
    text = f"{'x' * 900_000} {spelling} and {other} and {spelling}."
    server.script("submit", response(401, b'{"message": "%s"}' % text.encode()))
    began = time.process_time()
    with client_kind.client(LONG, base_url=server.url) as wan, pytest.raises(ApiError) as caught:
        wan.submit("A boat")
    assert time.process_time() - began < 2
    assert caught.value.message.endswith(f" *** and {other} and ***.")


def test_a_key_in_a_header_that_cannot_be_read_is_not_passed_on(client_kind, server):
    """Neither the error nor its cause shows it."""
    server.script("submit", (Send(b"HTTP/1.1 200 OK\r\n" + KEY.encode() + b"\r\n\r\n"), Close()))
    with client_kind.client(KEY, base_url=server.url) as wan, pytest.raises(WanError) as caught:
        wan.submit("A boat")
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_a_short_key_is_not_masked(client_kind, server):
    """A sandbox's key is not secret, and may appear in any response."""
    server.script("submit", response(401, {"message": "Look at your test"}))
    with client_kind.client("test", base_url=server.url) as wan, pytest.raises(ApiError) as caught:
        wan.submit("A boat")
    assert "Look at your test" in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_a_key_in_json_of_another_encoding_is_not_passed_on(client_kind, server, encoding):
    """JSON is decoded from whichever Unicode encoding it has."""
    server.script("submit", response(401, json.dumps({"message": f"Not {KEY}"}).encode(encoding)))
    with client_kind.client(KEY, base_url=server.url) as wan, pytest.raises(ApiError) as caught:
        wan.submit("A boat")
    assert "Not ***" in str(caught.value)


@pytest.mark.parametrize("key", ["a" + "\\" * 24 + "b", "%" * 24 + "b", "a" * 40 + "b"])
def test_a_key_of_any_characters_is_masked_in_little_time(client_kind, server, key):
    """The search takes little time even in a response that almost repeats the key, many times."""
    server.script("submit", response(401, key[:-1].encode() * 2000))
    began = time.process_time()
    with client_kind.client(key, base_url=server.url) as wan, pytest.raises(ApiError):
        wan.submit("A boat")
    assert time.process_time() - began < 10


def test_a_key_as_long_as_a_token_is_masked_in_little_time():
    """A key may be a signed token; every character of it is compared."""
    key = "eyJ" + "".join(chr(33 + number * 7 % 94) for number in range(50_000))
    spelled = "".join(f"\\u{ord(character):04x}" for character in key)
    began = time.process_time()
    made = Key(key)
    assert made.mask_in(f"a {key}, {key[:-1]} and {spelled}") == f"a ***, {key[:-1]} and ***"
    assert time.process_time() - began < 5


@pytest.mark.parametrize("before", ["", "ab", "abab" * 7])
def test_a_key_is_found_behind_something_like_its_beginning(before):
    """A search that goes on behind a wrong beginning would miss it."""
    key = "ab" * 50 + "c"
    assert Key(key).mask_in(f"{before}{key}{key}") == f"{before}******"


def test_a_key_with_a_backslash_is_masked_as_it_is_and_in_json():
    """JSON doubles it."""
    for key in ("abcdefgh\\i", "0123456789" * 7 + "\\ghi"):
        assert Key(key).mask_in(f"{key} {json.dumps(key)}") == '*** "***"'


@pytest.fixture
def frequent_switches():
    """Let threads interrupt each other as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("frequent_switches")
def test_keys_may_be_added_while_text_is_masked():
    """One thread makes clients while another one logs."""
    with ThreadPoolExecutor() as pool:
        adding = pool.submit(lambda: [Key(f"{KEY}{number}") for number in range(200)])
        while not adding.done():
            assert without_keys("nothing to mask") == "nothing to mask"
        assert len(adding.result()) == 200
