"""Changes of the API that need no change in the wrapper, because the document describes them."""

import copy
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.next_pages.pages import Page, pages
from tests.next_pages.project_copy import ProjectCopy
from tests.next_pages.published import ROLES, ROOT, UPSTREAM
from tests.support.first_contract import first_contract
from tests.support.options import has_fields, prompt_defaults
from tests.support.project import PATHS
from wan_ergonomic import (
    ConfigurationError,
    Generation,
    PromptDefaults,
    PromptError,
    Usage,
    Video,
    _spec,
)
from wan_ergonomic._parsing import _drift, parse_generation
from wan_ergonomic._prompts import find_preset, prepare
from wan_ergonomic._spec import METHODS, Role
from wan_ergonomic.contract.build._build import build
from wan_ergonomic.contract.document._join import join
from wan_ergonomic.contract.overlay._overlay import load_overlays
from wan_ergonomic.contract.source._pairs import select
from wan_ergonomic.contract.source._read import read_source
from wan_ergonomic.generated_client.api.generations import fetch_generation
from wan_ergonomic.sandbox._spec import body_of

# How many pages are built into a contract.
PLAYED = 30


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
    # The contract is changed in place here.
    _drift._kept.clear()
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
        body = {"id": "a", "status": "queued"}
        assert _drift.departures(status.encode(), body, "create") == ()


def test_a_new_value_of_an_option_is_accepted(contract):
    """It is suggested, too, and written as in the document."""
    options(contract)["resolution"]["enum"].append("720P")
    assert prepare("A boat", prompt_defaults(resolution="720p"), {}).body["resolution"] == "720P"
    with pytest.raises(PromptError, match="Did you mean '720P'"):
        prompt_defaults(resolution="721P")


@has_fields("resolution")
def test_a_removed_value_is_an_error_before_anything_is_sent(contract):
    """In a preset or a default, too."""
    options(contract)["resolution"]["enum"].remove("480P")
    with pytest.raises(ConfigurationError, match="'draft': resolution cannot be '480P'"):
        find_preset("draft", {})
    del options(contract)["watermark"]
    with pytest.raises(PromptError, match="There is no option 'watermark'"):
        prompt_defaults(watermark=True)
    assert "watermark" not in prepare("A boat", PromptDefaults(), {}).server_fills


def test_defaults_and_the_model_come_from_the_contract(contract):
    """The wrapper knows neither."""
    options(contract)["enhance_prompt"]["default"] = False
    options(contract)["model"]["enum"] = ["alibaba/wan2.3-t2v-plus"]
    preview = prepare("A boat", PromptDefaults(), {})
    assert preview.server_fills["enhance_prompt"] is False
    assert preview.body["model"] == "alibaba/wan2.3-t2v-plus"


OPTIONAL = sorted(set(_spec.request_schema()["properties"]) - {"model", "prompt"})


@pytest.mark.parametrize("page", pages(0)[:PLAYED], ids=lambda page: page.name)
def test_the_wrapper_follows_the_next_page(monkeypatch, tmp_path, page):
    """Paths, the name of the cost, types and options come from the contract."""
    document = built_from(page, tmp_path)
    monkeypatch.setattr(_spec, "contract", lambda: document)
    for role in ROLES:
        assert _spec.path(role) == page.published().called_path(role)
        full = body_of(role, {"error": {"name": "n", "message": "m"}}, usage=5)
        body = {"id": "a", "status": "error", **full}
        seen = parse_generation(json.dumps(body).encode(), {}, role)
        assert (seen.drift, seen.usage and seen.usage.credits) == (
            (),
            5 if "meta" in full else None,
        )
        assert (seen.error is None) == ("error" not in full)
    assert prepare("A boat", PromptDefaults(), {}).body == {
        "model": _spec.model(),
        "prompt": "A boat",
    }


def built_from(page: Page, folder: Path) -> Any:
    """Return the contract that is built from a page."""
    (folder / "page.md").write_text(page.text(), "utf-8", newline="")
    chosen = select(read_source(str(folder / "page.md")), PATHS, read_source(str(UPSTREAM)))
    parts = [(found.data, METHODS[role], path) for role, (found, path) in chosen.items()]
    overlays = load_overlays(ROOT / "openapi" / "overlays")
    return build(join(parts)[0], overlays, strict=False, model=_spec.model()).contract


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_removed_option_is_an_error_before_anything_is_sent(monkeypatch, name):
    """A prompt without it is prepared as before."""
    document = copy.deepcopy(dict(_spec.contract()))
    monkeypatch.setattr(_spec, "contract", lambda: document)
    properties: Any = _spec.request_schema()["properties"]
    del properties[name]
    with pytest.raises(PromptError, match=f"There is no option '{name}'"):
        prepare("A boat", PromptDefaults(), {name: True})
    preview = prepare("A boat", PromptDefaults(), {})
    assert set(preview.body) == {"model", "prompt"}
    assert name not in preview.server_fills


# They are fast, and depend most on the contract; scripts/next_pages.py runs all that read it.
SAMPLE = [
    "tests/core/test_contract_complete.py",
    "tests/core/test_settings.py",
    "tests/contract/build",
    "tests/contract/test_impact.py",
    "tests/sandbox/test_gateway.py",
    "tests/client/test_recorded_run.py",
    "tests/cli/generation/test_options.py",
]


@pytest.mark.parametrize("number", [0, 1])
def test_a_copy_is_regenerated_and_its_tests_pass(tmp_path, number):
    """Everything that is known of the vendor's page, and a random combination."""
    project = ProjectCopy(tmp_path / "a project")
    outcome = project.regenerate(pages(0)[number].text())
    assert "The wrapper fits: " in outcome.output
    outcome = project.test(*SAMPLE)
    assert (outcome.failures, outcome.passed) == ([], True), outcome.output


def test_a_failure_in_a_copy_is_noticed(tmp_path):
    """By its name; and a page that cannot be regenerated onto, by its message."""
    project = ProjectCopy(tmp_path / "project")
    outcome = project.regenerate("# A page without a document")
    assert (outcome.passed, "page.md" in outcome.output) == (False, True)
    (project.root / "tests" / "core" / "test_broken.py").write_text(
        "def test_it():\n    assert 0\n"
    )
    outcome = project.test("tests/core/test_broken.py")
    assert (outcome.passed, outcome.failures) == (False, ["tests/core/test_broken.py::test_it"])
