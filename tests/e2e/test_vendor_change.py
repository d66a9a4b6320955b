"""Changes of the API that need no change in the wrapper, because the document describes them."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from tests.support.first_contract import first_contract
from wan_ergonomic import (
    ConfigurationError,
    Generation,
    PromptDefaults,
    PromptError,
    Usage,
    Video,
    _spec,
)
from wan_ergonomic._parsing import parse_generation
from wan_ergonomic._parsing._drift import departures
from wan_ergonomic._prompts import find_preset, prepare
from wan_ergonomic._spec import Role
from wan_ergonomic.contract.build._build import build
from wan_ergonomic.contract.document._join import join
from wan_ergonomic.contract.overlay._overlay import load_overlays
from wan_ergonomic.generated_client.api.generations import fetch_generation
from wan_ergonomic.sandbox._spec import body_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def contract(monkeypatch):
    """The contract as it was at first, for the wrapper to read; a test changes it."""
    document = first_contract()
    monkeypatch.setattr(_spec, "contract", lambda: document)
    return document


def properties(contract: Any, role: Role) -> Any:
    """Return the properties of a role's response, to be changed."""
    operation = contract["paths"][_spec.path(role)][{"create": "post", "poll": "get"}[role]]
    return operation["responses"]["200"]["content"]["application/json"]["schema"]["properties"]


def options(contract: Any) -> Any:
    """Return the properties of the request, to be changed."""
    operation = contract["paths"][_spec.path("create")]["post"]
    return operation["requestBody"]["content"]["application/json"]["schema"]["properties"]


def read(**fields: Any) -> Generation:
    """Parse the response to a poll with these fields."""
    body = {"id": "a", "status": "completed", **fields}
    return parse_generation(json.dumps(body).encode(), {}, "poll")


def test_an_operation_that_moves_is_found_by_its_role(contract):
    """The poll has its method, under any path; the path of create, too."""
    paths = contract["paths"]
    poll = paths.pop(_spec.path("poll"))
    paths["/v3/generations"] = poll
    assert _spec.path("poll") == "/v3/generations"
    assert read().drift == ()
    paths[_spec.path("create")].update(paths.pop("/v3/generations"))
    assert _spec.path("poll") == _spec.path("create")
    assert read().completed


def test_a_moved_operation_needs_no_change_in_the_wrapper(client_kind, monkeypatch):
    """The generated endpoint describes the request, with its path and parameter."""

    def describe(task: str) -> dict[str, Any]:
        return {"method": "get", "url": "/v3/generations", "params": {"task": task}}

    monkeypatch.setattr(fetch_generation, "_get_kwargs", describe)
    targets = []

    def respond(request: httpx.Request) -> httpx.Response:
        targets.append(request.url.raw_path)
        return httpx.Response(200, json={"id": "a", "status": "queued"})

    with client_kind.client(transport=httpx.MockTransport(respond)) as wan:
        assert wan.status("a").status == "queued"
    assert targets == [b"/v3/generations?task=a"]


def test_the_server_is_the_one_in_the_contract(contract):
    """Without a trailing slash."""
    contract["servers"][0]["url"] = "https://api.example/"
    assert _spec.server_url() == "https://api.example"


def test_a_renamed_usage_field_is_read(contract):
    """The cost is found under its new name and under the old one."""
    usage = properties(contract, "poll")["meta"]["properties"]["usage"]
    usage["properties"] = {"units_spent": usage["properties"].pop("tokens_used")}
    usage["required"] = ["units_spent"]
    for name in ("units_spent", "tokens_used"):
        seen = read(meta={"usage": {name: 5}})
        assert (seen.usage, seen.drift) == (Usage(credits=5), ())


@pytest.mark.parametrize("error", ["no GPU", {"name": "n", "message": "no GPU"}, ["no GPU"], None])
def test_a_field_that_gets_a_type_is_read_in_every_shape(contract, error):
    """The error of a poll has no type in the contract; all known shapes are read without drift."""
    for described in ({"type": "string"}, {"type": "object", "required": ["name"]}):
        properties(contract, "poll")["error"] = described
        seen = read(error=error)
        assert (seen.drift, seen.error is None) == ((), error is None)


@pytest.mark.parametrize("name", ["video", "error", "meta", "duration"])
def test_a_field_that_is_no_longer_documented_is_still_read(contract, name):
    """It is reported as drift at most once."""
    del properties(contract, "poll")[name]
    seen = read(video={"url": "https://h/v.mp4"}, error="e", meta={"usage": {"tokens_used": 5}})
    assert (seen.video, seen.usage) == (Video(url="https://h/v.mp4"), Usage(credits=5))
    expected = {"video": [("undocumented", "/video")], "meta": [("undocumented", "/meta")]}
    assert [(drift.kind, drift.pointer) for drift in seen.drift] == expected.get(name, [])
    assert read().drift == ()


def test_a_new_status_is_taken_from_the_document(contract):
    """A documented status is not drift; until the wrapper has a meaning for it, it is pending."""
    properties(contract, "poll")["status"]["enum"].append("upscaling")
    seen = read(status="upscaling")
    assert (seen.pending, seen.drift) == (True, ())


def test_a_documented_new_field_is_not_drift(contract):
    """Unless its value has another type."""
    assert [drift.pointer for drift in read(progress=5).drift] == ["/progress"]
    properties(contract, "poll")["progress"] = {"type": "number"}
    assert read(progress=5).drift == ()
    assert [drift.kind for drift in read(progress="5").drift] == ["type"]


def test_a_success_can_have_any_2xx_status(contract):
    """201 or 2XX, and after other responses in the document."""
    for status in ("201", "2XX"):
        responses = contract["paths"][_spec.path("create")]["post"]["responses"]
        first = next(name for name in list(responses) if name.startswith("2"))
        responses[status] = responses.pop(first)
        assert "video" in _spec.response_schema("create")["properties"]
        assert departures({"id": "a", "status": "queued"}, "create") == ()


def test_a_new_value_of_an_option_is_accepted(contract):
    """It is suggested, too, and written as in the document."""
    options(contract)["resolution"]["enum"].append("720P")
    assert prepare("A boat", PromptDefaults(resolution="720p"), {}).body["resolution"] == "720P"
    with pytest.raises(PromptError, match="Did you mean '720P'"):
        PromptDefaults(resolution="721P")


def test_a_removed_value_is_an_error_before_anything_is_sent(contract):
    """In a preset or a default, too."""
    options(contract)["resolution"]["enum"].remove("480P")
    with pytest.raises(ConfigurationError, match="'draft': resolution cannot be '480P'"):
        find_preset("draft", {})
    del options(contract)["watermark"]
    with pytest.raises(PromptError, match="There is no option 'watermark'"):
        PromptDefaults(watermark=True)
    assert "watermark" not in prepare("A boat", PromptDefaults(), {}).server_fills


def test_defaults_and_the_model_come_from_the_contract(contract):
    """The wrapper knows neither."""
    options(contract)["enhance_prompt"]["default"] = False
    options(contract)["model"]["enum"] = ["alibaba/wan2.3-t2v-plus"]
    preview = prepare("A boat", PromptDefaults(), {})
    assert preview.server_fills["enhance_prompt"] is False
    assert preview.body["model"] == "alibaba/wan2.3-t2v-plus"


ROLES = get_args(Role)
UPSTREAM = ROOT / "openapi" / "upstream"
TESTED = ("openapi", "generated_client", "wan_ergonomic", "tests", "pyproject.toml")
OPTIONAL = sorted(set(_spec.request_schema()["properties"]) - {"model", "prompt"})


class Published:
    """The vendored upstream documents, to be changed.

    Attributes:
        documents: The documents, by role.
    """

    def __init__(self) -> None:
        self.documents: dict[Role, Any] = {
            role: json.loads((UPSTREAM / f"{role}.json").read_text("utf-8")) for role in ROLES
        }

    def schema(self, role: Role) -> Any:
        """Return the schema of a role's successful response."""
        (item,) = self.documents[role]["paths"].values()
        responses = item[_spec.METHODS[role]]["responses"]
        success = next(status for status in responses if status[0] == "2")
        return self._resolved(role, responses[success])

    def request(self) -> Any:
        """Return the schema of the request."""
        (item,) = self.documents["create"]["paths"].values()
        return self._resolved("create", item["post"]["requestBody"])

    def _resolved(self, role: Role, holder: Any) -> Any:
        schema = holder["content"]["application/json"]["schema"]
        name = schema.get("$ref", "").rpartition("/")[2]
        return self.documents[role]["components"]["schemas"][name] if name else schema

    def move(self, role: Role, path: str) -> None:
        """Publish an operation under another path."""
        (item,) = self.documents[role]["paths"].values()
        self.documents[role]["paths"] = {path: item}

    def rename_usage(self, role: Role, name: str) -> None:
        """Publish the cost under another name, if it is published."""
        usage = self.schema(role)["properties"].get("meta", {}).get("properties", {}).get("usage")
        for old in list(usage["properties"]) if usage else ():
            usage["properties"] = {name: usage["properties"][old]}
            usage["required"] = [name]

    def built(self) -> Any:
        """Return the contract that is built from the documents."""
        parts = [
            (document, _spec.METHODS[role], path)
            for role, document in self.documents.items()
            for path in document["paths"]
        ]
        overlays = load_overlays(ROOT / "openapi" / "overlays")
        return build(join(parts)[0], overlays, strict=False).contract


def move(published: Published) -> None:
    """Publish both operations under other paths."""
    published.move("create", "/v9/videos")
    published.move("poll", "/v9/videos/seen")


def move_to_one_path(published: Published) -> None:
    """Publish both operations under one path."""
    published.move("create", "/v9/videos")
    published.move("poll", "/v9/videos")


def rename_usage(published: Published) -> None:
    """Publish the cost under a new name."""
    for role in ROLES:
        published.rename_usage(role, "units_spent")


def type_the_error(published: Published) -> None:
    """Publish a type for errors."""
    text = {"type": "string"}
    error = {"type": "object", "nullable": True, "properties": {"name": text, "message": text}}
    published.schema("poll")["properties"]["error"] = error


def drop_fields(published: Published) -> None:
    """Publish fewer fields in the responses."""
    for name in ("duration", "meta"):
        published.schema("poll")["properties"].pop(name, None)
    published.schema("create")["properties"].pop("error", None)


def drop_options(published: Published) -> None:
    """Publish the request without options."""
    for name in OPTIONAL:
        del published.request()["properties"][name]


CHANGES = [*(move, move_to_one_path, rename_usage, type_the_error, drop_fields, drop_options)]


@pytest.mark.parametrize("change", CHANGES)
def test_the_wrapper_follows_the_published_documents(monkeypatch, change):
    """Paths, the name of the cost, types and options come from the contract."""
    published = Published()
    change(published)
    document = published.built()
    monkeypatch.setattr(_spec, "contract", lambda: document)
    for role in ROLES:
        assert [_spec.path(role)] == list(published.documents[role]["paths"])
        full = body_of(role, {"error": {"name": "n", "message": "m"}}, usage=5)
        seen = parse_generation(
            json.dumps({"id": "a", "status": "error", **full}).encode(), {}, role
        )
        assert (seen.drift, seen.usage) == ((), Usage(credits=5) if "meta" in full else None)
        assert (seen.error is None) == ("error" not in full)


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_removed_option_is_an_error_before_anything_is_sent(monkeypatch, name):
    """A prompt without it is prepared as before."""
    published = Published()
    del published.request()["properties"][name]
    document = published.built()
    monkeypatch.setattr(_spec, "contract", lambda: document)
    with pytest.raises(PromptError, match=f"There is no option '{name}'"):
        prepare("A boat", PromptDefaults(), {name: True})
    preview = prepare("A boat", PromptDefaults(), {})
    assert set(preview.body) == {"model", "prompt"}
    assert name not in preview.server_fills


def output_of(root: Path, *arguments: str) -> str:
    """Run Python in a copy of the project and return its output; it must succeed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# Fast tests that set options: they must pass whichever options exist.
SPELLING = [
    "tests/cli/generation/test_options.py",
    "tests/client/test_clients.py",
    "tests/plugin/test_assertions.py",
    "tests/sandbox/test_validation.py",
    "tests/core/test_errors.py",
    "tests/core/test_presets.py",
]


def test_after_all_changes_a_copy_is_regenerated_and_its_tests_pass(tmp_path):
    """Without a change in the wrapper, and with no option left."""
    published, root, source = Published(), tmp_path / "project", tmp_path / "published"
    for change in (move, rename_usage, type_the_error, drop_options):
        change(published)
    published.schema("poll")["properties"].pop("duration", None)
    for name in TESTED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / name, root / name)
    source.mkdir()
    for role, document in published.documents.items():
        (source / f"{role}.json").write_text(json.dumps(document), "utf-8")
    code = "import sys; from pathlib import Path; from wan_ergonomic.contract import regenerate; "
    code += "regenerate(Path.cwd(), sys.argv[1], None, print)"
    assert "The wrapper fits: " in output_of(root, "-c", code, str(source))
    assert re.search(r"\d+ passed", output_of(root, "-m", "pytest", "-q", *SPELLING))
    assert "/v9/videos/seen" in (root / "openapi" / "contract.json").read_text("utf-8")
