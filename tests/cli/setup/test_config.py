"""`wan config show` and `wan presets`: what a command would use, and why."""

from __future__ import annotations

import pytest

from wan_ergonomic._api_key import KEY_VARIABLES
from wan_ergonomic._prompts import PRESETS
from wan_ergonomic._spec import server_url

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def config(tmp_path, monkeypatch):
    """Write a configuration file, which the commands read."""

    def write(text: str) -> str:
        file = tmp_path / "config.toml"
        file.write_text(text)
        monkeypatch.setenv("WAN_CONFIG", str(file))
        return str(file)

    return write


def shown(wan) -> dict[str, list[object]]:
    """Return the settings in force, by name: the value and the source."""
    data = wan("config", "show", "--json").data
    return {name: [each["value"], each["source"]] for name, each in data.items()}


def test_without_any_setting_the_defaults_are_in_force(wan):
    """Each says so; nothing needs a key."""
    found = shown(wan)
    assert found["key"][0] is None
    assert str(found["key"][1]).startswith("There is no API key. Set ")
    assert found["base_url"] == [server_url(), "the contract"]
    assert found["config"] == [None, "no file"]
    assert found["proxy"] == [None, "none for the API"]
    assert wan("config", "show").text.splitlines()[0].startswith("key           -  (There is no")


def test_each_setting_says_where_it_is_from(wan, config, monkeypatch, tmp_path):
    """Of a key, only the end is shown."""
    file = config("[defaults]\nprefix = 'x'\n[limits]\nmax_usd = 2.5\n[presets.mine]\nsuffix = 'y'")
    monkeypatch.setenv(KEY_VARIABLES[0], KEY)
    monkeypatch.setenv("WAN_LEDGER", str(tmp_path / "jobs"))
    found = shown(wan)
    assert found["key"] == ["…cdef (32 characters)", KEY_VARIABLES[0]]
    assert found["config"] == [file, "WAN_CONFIG"]
    assert found["defaults.prefix"] == ["x", f"[defaults] of {file}"]
    assert found["limits.max_usd"] == [2.5, f"[limits] of {file}"]
    assert found["presets"] == ["mine", f"[presets] of {file}"]
    assert found["ledger"] == [str(tmp_path / "jobs"), "WAN_LEDGER"]
    result = wan("config", "show")
    assert "limits.max_usd   2.5  ([limits] of " in result.text
    assert KEY not in result.text


def test_a_short_key_is_not_shown_at_all(wan, monkeypatch):
    """Its end would be most of it."""
    monkeypatch.setenv(KEY_VARIABLES[0], "short-key")
    assert shown(wan)["key"][0] == "… (9 characters)"


def test_another_server_and_a_proxy_are_named(wan, monkeypatch):
    """A login of the proxy is not shown."""
    monkeypatch.setenv("WAN_BASE_URL", "https://api.example:8443/")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@proxy.example:3128")
    monkeypatch.setenv("WAN_LEDGER", "off")
    found = shown(wan)
    assert found["base_url"] == ["https://api.example:8443", "WAN_BASE_URL"]
    assert found["proxy"][0] == "http://proxy.example:3128"
    assert found["ledger"] == [None, "WAN_LEDGER"]
    assert "secret" not in str(found)


def test_a_setting_that_is_not_valid_is_an_error(wan, config):
    """With its place."""
    file = config("color = 1")
    for words in (("config", "show"), ("presets",)):
        result = wan(*words)
        assert result.code == 2
        assert f"{file} may contain only" in result.err


def test_presets_are_listed_with_what_they_set(wan, config):
    """Your own are marked; one of the same name replaces ours."""
    ours = next(iter(PRESETS))
    plain = wan("presets")
    assert len(plain.text.splitlines()) == len(PRESETS)
    assert "your own go into the configuration file" in plain.err
    assert wan("presets", "--quiet").err == ""
    config(f"[presets.{ours}]\nprefix = 'x'\n[presets.mine]\nsuffix = 'y'\n")
    found = wan("presets")
    lines = [line.split(maxsplit=1) for line in found.text.splitlines()]
    assert [ours, 'prefix = "x"  (your own)'] in lines
    assert ["mine", 'suffix = "y"  (your own)'] in lines
    assert found.err == ""
    data = wan("presets", "--json").data
    assert data["mine"] == {"options": {"suffix": "y"}, "own": True}
    assert not data[list(PRESETS)[-1]]["own"]
