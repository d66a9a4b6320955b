"""The wrapper and the contract: every request is allowed, every promised answer is read."""

import copy
import itertools
import json
import random
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse
from openapi_schema_validator import OAS30Validator

from wan_ergonomic import (
    ConfigurationError,
    Failure,
    PromptDefaults,
    PromptError,
    Usage,
    Video,
    WanError,
    _spec,
)
from wan_ergonomic._parsing import parse_generation
from wan_ergonomic._prompts import PRESETS, Options
from wan_ergonomic._spec import Role
from wan_ergonomic.sandbox._spec import body_of as answer
from wan_ergonomic.sandbox._spec import id_parameter, usage_field

LINK = "https://cdn.example/v.mp4"
GENERATED = Path(__file__).parents[2] / "generated_client" / "api"
OPENAPI = OpenAPI.from_dict(dict(_spec.contract()))
METHODS = {"create": "post", "poll": "get"}
ROLES = get_args(Role)

# For options that are no enum.
VALUES: dict[str, list[Any]] = {
    "string": ["fog", "ümläut 🐉"],
    "integer": [0, 2**31 - 1],
    "number": [0, 0.5],
    "boolean": [True, False],
}
OPTIONS: dict[str, list[Any]] = {
    name: schema.get("enum") or VALUES[schema["type"]]
    for name, schema in _spec.request_schema()["properties"].items()
    if name not in {"model", "prompt"}
}
# Those that the wrapper has a place for, and those among them that are one of a list of texts.
KNOWN = OPTIONS.keys() & Options.__optional_keys__
CHOSEN = {name for name in KNOWN if _spec.request_schema()["properties"][name].get("enum")}
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
    """A transport that keeps each request and answers with the least that the contract allows.

    Attributes:
        requests: Each request, as it would have gone out.
    """

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        super().__init__(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200, json={"id": "a", "status": "queued"})


def as_openapi(request: httpx.Request) -> MockRequest:
    """Return a request in the form that openapi-core validates."""
    return MockRequest(
        f"{request.url.scheme}://{request.url.host}",
        request.method,
        request.url.path,
        args=dict(request.url.params),
        headers=dict(request.headers),
        data=request.content,
        content_type=request.headers.get("content-type", ""),
    )


def check(requests: list[httpx.Request]) -> None:
    """Raise unless the contract allows each request, its key included."""
    for request in requests:
        OPENAPI.validate_request(as_openapi(request))


def refusal(option: str) -> str:
    """Return with which words a default is refused that the contract has no place for."""
    with pytest.raises(PromptError) as caught:
        PromptDefaults(**{option: VALUES["boolean"][0]})
    return str(caught.value)


def test_nothing_but_the_contracts_options_can_be_sent(client_kind, monkeypatch):
    """Each of the wrapper's own options is refused, unsent, on the day the contract lacks it."""
    document = copy.deepcopy(dict(_spec.contract()))
    monkeypatch.setattr(_spec, "contract", lambda: document)
    properties: Any = _spec.request_schema()["properties"]
    recorder = Recorder()
    with client_kind.client(transport=recorder) as wan:
        for name in Options.__optional_keys__:
            properties.pop(name, None)
            assert f"no option {name!r}" in refusal(name)
            with pytest.raises(PromptError, match=f"no option {name!r}"):
                wan.submit("A boat", **{name: True})
    assert recorder.requests == []


def test_options_are_what_defaults_can_be():
    """What a call can say, the defaults of a client can say too, and the other way round."""
    named = {f.name for f in fields(PromptDefaults)} - {"prefix", "suffix"}
    assert named == Options.__optional_keys__


def test_every_value_of_every_option_can_be_a_default():
    """What a call can say, the defaults of a client can say too."""
    for name in KNOWN:
        for value in OPTIONS[name]:
            assert PromptDefaults(**{name: value}).options() == {name: value}


def test_every_value_of_every_option_makes_a_valid_request(client_kind):
    """Each option, with each of its values, and none: the contract allows every one."""
    recorder = Recorder()
    single = [{}, *({name: value} for name in KNOWN for value in OPTIONS[name])]
    with client_kind.client(transport=recorder) as wan:
        for options in single:
            wan.submit("A boat", **options)
    check(recorder.requests)
    sent = [json.loads(request.content) for request in recorder.requests]
    assert sent == [{"model": _spec.model(), "prompt": "A boat", **options} for options in single]


@pytest.mark.filterwarnings("ignore::wan_ergonomic.PromptWarning")
def test_options_together_make_a_valid_request(client_kind):
    """Any combination of values, set or not, is a request that the contract allows."""
    choices = [[(name, value) for value in (None, *OPTIONS[name])] for name in sorted(KNOWN)]
    combinations = list(itertools.product(*choices))
    random.Random(0).shuffle(combinations)
    combinations = combinations[:150]
    recorder = Recorder()
    with client_kind.client(transport=recorder) as wan:
        for combination in combinations:
            wan.submit("A boat", **dict(combination))
    check(recorder.requests)
    sent = [json.loads(request.content) for request in recorder.requests]
    unset = [{name: v for name, v in pairs if v is not None} for pairs in combinations]
    assert sent == [{"model": _spec.model(), "prompt": "A boat", **pairs} for pairs in unset]


def test_defaults_prefix_and_words_make_a_valid_request(client_kind):
    """Whatever a person writes around and into a prompt is a request that the contract allows."""
    known = {name: values[0] for name, values in OPTIONS.items() if name in KNOWN}
    written = {n: value.lower() if n in CHOSEN else value for n, value in known.items()}
    defaults = PromptDefaults(prefix="Ein Film über", suffix="🐉\n\t\"'\\ ", **written)
    recorder = Recorder()
    with client_kind.client(transport=recorder, defaults=defaults) as wan:
        wan.submit("ein Boot  \u0000 im Regen")
    check(recorder.requests)
    assert json.loads(recorder.requests[0].content) == {
        "model": _spec.model(),
        "prompt": "Ein Film über ein Boot  \u0000 im Regen 🐉\n\t\"'\\",
        **known,
    }


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_makes_a_valid_request_or_says_what_is_gone(client_kind, name):
    """Whatever the contract has become, none of them sends what it does not allow."""
    recorder = Recorder()

    def submit() -> None:
        with client_kind.client(transport=recorder, preset=name) as wan:
            wan.submit("A boat")

    if all(value in OPTIONS.get(option, ()) for option, value in PRESETS[name].items()):
        submit()
        check(recorder.requests)
    else:
        with pytest.raises(ConfigurationError, match=f"preset '{name}'"):
            submit()
    assert len(recorder.requests) <= 1


@pytest.mark.parametrize("identity", IDS)
def test_every_kind_of_id_makes_a_valid_request(client_kind, identity):
    """An id goes through an encoder into the query: it arrives as it is, and nowhere else."""
    recorder = Recorder()
    with client_kind.client(transport=recorder) as wan:
        wan.status(identity)
    check(recorder.requests)
    url = recorder.requests[0].url
    assert dict(url.params) == {id_parameter()[1]: identity}
    assert (url.path, url.fragment) == (_spec.path("poll"), "")


def test_a_request_without_the_key_would_not_pass():
    """The validation above sees what is missing: key, prompt, id, or another type."""
    request = httpx.Request("POST", _spec.server_url() + _spec.path("create"), json={"model": "x"})
    with pytest.raises(Exception, match="Security"):
        check([request])
    request.headers["Authorization"] = "Bearer k"
    with pytest.raises(Exception, match="Request body validation"):
        check([request])
    url = _spec.server_url() + _spec.path("poll")
    with pytest.raises(Exception, match="Missing required query parameter"):
        check([httpx.Request("GET", url, headers={"Authorization": "Bearer k"})])


def test_half_a_character_is_no_id(client_kind):
    """What cannot be encoded is refused before anything is sent, with an error of ours."""
    recorder = Recorder()
    with client_kind.client(transport=recorder) as wan, pytest.raises(WanError):
        wan.status("a\ud800")
    assert recorder.requests == []


def statuses(role: Role) -> list[str]:
    """Return the statuses that the contract promises for an operation."""
    listed: list[str] = _spec.response_schema(role)["properties"]["status"]["enum"]
    return listed


def valid(role: Role, answer: Any, status_code: int = 200) -> None:
    """Raise unless the contract promises this answer."""
    request = MockRequest(_spec.server_url(), METHODS[role], _spec.path(role))
    response = MockResponse(json.dumps(answer).encode(), status_code)
    OPENAPI.validate_response(request, response)


# What the parts of an answer can be, and how each is read; the first that the contract allows.
VIDEOS: list[Any] = [{"url": LINK}, LINK, [{"url": LINK}], [LINK]]
ERRORS: list[tuple[Any, Failure | None]] = [
    ({"name": "n", "message": "m"}, Failure(name="n", message="m")),
    ("m", Failure(name="error", message="m")),
    (["m"], Failure(name="error", message="m")),
]


def allowed(role: Role, name: str, values: list[Any]) -> Any:
    """Return the first value that the contract allows for a part of an answer; None for none."""
    part = _spec.response_schema(role)["properties"].get(name)
    checker = OAS30Validator(part if part is not None else {"enum": []})
    return next((value for value in values if checker.is_valid(value)), None)


def fullest(role: Role) -> dict[str, Any]:
    """Return all that the contract has a place for and the wrapper reads."""
    parts = {
        "video": allowed(role, "video", VIDEOS),
        "error": allowed(role, "error", [value for value, _ in ERRORS]),
    }
    return answer(role, {name: part for name, part in parts.items() if part is not None}, usage=5)


def emptied(role: Role, full: dict[str, Any]) -> dict[str, Any]:
    """Return the same with null wherever the contract allows that."""
    properties = _spec.response_schema(role)["properties"]
    return {name: None for name in full if "null" in (_spec.types(properties[name]) or ["null"])}


@pytest.mark.parametrize("role", ROLES)
def test_each_promised_answer_is_valid_and_read_without_drift(role):
    """For each status, the least answer and the fullest one: promised, read, no departure."""
    full = fullest(role)
    for word in statuses(role):
        for more in ({}, emptied(role, full), full):
            promised = {"id": "a", "status": word, **more}
            valid(role, promised)
            seen = parse_generation(json.dumps(promised).encode(), {}, role)
            assert (seen.status, seen.drift) == (word, ())
    assert seen.video == (Video(url=LINK) if "video" in full else None)
    assert seen.error == next((e for value, e in ERRORS if value == full.get("error")), None)
    assert seen.usage == (Usage(credits=5) if usage_field(role) else None)


@pytest.mark.parametrize(
    ("role", "code"),
    [
        (role, code)
        for role in ROLES
        for code in (400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504, 520, 524)
        # Of a code that the vendor documents, the vendor's own word holds.
        if str(code) not in _spec.operation(role)["responses"]
    ],
)
def test_each_refusal_is_promised(role, code):
    """The contract promises an object for every refusal, in each generation of bodies."""
    valid(role, {"requestId": "r", "statusCode": str(code), "message": ["no"]}, code)
    valid(role, {"title": "t", "status": code, "error": {"data": {"kind": "k"}}}, code)


# By the type that a schema names, or None.
PROMISED: dict[str | None, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "integer": st.integers(),
    "number": st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    "string": st.sampled_from(["a", "-abc", "a:b/c", "ümläut"]),
    None: st.none() | st.text() | st.lists(st.text()) | st.just({"detail": []}),
}


def promised(schema: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for what a schema allows, as far as the contract's answers go."""
    if schema.get("nullable"):
        return st.none() | promised({**schema, "nullable": False})
    match schema.get("type"):
        case "object":
            parts = {name: promised(part) for name, part in schema.get("properties", {}).items()}
            needed = {name: parts.pop(name) for name in schema.get("required", ())}
            return st.fixed_dictionaries(needed, optional=parts)
        case "array":
            return st.lists(promised(schema.get("items", {})), max_size=3)
        case "string" if schema.get("format") == "uri":
            return st.sampled_from(["https://cdn.example/v.mp4?Expires=1", "http://example.com"])
        case kind:
            return st.sampled_from(schema["enum"]) if "enum" in schema else PROMISED[kind]


@pytest.mark.parametrize("role", ROLES)
@settings(max_examples=100, derandomize=True, deadline=None, database=None)
@given(st.data())
def test_whatever_the_contract_promises_is_read(role, data):
    """Any answer that is valid is read as it is, without drift and without an error."""
    body = data.draw(promised(_spec.response_schema(role)))
    valid(role, body)
    seen = parse_generation(json.dumps(body).encode(), {}, role)
    assert (seen.id, seen.status, seen.drift, seen.raw) == (body["id"], body["status"], (), body)


def requests(source: str, role: Role) -> bool:
    """Return whether a generated module is the one for a role."""
    return f'"{METHODS[role]}"' in source and f'"{_spec.path(role)}"' in source


def test_there_are_two_endpoints_and_each_has_its_role(client_kind):
    """The generated client has the contract's operations, found by role, and no other."""
    modules = [path for path in GENERATED.rglob("*.py") if path.name != "__init__.py"]
    roles = [role for path in modules for role in ROLES if requests(path.read_text("utf-8"), role)]
    assert sorted(roles) == ["create", "poll"]
    assert len(modules) == 2
    recorder = Recorder()
    with client_kind.client(transport=recorder) as wan:
        wan.status(wan.submit("A boat"))
    asked = [(request.method.lower(), request.url.path) for request in recorder.requests]
    assert asked == [(METHODS[role], _spec.path(role)) for role in ("create", "poll")]
