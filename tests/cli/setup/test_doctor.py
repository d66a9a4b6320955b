"""`wan doctor`: each line is good, or says what to do."""

from __future__ import annotations

import json
import os
import shutil
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib import metadata
from pathlib import Path

import pytest

from tests.support.actions import response
from tests.support.stand_in import stand_in
from wan_ergonomic import AuthenticationError, PermissionDeniedError, WanError, _spec
from wan_ergonomic._api_key import KEY_VARIABLES
from wan_ergonomic._spec import openapi_folder
from wan_ergonomic.cli.setup import _checks, _doctor
from wan_ergonomic.contract.watch import _watch
from wan_ergonomic.ledger import Ledger
from wan_ergonomic.sandbox import Sandbox


@pytest.fixture
def shop():
    """A sandbox with an account of its own."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def ledger(tmp_path, monkeypatch) -> Ledger:
    """The ledger that the commands use."""
    monkeypatch.setenv("WAN_LEDGER", str(tmp_path / "ledger"))
    return Ledger(tmp_path / "ledger")


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Put a program called wan on the PATH."""

    def put(content: str) -> Path:
        folder = Path(tmp_path, "bin")
        folder.mkdir(exist_ok=True)
        file = folder / ("wan.exe" if os.name == "nt" else "wan")
        file.write_text(content)
        file.chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        return file

    return put


@pytest.fixture(autouse=True)
def published(monkeypatch) -> str:
    """Where the contract is published; what this package holds itself, unless a test says more."""
    address = str(openapi_folder() / "upstream")
    monkeypatch.setattr(_watch, "published_at", lambda: (address,))
    return address


def checks(wan, *words, at=None) -> dict[str, tuple[str, str]]:
    """Return the mark and the text of each check, by its name."""
    data = wan("doctor", *words, "--json", at=at).data
    return {each["name"]: (each["mark"], each["text"]) for each in data["checks"]}


def test_where_all_is_good_it_says_so(wan, shop, ledger, command, monkeypatch):
    """A line for each check, and the exit code 0."""
    file = command("from wan_ergonomic import x")
    monkeypatch.setattr(_doctor, "server_url", lambda: shop.url)
    result = wan("doctor", at=shop)
    assert result.code == 0
    lines = result.text.splitlines()
    assert {line.split()[0] for line in lines} == {"good"}
    assert f"good   command  wan is {file}" in lines
    assert f"good   API      {shop.url} can be reached" in lines
    assert f"good   ledger   {ledger.path}: 0 jobs" in lines
    assert [line.split()[1] for line in lines[-4:]] == ["API", "clock", "account", "updates"]
    assert "the key is accepted; " in lines[-2]
    assert "nothing newer than this contract is published" in lines[-1]
    assert wan("doctor", "--quiet", at=shop).out == b""


def test_without_a_network_only_this_machine_is_looked_at(wan, monkeypatch, command):
    """A missing key is what has to be mended; the exit code says so."""
    command("from wan_ergonomic import x")
    result = wan("doctor", "--offline")
    assert result.code == 1
    assert "\nwrong  key      There is no API key." in result.text
    assert "API      " not in result.text
    monkeypatch.setenv(KEY_VARIABLES[0], "0123456789abcdef")
    assert wan("doctor", "--offline").code == 0


def test_another_packages_command_is_found_out(wan, command, monkeypatch):
    """It has the same name."""
    file = command("from wan_cli import main")
    mark, text = checks(wan, "--offline")["command"]
    assert (mark, text.startswith(f"wan is {file}, of another package.")) == ("wrong", True)
    monkeypatch.setenv("PATH", "")
    mark, text = checks(wan, "--offline")["command"]
    assert (mark, text.startswith("wan is not on the PATH. Use ")) == ("note", True)


def test_without_a_key_the_account_is_not_asked(wan, shop, command):
    """What is wrong is said once: there is no key."""
    command("from wan_ergonomic import x")
    found = checks(wan, "--base-url", shop.url)
    assert found["API"][0] == "good"
    assert found["account"] == ("note", "not asked for, because there is no key")
    assert [name for name, (mark, _) in found.items() if mark == "wrong"] == ["key"]


def test_the_embedded_sandbox_needs_no_key(wan, command):
    """It plays the API; that there is no key is said all the same, and is not wrong."""
    command("from wan_ergonomic import x")
    found = checks(wan, "--sandbox")
    assert found["account"][0] == "good"
    assert found["key"][0] == "note"


def test_jobs_that_are_not_finished_are_named(wan, ledger):
    """With the commands that finish them."""
    for outcome in ("accepted", "in doubt"):
        entry = ledger.begin(f"r-{outcome}", {}, "https://api.example")
        ledger.ended(f"r-{outcome}", outcome, "x", generation_id="g", entry=entry)
    mark, text = checks(wan, "--offline")["ledger"]
    assert mark == "note"
    assert "wan resume" in text
    assert "1 of which nobody knows whether they run: wan recover --all" in text


def test_what_cannot_be_used_is_wrong(wan, tmp_path, monkeypatch):
    """A ledger that is off is only worth knowing."""
    monkeypatch.setenv("WAN_LEDGER", "off")
    monkeypatch.setenv("WAN_CONFIG", str(tmp_path / "absent"))
    monkeypatch.setenv("HTTPS_PROXY", "ftp://proxy")

    def fail(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    stand_in(monkeypatch, _checks, "tempfile", TemporaryFile=fail)
    found = checks(wan, "--offline")
    assert found["ledger"][0] == "note"
    wrong = {name for name, (mark, _) in found.items() if mark == "wrong"}
    assert wrong >= {"config", "network", "folder"}


@pytest.mark.parametrize("with_json", [(), ("--json",)])
def test_a_broken_configuration_hides_no_other_check(wan, tmp_path, monkeypatch, with_json):
    """Each check is printed, also the one that cannot be made."""
    (tmp_path / "config.toml").write_text("[defaults\n")
    monkeypatch.setenv("WAN_CONFIG", str(tmp_path / "config.toml"))
    result = wan("doctor", *with_json)
    assert result.code == 1
    said = result.data["checks"][-2]["text"] if with_json else result.text.splitlines()[-2]
    assert "not asked, because no client can be made: " in said
    assert "cannot be read as TOML" in said


def test_an_api_that_cannot_be_reached_is_wrong(wan, server):
    """Nothing else is asked of it."""
    server.script("account", response(404))
    result = wan("doctor", at=server)
    assert result.code == 1
    assert f"wrong  API      {server.url}: " in result.text.splitlines()[-1]


def test_at_another_api_nothing_published_is_looked_up(wan, shop, monkeypatch):
    """It may be a sandbox, on a machine without a network. Nor if the address is not valid."""
    assert "updates" not in checks(wan, at=shop)
    monkeypatch.setenv("WAN_BASE_URL", "ftp://x")
    assert "updates" not in checks(wan)


def test_what_is_published_is_looked_up(monkeypatch, tmp_path):
    """Whatever comes of it costs nothing and needs no key; nothing has to be mended."""

    def looked_up(address: str | None) -> tuple[str, str]:
        monkeypatch.setattr(_watch, "published_at", lambda: (address,))
        found = _checks.check_published()
        return found.mark, found.text

    shutil.copytree(openapi_folder() / "upstream", tmp_path / "newer")
    for file in (tmp_path / "newer").glob("*.json"):
        document = json.loads(file.read_text("utf-8"))
        document["servers"] = [{"url": "https://api.example"}]
        file.write_text(json.dumps(document), "utf-8")
    mark, text = looked_up(str(tmp_path / "newer"))
    assert mark == "note"
    assert text.startswith("something newer is published. Breaking for ")
    assert text.endswith(" See wan contract watch")
    mark, text = looked_up(str(tmp_path / "absent"))
    assert (mark, text.startswith("could not be looked up: There is no file")) == ("note", True)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "other.json").write_text(
        '{"openapi": "3.0.0", "paths": {"/x": {"get": {}}}}'
    )
    mark, text = looked_up(str(tmp_path / "empty"))
    assert (mark, text.startswith("could not be compared: ")) == ("note", True)
    monkeypatch.setitem(sys.modules, "wan_ergonomic.contract", None)
    assert "pip install 'wan-ergonomic[contract]'" in looked_up(None)[1]


@pytest.mark.parametrize(
    ("seconds", "mark", "text"),
    [
        (0, "good", "within "),
        (-600, "wrong", "10 minutes ahead of the API's. Set this machine's clock."),
        (600, "wrong", "10 minutes behind the API's."),
        (None, "note", "the API does not say what time it is"),
    ],
)
def test_the_clock_is_compared_with_that_of_the_api(wan, server, seconds, mark, text):
    """The log is searched by times."""
    there = datetime.now(UTC) + timedelta(seconds=seconds or 0)
    date = {} if seconds is None else {"Date": format_datetime(there)}
    server.script("account", response(200, {"data": []}, date))
    found = checks(wan, at=server)["clock"]
    assert found[0] == mark
    assert text in found[1]


def test_an_old_contract_should_be_compared(wan, monkeypatch):
    """With what is published now."""
    monkeypatch.setattr(_spec, "retrieved", lambda: "2020-01-01")
    mark, text = checks(wan, "--offline")["contract"]
    assert mark == "note"
    assert text.startswith("as published on 2020-01-01, ")
    assert text.endswith("wan contract watch")


def test_extras_that_are_not_installed_are_named(wan, monkeypatch):
    """A package that was never installed has none."""
    needs = ["anyio>=4", "pytest>=1; extra == 'here'", 'absent-package>1; extra == "not-here"']
    stand_in(monkeypatch, _checks, "metadata", requires=lambda _: needs)
    text = checks(wan, "--offline")["extras"][1]
    assert text.startswith("here. Not installed: not-here; pip install ")

    def unknown(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    stand_in(monkeypatch, _checks, "metadata", requires=unknown)
    assert checks(wan, "--offline")["extras"] == ("good", "none")


@pytest.mark.parametrize(
    ("error", "mark"),
    [
        (PermissionDeniedError("No.", status_code=403), "note"),
        (AuthenticationError("No.", status_code=401), "wrong"),
        (WanError("No."), "wrong"),
    ],
)
def test_a_key_may_be_good_without_the_right_to_read_the_balance(error, mark):
    """Any other error is wrong."""

    class Client:
        """A client whose balance cannot be read."""

        def balance(self, **_: object) -> None:
            """Fail."""
            raise error

    made: object = Client()
    assert _checks._account(made).mark == mark  # type: ignore[arg-type]


def test_a_long_line_is_wrapped_between_words_on_a_terminal(on_terminal, monkeypatch):
    """Below its beginning; elsewhere each check is one line, which programs can read."""
    for name in KEY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    _, drawn = on_terminal("doctor", "--offline")
    lines = drawn.splitlines()
    (first,) = (number for number, line in enumerate(lines) if line.startswith("wrong  key"))
    assert lines[first + 1].startswith(" " * 16 + "AIML")
    assert all(len(line) <= 80 for line in lines[first : first + 3])


def test_elsewhere_a_check_is_one_line(wan, monkeypatch):
    """As wide as it is."""
    for name in KEY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    lines = wan("doctor", "--offline").out.decode().splitlines()
    assert all(line.startswith(("good", "note", "wrong")) for line in lines)
