"""The wrapper fits the contract: the contract allows every request that it sends.

test_contract_responses.py is about the other direction.
"""

import copy
import json
import random
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.contract import METHODS, ROLES, VALUES_OF, check_requests
from tests.support.operations import poll_path, poll_query, polled_id
from wan_ergonomic import ConfigurationError, PromptDefaults, PromptError, WanError, _spec
from wan_ergonomic._options import Options
from wan_ergonomic._prompts import PRESETS
from wan_ergonomic._spec import Role

# The operations of the account, which no role has.
ACCOUNT = "account"
GENERATED = Path(__file__).parents[2] / "generated_client" / "api"

# The options that the wrapper knows too, and those of them that are enums.
KNOWN = VALUES_OF.keys() & Options.__optional_keys__
ENUMS = {name for name in KNOWN if _spec.request_schema()["properties"][name].get("enum")}
IDS = [
    "dabf0a77-d01c-4982-8857-0ad0fa233053",
    "dabf0a77-d01c-4982-8857-0ad0fa233053:alibaba/wan2.2-t2v-plus",
    "-abc",
    "_V1StGXR8_Z5jdHi6B-myT",
    "4242",
    "vidéo-🐉",
    "a&b=c#d",
    "a b+c%20d",
    "?generation_id=x",
    "../../etc/passwd",
    "null",
]


class Recorder(httpx.MockTransport):
    """A transport that records each request and returns the smallest response of the contract.

    Attributes:
        requests: Each request, as it would have been sent.
    """

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        super().__init__(self._respond)

    def _respond(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200, json={"id": "a", "status": "queued"})

    @property
    def bodies(self) -> list[Any]:
        """The body of each request, parsed."""
        return [json.loads(request.content) for request in self.requests]


@pytest.fixture
def recorder() -> Recorder:
    """A transport that records each request."""
    return Recorder()


def body_with(**options: Any) -> dict[str, Any]:
    """Return the body of a submission with these options."""
    return {"model": _spec.model(), "prompt": "A boat", **options}


def test_an_option_that_the_contract_lacks_is_rejected(client_kind, monkeypatch, recorder):
    """Each of the wrapper's own options, on the day that the contract no longer has it."""
    document = copy.deepcopy(dict(_spec.contract()))
    monkeypatch.setattr(_spec, "contract", lambda: document)
    properties: Any = _spec.request_schema()["properties"]
    with client_kind.client(transport=recorder) as wan:
        for name in Options.__optional_keys__:
            properties.pop(name, None)
            option: Any = {name: True}
            with pytest.raises(PromptError, match=f"no option {name!r}"):
                PromptDefaults(**option)
            with pytest.raises(PromptError, match=f"no option {name!r}"):
                wan.submit("A boat", **option)
    assert recorder.requests == []


def test_options_are_what_defaults_can_be():
    """Each option of a call can be a default of a client, and the other way round."""
    named = {field.name for field in fields(PromptDefaults)} - {"prefix", "suffix"}
    assert named == Options.__optional_keys__


def test_every_value_of_every_option_can_be_a_default():
    """Defaults take the same values as calls."""
    for name in KNOWN:
        for value in VALUES_OF[name]:
            assert PromptDefaults(**{name: value}).options() == {name: value}


def test_every_value_of_every_option_makes_a_valid_request(client_kind, recorder):
    """Each option with each of its values, and no option at all."""
    single = [{}, *({name: value} for name in KNOWN for value in VALUES_OF[name])]
    with client_kind.client(transport=recorder) as wan:
        for options in single:
            wan.submit("A boat", **options)
    check_requests(recorder.requests)
    assert recorder.bodies == [body_with(**options) for options in single]


@pytest.mark.filterwarnings("ignore::wan_ergonomic.PromptWarning")
def test_options_together_make_a_valid_request(client_kind, recorder):
    """Any combination of values, set or not."""
    choices = [[(name, value) for value in (None, *VALUES_OF[name])] for name in sorted(KNOWN)]
    rng = random.Random(0)
    combinations = [[rng.choice(pairs) for pairs in choices] for _ in range(150)]
    with client_kind.client(transport=recorder, allow_unsupported=True) as wan:
        for combination in combinations:
            wan.submit("A boat", **dict(combination))
    check_requests(recorder.requests)
    set_only = [{n: v for n, v in pairs if v is not None} for pairs in combinations]
    assert recorder.bodies == [body_with(**options) for options in set_only]


def test_defaults_prefix_and_suffix_make_a_valid_request(client_kind, recorder):
    """Any text in and around a prompt is sent as it is."""
    known = {name: values[0] for name, values in VALUES_OF.items() if name in KNOWN}
    texts = {name for name in ENUMS if isinstance(known[name], str)}
    written = {n: value.lower() if n in texts else value for n, value in known.items()}
    defaults = PromptDefaults(prefix="Ein Film über", suffix="🐉\n\t\"'\\ ", **written)
    with client_kind.client(transport=recorder, defaults=defaults) as wan:
        wan.submit("ein Boot  \u0000 im Regen")
    check_requests(recorder.requests)
    prompt = "Ein Film über ein Boot  \u0000 im Regen 🐉\n\t\"'\\"
    assert recorder.bodies == [{**body_with(**known), "prompt": prompt}]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_makes_a_valid_request_or_an_error(client_kind, recorder, name):
    """It never sends an option or a value that the contract no longer has."""

    def submit() -> None:
        with client_kind.client(transport=recorder, preset=name) as wan:
            wan.submit("A boat")

    if all(value in VALUES_OF.get(option, ()) for option, value in PRESETS[name].items()):
        submit()
        check_requests(recorder.requests)
    else:
        with pytest.raises(ConfigurationError, match=f"preset '{name}'"):
            submit()
    assert len(recorder.requests) <= 1


@pytest.mark.parametrize("identity", IDS)
def test_every_kind_of_id_makes_a_valid_request(client_kind, recorder, identity):
    """An id is the value of one parameter, whatever its characters."""
    with client_kind.client(transport=recorder) as wan:
        wan.status(identity)
    check_requests(recorder.requests)
    url = recorder.requests[0].url
    assert (polled_id(url.raw_path.decode()), url.fragment) == (identity, "")


def test_the_key_is_sent_and_nothing_in_its_place(client_kind, recorder):
    """The page may have an example of the header, as a parameter with a default."""
    with client_kind.client("sk-of-a-user", transport=recorder) as wan:
        wan.status(wan.submit("A boat"))
    sent = [request.headers.get_list("Authorization") for request in recorder.requests]
    assert sent == [["Bearer sk-of-a-user"]] * 2


def test_half_a_character_is_no_id(client_kind, recorder):
    """What cannot be encoded is rejected before anything is sent."""
    with client_kind.client(transport=recorder) as wan, pytest.raises(WanError):
        wan.status("a\ud800")
    assert recorder.requests == []


def test_a_request_that_the_contract_forbids_is_noticed():
    """The validation of these tests misses neither a key nor a prompt nor an id in a query."""
    request = httpx.Request("POST", _spec.server_url() + _spec.path("create"), json={"model": "x"})
    if _spec.operation("create").get("security"):
        with pytest.raises(Exception, match="Security"):
            check_requests([request])
    request.headers["Authorization"] = "Bearer k"
    with pytest.raises(Exception, match="Request body validation"):
        check_requests([request])
    # The page may not say that the id is needed.
    if poll_query("a") and any(p.get("required") for p in _spec.operation("poll")["parameters"]):
        url = _spec.server_url() + poll_path("a")
        with pytest.raises(Exception, match="Missing required query parameter"):
            check_requests([httpx.Request("GET", url, headers={"Authorization": "Bearer k"})])


def is_endpoint(source: str, role: Role) -> bool:
    """Return whether a generated module is the endpoint of a role."""
    # The generator gives a path's parameters names of its own.
    path = r"\{\w+\}".join(map(re.escape, re.split(r"\{[^}]*\}", _spec.path(role))))
    return f'"{METHODS[role]}"' in source and re.search(f'"{path}"', source) is not None


def test_each_role_has_one_generated_endpoint_and_there_is_no_other(client_kind, recorder):
    """Submitting and polling use the two operations of the contract; the account has its own."""
    modules = [path for path in GENERATED.rglob("*.py") if path.name != "__init__.py"]
    sources = [path.read_text("utf-8") for path in modules]
    roles = [role for source in sources for role in ROLES if is_endpoint(source, role)]
    assert sorted(roles) == ["create", "poll"]
    client = json.loads((GENERATED.parents[1] / "openapi" / "client.json").read_text("utf-8"))
    known = {item.get("operationId") for each in client["paths"].values() for item in each.values()}
    assert sorted(path.stem for path in modules) == sorted(known)
    assert len(modules) - len(roles) == len(
        [path for path in modules if path.parent.name == ACCOUNT]
    )
    with client_kind.client(transport=recorder) as wan:
        wan.status(wan.submit("A boat"))
    used = [(request.method.lower(), request.url.path) for request in recorder.requests]
    assert used == [("post", _spec.path("create")), ("get", poll_path("a"))]
