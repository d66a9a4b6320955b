"""What the page shows that never changes: fields, scenarios, and what can be copied."""

import shlex
from copy import deepcopy
from pathlib import Path

import httpx
import pytest

from wan_ergonomic import _spec
from wan_ergonomic._api_key import URL_KEY_VARIABLE, URL_VARIABLE
from wan_ergonomic.sandbox import (
    ACCOUNT_SCENARIOS,
    ACCOUNT_STAGES,
    SCENARIOS,
    STAGES,
    Sandbox,
)
from wan_ergonomic.sandbox.page import _files


@pytest.fixture
def first_instead():
    """Today's contract: the program that can be copied uses a client."""


@pytest.fixture
def about(page):
    """What the page is told once."""
    return page.get("about").json()


def test_every_scenario_is_listed_with_its_description(about):
    """Those that `wan sandbox --scenarios` lists, under the same headings."""
    for listed, scenarios, stages in (
        (about["scenarios"], SCENARIOS, STAGES),
        (about["accounts"], ACCOUNT_SCENARIOS, ACCOUNT_STAGES),
    ):
        assert [(one["name"], one["summary"]) for one in listed] == [
            (scenario.name, scenario.summary) for scenario in scenarios.values()
        ]
        assert {one["stage"] for one in listed} == {*stages.values()}


def test_the_form_has_the_options_of_the_contract(about, page):
    """With their limits, if they are single values; a request that is made of it is accepted."""
    schema = _spec.request_schema()
    fields = {field["name"]: field for field in about["fields"]}
    single = {"string", "integer", "number", "boolean"}
    can = {name for name, part in schema["properties"].items() if single & _spec.types(part)}
    assert fields.keys() == can - {"model", "prompt"}
    for name, field in fields.items():
        part = schema["properties"][name]
        assert field["kind"] in _spec.types(part)
        assert field.get("enum") == part.get("enum")
        assert field.get("default") == part.get("default")
        assert field["required"] == (name in schema.get("required", ()))
    body = {"model": about["model"], "prompt": "A boat"}
    body |= {name: field["enum"][0] for name, field in fields.items() if "enum" in field}
    create = about["create"]
    assert page.http.request(create["method"], create["path"], json=body).is_success


def test_a_field_of_another_kind_is_left_out(page, monkeypatch):
    """A form has no lists."""
    document = deepcopy(_spec.contract())
    monkeypatch.setattr(_spec, "contract", lambda: document)
    properties = _spec.request_schema()["properties"]
    for name in properties.keys() - {"model", "prompt"}:
        del properties[name]
    properties["tags"] = {"type": "array", "items": {"type": "string"}}
    properties["n"] = {"type": "number", "minimum": 0}
    assert page.get("about").json()["fields"] == [
        {"name": "n", "kind": "number", "required": False, "minimum": 0}
    ]


def test_the_shell_command_is_the_one_that_the_command_prints(about, page):
    """It sets both variables."""
    assert about["shell"] == page.api.sandbox.shell_command
    words = shlex.split(about["shell"])
    key, url = page.api.sandbox.key, page.api.sandbox.url
    assert words == ["export", f"{URL_VARIABLE}={url}", f"{URL_KEY_VARIABLE}={key}"]


def test_the_python_program_makes_a_video(tmp_path, monkeypatch):
    """As it is copied, with a sandbox whose jobs end at once."""
    monkeypatch.chdir(tmp_path)
    with Sandbox(speed=1e9) as sandbox:
        program = httpx.get(f"{sandbox.page}/about").json()["python"]
        exec(compile(program, "copied", "exec"), {})  # noqa: S102
    assert Path("boat.mp4").read_bytes()[4:8] == b"ftyp"


def test_the_page_is_called_as_it_was_opened(page):
    """The address that works in a program is the one that works in the browser."""
    about = page.get("about", headers={"Host": "localhost:99"}).json()
    assert about["url"] == "http://localhost:99"
    assert "http://localhost:99" in about["shell"]


def test_the_files_are_those_that_the_page_loads(page):
    """Each of them, of its kind, and nothing else of the folder."""
    text = page.http.get(page.path).text
    assert f'src="{page.path}/start.js"' in text
    assert page.get("").text == text
    for name in _files.names():
        response = page.get(name)
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        assert response.headers["content-type"] == f"{kind}; charset=utf-8"
        assert response.content == (Path(_files.__file__).parent / name).read_bytes()
    for name in ("page.html", "_page.py", "__init__.py", "../_app.py", "%2e%2e/_app.py"):
        assert page.get(name).status_code == 404


def test_the_address_of_the_page_is_known_before_it_is_opened():
    """And is in the text at the root."""
    with Sandbox() as sandbox:
        assert httpx.get(sandbox.page).headers["content-type"] == "text/html; charset=utf-8"
        assert sandbox.page in httpx.get(sandbox.url).text
