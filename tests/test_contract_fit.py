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

from wan_ergonomic import Failure, PromptDefaults, Usage, Video, WanError, _spec
from wan_ergonomic._generation import STATUSES
from wan_ergonomic._prompts import Options
from wan_ergonomic._reading import read_generation
from wan_ergonomic._spec import Role
from wan_ergonomic.sandbox._contract import answer, id_parameter, usage_field

GENERATED = Path(__file__).parents[1] / "generated_client" / "api"
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


def check_options() -> None:
    """Raise unless the wrapper's own lists are the create document's options, no more, no less."""
    options = set(_spec.request_schema()["properties"]) - {"model", "prompt"}
    assert {f.name for f in fields(PromptDefaults)} - {"prefix", "suffix"} == options
    assert Options.__optional_keys__ == options


def test_the_wrapper_has_every_option_and_no_other():
    """PromptDefaults and the methods' options are exactly what the create document lists."""
    check_options()


@pytest.mark.parametrize("grow", [True, False])
def test_a_document_with_other_options_is_noticed(monkeypatch, grow):
    """The test above fails on the day that the vendor adds or drops a property."""
    document = copy.deepcopy(dict(_spec.contract()))
    monkeypatch.setattr(_spec, "contract", lambda: document)
    properties: Any = _spec.request_schema()["properties"]
    if grow:
        properties["frame_rate"] = {"type": "integer"}
    else:
        del properties[next(iter(OPTIONS))]
    with pytest.raises(AssertionError):
        check_options()


def test_every_value_of_every_option_can_be_a_default():
    """What a call can say, the defaults of a client can say too."""
    for name in {f.name for f in fields(PromptDefaults)} & OPTIONS.keys():
        for value in OPTIONS[name]:
            assert PromptDefaults(**{name: value}).options() == {name: value}


def test_every_value_of_every_option_makes_a_valid_request(colour):
    """Each option, with each of its values, and none: the contract allows every one."""
    recorder = Recorder()
    single = [{}, *({name: value} for name, values in OPTIONS.items() for value in values)]
    with colour.client(transport=recorder) as wan:
        for options in single:
            wan.submit("A boat", **options)
    check(recorder.requests)
    sent = [json.loads(request.content) for request in recorder.requests]
    assert sent == [{"model": _spec.model(), "prompt": "A boat", **options} for options in single]


@pytest.mark.filterwarnings("ignore::wan_ergonomic.PromptWarning")
def test_options_together_make_a_valid_request(colour):
    """Any combination of values, set or not, is a request that the contract allows."""
    choices = [[(name, value) for value in (None, *OPTIONS[name])] for name in OPTIONS]
    combinations = random.Random(0).sample(list(itertools.product(*choices)), 150)
    recorder = Recorder()
    with colour.client(transport=recorder) as wan:
        for combination in combinations:
            wan.submit("A boat", **dict(combination))
    check(recorder.requests)
    sent = [json.loads(request.content) for request in recorder.requests]
    unset = [{name: v for name, v in pairs if v is not None} for pairs in combinations]
    assert sent == [{"model": _spec.model(), "prompt": "A boat", **pairs} for pairs in unset]


def test_defaults_prefix_and_words_make_a_valid_request(colour):
    """Whatever a person writes around and into a prompt is a request that the contract allows."""
    defaults = PromptDefaults(
        prefix="Ein Film über", suffix="🐉\n\t\"'\\ ", resolution="480p", seed=0
    )
    recorder = Recorder()
    with colour.client(transport=recorder, defaults=defaults, preset="literal") as wan:
        wan.submit("ein Boot  \u0000 im Regen")
    check(recorder.requests)
    assert json.loads(recorder.requests[0].content) == {
        "model": _spec.model(),
        "prompt": "Ein Film über ein Boot  \u0000 im Regen 🐉\n\t\"'\\",
        "resolution": "480P",
        "seed": 0,
        "enhance_prompt": False,
    }


@pytest.mark.parametrize("identity", IDS)
def test_every_kind_of_id_makes_a_valid_request(colour, identity):
    """An id goes through an encoder into the query: it arrives as it is, and nowhere else."""
    recorder = Recorder()
    with colour.client(transport=recorder) as wan:
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


def test_half_a_character_is_no_id(colour):
    """What cannot be encoded is refused before anything is sent, with an error of ours."""
    recorder = Recorder()
    with colour.client(transport=recorder) as wan, pytest.raises(WanError):
        wan.status("a\ud800")
    assert recorder.requests == []


def statuses(role: Role) -> list[str]:
    """Return the statuses that the contract promises for an operation."""
    listed: list[str] = _spec.response_schema(role)["properties"]["status"]["enum"]
    return listed


@pytest.mark.parametrize("role", ROLES)
def test_every_promised_status_has_a_meaning(role):
    """The contract's enum is part of the one table of statuses."""
    assert set(statuses(role)) <= set(STATUSES)
    assert {STATUSES[word] for word in statuses(role)} == {"pending", "completed", "failed"}


def valid(role: Role, answer: Any, status_code: int = 200) -> None:
    """Raise unless the contract promises this answer."""
    request = MockRequest(_spec.server_url(), METHODS[role], _spec.path(role))
    response = MockResponse(json.dumps(answer).encode(), status_code)
    OPENAPI.validate_response(request, response)


@pytest.mark.parametrize("role", ROLES)
def test_each_promised_answer_is_valid_and_read_without_drift(role):
    """For each status, the least answer and the fullest one: promised, read, no departure."""
    parts = {"video": {"url": "https://cdn.example/v.mp4"}, "error": {"name": "n", "message": "m"}}
    full = answer(role, parts, usage=5)
    for word in statuses(role):
        for more in ({}, dict.fromkeys(full), full):
            promised = {"id": "a", "status": word, **more}
            valid(role, promised)
            seen = read_generation(json.dumps(promised).encode(), {}, role)
            assert (seen.status, seen.state, seen.drift) == (word, STATUSES[word], ())
    assert seen.video == Video(url="https://cdn.example/v.mp4")
    assert seen.error == (Failure(name="n", message="m") if "error" in full else None)
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
    seen = read_generation(json.dumps(body).encode(), {}, role)
    assert (seen.id, seen.status, seen.drift, seen.raw) == (body["id"], body["status"], (), body)


def requests(source: str, role: Role) -> bool:
    """Return whether a generated module is the one for a role."""
    return f'"{METHODS[role]}"' in source and f'"{_spec.path(role)}"' in source


def test_there_are_two_endpoints_and_each_has_its_role(colour):
    """The generated client has the contract's operations, found by role, and no other."""
    modules = [path for path in GENERATED.rglob("*.py") if path.name != "__init__.py"]
    roles = [role for path in modules for role in ROLES if requests(path.read_text("utf-8"), role)]
    assert sorted(roles) == ["create", "poll"]
    assert len(modules) == 2
    recorder = Recorder()
    with colour.client(transport=recorder) as wan:
        wan.status(wan.submit("A boat"))
    asked = [(request.method.lower(), request.url.path) for request in recorder.requests]
    assert asked == [(METHODS[role], _spec.path(role)) for role in ("create", "poll")]
