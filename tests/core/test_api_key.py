"""The key: where it comes from, and the mistakes that people make with one."""

from __future__ import annotations

import pytest

from tests.support.actions import response
from wan_ergonomic import AuthenticationError, ConfigurationError, MissingKeyError
from wan_ergonomic._api_key import KEY_PAGE, KEY_VARIABLES, find_key


def test_a_key_argument_wins(monkeypatch):
    """Over any variable."""
    monkeypatch.setenv("AIMLAPI_API_KEY", "from-the-environment")
    assert find_key("given").text == "given"


def test_the_key_variables_are_read_in_order(monkeypatch):
    """The most common name first, then that of the vendor's SDK, then the older one."""
    assert KEY_VARIABLES == ("AIMLAPI_API_KEY", "AIML_API_KEY", "AIMLAPI_KEY")
    for name in reversed(KEY_VARIABLES):
        monkeypatch.setenv(name, f"key-of-{name}")
        assert find_key(None).text == f"key-of-{name}"


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_a_blank_variable_counts_as_unset(monkeypatch, blank):
    """The next one is read."""
    monkeypatch.setenv("AIMLAPI_API_KEY", blank)
    monkeypatch.setenv("AIML_API_KEY", "second")
    assert find_key(None).text == "second"


def test_white_space_around_a_key_is_stripped(monkeypatch):
    """Such as the last newline of a file."""
    assert find_key(" key\n").text == "key"
    monkeypatch.setenv("AIMLAPI_KEY", "\tkey\r\n")
    assert find_key(None).text == "key"


@pytest.mark.parametrize("given", [5, b"key", ["key"]])
def test_a_key_that_is_not_text_is_an_error(given):
    """It does not show the key."""
    with pytest.raises(ConfigurationError, match=r"^api_key must be text\.$"):
        find_key(given)


@pytest.mark.parametrize("given", [None, "", "  "])
def test_a_missing_key_is_an_error_with_the_variables(given):
    """It says what to do, and that nothing was sent."""
    with pytest.raises(ConfigurationError) as caught:
        find_key(given)
    assert isinstance(caught.value, MissingKeyError)
    assert str(caught.value) == (
        "There is no API key. Set AIMLAPI_API_KEY, AIML_API_KEY or AIMLAPI_KEY in the environment "
        f"to your AIML API key ({KEY_PAGE}). Nothing was sent or spent."
    )


@pytest.mark.parametrize(
    "placeholder",
    [
        *("<YOUR_AIMLAPI_KEY>", " <key> ", "your-key", "YOUR_API_KEY", "your key here", "...", "…"),
        *("sk-...", "sk-…", "sk-your-key", "abc...xyz", "xxx", "XXXXXXXX", "sk-xxxx-xxxx", "***"),
        *("{{ api_key }}", "${AIMLAPI_API_KEY}", "$KEY", "%AIMLAPI_API_KEY%", "[key]"),
        *("api_key", "MY_API_KEY", "AIMLAPI_API_KEY", "aiml-api-key", "paste-it-here"),
        *("changeme", "replace-me", "insert_key", "None", "null", "undefined", "TODO"),
    ],
)
def test_a_placeholder_for_a_key_is_an_error(monkeypatch, placeholder):
    """It names the argument or variable."""
    with pytest.raises(ConfigurationError, match=r"^api_key holds a placeholder.*https://"):
        find_key(placeholder)
    monkeypatch.setenv("AIML_API_KEY", placeholder)
    with pytest.raises(ConfigurationError, match=r"^AIML_API_KEY holds a placeholder"):
        find_key(None)


@pytest.mark.parametrize("between", ["\n", "\r\n", " ", "\0", "\x7f", "é", "\u2028"])
def test_a_key_that_cannot_be_a_header_is_an_error(between):
    """It does not show the key."""
    with pytest.raises(ConfigurationError, match="is not a valid key") as caught:
        find_key(f"secret{between}half")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("key", ["key", "test", "sandbox-key", "sk-lab-01", "wan-live-wrong-key"])
def test_a_short_key_of_a_test_is_no_placeholder(key):
    """Sandboxes have such keys."""
    assert find_key(key).text == key


@pytest.mark.parametrize(
    ("given", "mistake"),
    [
        ('"s3cret-key"', "holds quotes around the key"),
        ("'s3cret-key'", "holds quotes around the key"),
        ("\u201cs3cret-key\u201d", "holds quotes around the key"),
        ('s3cret-key"', "holds quotes around the key"),
        ("Bearer s3cret-key", "begins with 'Bearer'"),
        ("AIMLAPI_API_KEY=s3cret-key", "holds a whole line NAME=KEY"),
        ("export AIML_API_KEY = s3cret-key", "holds a whole line NAME=KEY"),
        ("\ufeffs3cret-key", "character outside ASCII"),
    ],
)
def test_a_mistake_in_a_key_is_named_with_its_variable(monkeypatch, given, mistake):
    """The message says how to correct it, and does not show the key."""
    monkeypatch.setenv("AIML_API_KEY", given)
    with pytest.raises(ConfigurationError, match=mistake) as caught:
        find_key(None)
    assert str(caught.value).startswith("AIML_API_KEY ")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["AIML_KEY", "AIMLAPI_TOKEN", "AIMALPI_API_KEY", "AIMLAPI_APIKEY", "WAN_API_KEY"]
)
def test_a_variable_with_a_name_that_is_near_is_noticed(monkeypatch, name):
    """Its value is not used and not shown."""
    monkeypatch.setenv(name, "s3cret")
    with pytest.raises(MissingKeyError, match=f" {name} is set, but is not read") as caught:
        find_key(None)
    assert "s3cret" not in str(caught.value)


def test_a_variable_that_is_set_and_blank_is_noticed(monkeypatch):
    """As after export AIMLAPI_API_KEY=$MISSPELT."""
    monkeypatch.setenv("AIMLAPI_API_KEY", " ")
    with pytest.raises(MissingKeyError, match="AIMLAPI_API_KEY is set, but blank"):
        find_key(None)


def test_a_key_for_another_vendor_is_noticed_and_not_sent(monkeypatch):
    """Many use the vendor's API through OpenAI's client."""
    monkeypatch.setenv("OPENAI_API_KEY", "s3cret")
    with pytest.raises(MissingKeyError, match=r"OPENAI_API_KEY is set, but is not read: if it hol"):
        find_key(None)
    monkeypatch.setenv("AIMLAPI_API_KEY", "key")
    assert find_key(None).text == "key"


def test_the_key_of_another_server_is_for_that_server_only(monkeypatch):
    """With WAN_BASE_URL it comes first; with another base URL it is not read."""
    monkeypatch.setenv("AIMLAPI_API_KEY", "mine")
    monkeypatch.setenv("WAN_API_KEY", "of-the-sandbox")
    assert find_key(None).text == "mine"
    monkeypatch.setenv("WAN_BASE_URL", "http://127.0.0.1:8000")
    assert find_key(None).text == "of-the-sandbox"
    assert find_key(None, base_url="https://api.example").text == "mine"
    assert find_key("given").text == "given"
    monkeypatch.delenv("WAN_API_KEY")
    assert find_key(None).text == "mine"


def test_no_repr_of_a_key_shows_it():
    """Its source is shown."""
    assert repr(find_key("s3cret")) == "ApiKey(source='api_key')"


def test_a_rejected_key_is_named_by_its_variable(client_kind, server, monkeypatch):
    """With the page where there are keys."""
    server.script("poll", response(401))
    monkeypatch.setenv("AIMLAPI_KEY", "s3cret-key")
    with (
        client_kind.client(None, base_url=server.url) as wan,
        pytest.raises(AuthenticationError, match=f"that of AIMLAPI_KEY.*{KEY_PAGE}"),
    ):
        wan.status("an-id")
