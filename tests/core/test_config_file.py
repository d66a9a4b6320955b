"""The configuration file: what it may contain, where it is, and its errors."""

from typing import Any

import pytest

from tests.support.options import has_fields, prompt_defaults
from wan_ergonomic import ConfigurationError, PromptDefaults, WanClient
from wan_ergonomic._settings import ConfigFile, read_config, resolve_defaults

pytestmark = pytest.mark.usefixtures("contract_as_it_was")


@pytest.fixture
def config(monkeypatch, tmp_path):
    """A function that writes the file that WAN_CONFIG names."""

    def write(text):
        path = tmp_path / "wan.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        monkeypatch.setenv("WAN_CONFIG", str(path))
        return path

    return write


def test_a_missing_file_is_an_empty_one():
    """A configuration file is optional."""
    assert read_config() == ConfigFile(defaults={}, presets={})


@has_fields("seed", "resolution")
def test_the_file_of_wan_config_is_read(config):
    """Its [defaults] table and its [presets.NAME] tables."""
    path = config("[defaults]\nseed = 7\n[presets.mine]\nresolution = '480p'\n")
    assert read_config() == ConfigFile(
        file=path, defaults={"seed": 7}, presets={"mine": {"resolution": "480p"}}
    )
    assert resolve_defaults(None, "mine") == prompt_defaults(seed=7, resolution="480p")


def test_the_users_own_file_is_read(monkeypatch, tmp_path):
    """Without WAN_CONFIG it is wan/config.toml in the user's configuration folder."""
    path = tmp_path / "wan" / "config.toml"
    path.parent.mkdir()
    path.write_text("[defaults]\nseed = 8\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert read_config().defaults == {"seed": 8}
    monkeypatch.setenv("WAN_CONFIG", "")
    assert read_config().defaults == {"seed": 8}


def test_the_configuration_folder_has_a_default(monkeypatch, tmp_path):
    """Without XDG_CONFIG_HOME it is .config in the home folder."""
    path = tmp_path / ".config" / "wan" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("[defaults]\nseed = 9\n")
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert read_config().defaults == {"seed": 9}


def test_without_a_home_folder_there_is_no_users_file(monkeypatch):
    """As for a service."""
    monkeypatch.setenv("XDG_CONFIG_HOME", "~no-user-of-this-name/.config")
    assert read_config() == ConfigFile()


def test_a_file_in_place_of_the_folder_means_no_file(monkeypatch, tmp_path):
    """It contains no configuration."""
    (tmp_path / "wan").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert read_config() == ConfigFile()


def test_the_file_of_wan_config_must_exist(monkeypatch, tmp_path):
    """A missing one is an error."""
    monkeypatch.setenv("WAN_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(
        ConfigurationError, match=r"WAN_CONFIG names .*none.toml, which cannot be read: No "
    ):
        read_config()


@pytest.mark.parametrize("text", ["seed = ", b"\xff\xfe", "a = 1\na = 2"])
def test_a_file_that_is_not_toml_is_an_error(config, text):
    """It names the file and the reason."""
    path = config(text)
    with pytest.raises(ConfigurationError) as caught:
        read_config()
    assert str(caught.value).startswith(f"{path} cannot be read as TOML: ")
    assert caught.value.__cause__


def test_a_folder_instead_of_the_file_is_an_error(monkeypatch, tmp_path):
    """So is anything else there that cannot be read."""
    monkeypatch.setenv("WAN_CONFIG", str(tmp_path))
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_config()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("seed = 7", "seed"),
        ("[default]\nseed = 7", "[default]"),
        ("defaults = 7", "defaults"),
        ("defaults = [1]", "defaults"),
        ("presets = 7", "presets"),
        ("presets = ['draft']", "presets"),
        ("[presets]\ndraft = 7", "presets.draft"),
    ],
)
def test_another_table_is_an_error(config, text, name):
    """It would have no effect otherwise."""
    path = config(text)
    with pytest.raises(ConfigurationError) as caught:
        read_config()
    assert str(caught.value) == (
        f"{path} may contain only [defaults], [limits] and [presets.NAME] tables, not {name}. "
        "Nothing was sent."
    )


@pytest.mark.parametrize("name", ["api_key", "token"])
@pytest.mark.parametrize("text", ["{} = 's'", "[defaults]\n{} = 's'", "[presets.a]\n{} = 's'"])
def test_a_key_in_the_file_is_an_error_with_the_reason(config, text, name):
    """It names the variable that takes the key."""
    path = config(text.format(name))
    with pytest.raises(ConfigurationError) as caught:
        read_config()
    assert str(caught.value).startswith(f"{path} sets {name}. Files are copied and committed")
    assert "set AIMLAPI_API_KEY in the environment" in str(caught.value)


def test_a_byte_order_mark_is_skipped(config):
    """Some editors of Windows begin a file with one."""
    config("\ufeff[defaults]\r\nseed = 7\r\n")
    assert read_config().defaults == {"seed": 7}


@pytest.mark.parametrize("named", [False, True])
def test_a_file_that_may_not_be_read_is_an_error_only_if_it_is_named(monkeypatch, tmp_path, named):
    """As for a user of a container whose home folder is another one's."""
    # Root may read everything, so the system refuses to open this one for another reason.
    path = tmp_path / "wan" / "config.toml"
    path.mkdir(parents=True)
    if not named:
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        assert read_config() == ConfigFile()
        return
    monkeypatch.setenv("WAN_CONFIG", str(path))
    with pytest.raises(ConfigurationError, match=r"WAN_CONFIG names .*which cannot be read: "):
        read_config()


@pytest.mark.parametrize(
    "option",
    ["prefix", "suffix", pytest.param("negative_prompt", marks=has_fields("negative_prompt"))],
)
def test_an_option_given_as_empty_wins_over_the_file(config, option):
    """Empty is a choice too."""
    config(f"[defaults]\n{option} = 'From the file'")
    empty: dict[str, Any] = {option: ""}
    with WanClient("key", defaults=PromptDefaults(**empty)) as wan:
        assert "From the file" not in str(wan.preview("A boat").body)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[defaults]\nresolutoin = '480P'", "[defaults] of {} sets 'resolutoin'"),
        pytest.param(
            "[defaults]\nresolution = 'huge'",
            "[defaults] of {}: resolution cannot be 'huge'",
            marks=has_fields("resolution"),
        ),
        pytest.param(
            "[presets.mine]\nseed = '7'",
            "The preset 'mine' of {}: seed must be a whole number",
            marks=has_fields("seed"),
        ),
        (
            "[presets.mine]\nmodel = 'x'",
            "The preset 'mine' of {} sets 'model', which does not exist",
        ),
    ],
)
def test_a_wrong_key_or_value_is_an_error_when_a_client_is_made(config, text, words):
    """It names the table and the file."""
    path = config(text)
    with pytest.raises(ConfigurationError) as caught:
        WanClient("key", preset="mine" if "mine" in text else None)
    assert words.format(path) in str(caught.value)
