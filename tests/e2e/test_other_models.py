"""Clients of other models: they work, or there is an error with the reason."""

import hashlib
import importlib
import itertools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import httpx
import pytest
import yaml

from tests.contract.other_models.documents import (
    PATHS,
    SCHEMAS,
    TEXT,
    document,
    json_of,
    large,
    ref,
    response,
)
from tests.support.first_contract import FOLDER
from tests.support.project import ROOT
from tests.support.stand_in import stand_in
from wan_ergonomic.contract import ContractError, Document, make_other_model, read_source
from wan_ergonomic.contract.build import _install
from wan_ergonomic.contract.other_models import _prepare, _write
from wan_ergonomic.contract.other_models._prepare import prepare
from wan_ergonomic.contract.overlay._overlay import load_overlays

OVERLAYS = load_overlays(ROOT / "openapi" / "overlays")
NUMBERS = itertools.count()


@pytest.fixture
def write(tmp_path):
    """A function that writes a document to a file and returns its path."""

    def write(data: object, name: str = "published.json") -> str:
        text = yaml.safe_dump(data) if name.endswith(".yaml") else json.dumps(data)
        (tmp_path / name).write_text(text, "utf-8")
        return str(tmp_path / name)

    return write


@pytest.fixture
def first_overlays(tmp_path):
    """A project with the first overlays, whatever the vendor has corrected by today."""
    openapi = tmp_path / "a project" / "openapi"
    shutil.copytree(FOLDER / "overlays", openapi / "overlays")
    shutil.copy(ROOT / "openapi" / "generator.yaml", openapi)
    return openapi.parent


@pytest.fixture
def made(first_overlays, tmp_path, write, monkeypatch):
    """A function that makes a client of a document, and gives access to its modules."""

    def made(data: object, file: str = "published.json") -> SimpleNamespace:
        name = f"made_{next(NUMBERS)}"
        report = make_other_model(first_overlays, write(data, file), tmp_path / name)
        monkeypatch.syspath_prepend(tmp_path / name)

        def module(path: str) -> object:
            return importlib.import_module(f"{name}.{path}")

        return SimpleNamespace(report=report, folder=tmp_path / name, module=module, name=name)

    yield made
    for name in [name for name in sys.modules if name.startswith("made_")]:
        del sys.modules[name]


def called(client, operation, reply, **arguments):
    """Return what both functions of an operation parsed, and the request that they sent."""
    requests = []

    def handler(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, **reply)

    url, transport = "https://api.example", httpx.MockTransport(handler)
    there = client.module("client").AuthenticatedClient(url, "k")
    there.set_httpx_client(httpx.Client(transport=transport, base_url=url))
    there.set_async_httpx_client(httpx.AsyncClient(transport=transport, base_url=url))
    functions = client.module(f"api.operations.{operation}")

    async def call() -> Any:
        return await functions.asyncio_detailed(client=there, **arguments)

    seen = [functions.sync_detailed(client=there, **arguments), anyio.run(call)]
    assert requests[0].url == requests[1].url
    return [response.parsed for response in seen], requests[0]


@pytest.fixture
def rich(made):
    """A client of a document with many defects and difficulties."""
    return made(document(PATHS, SCHEMAS))


def test_every_documented_operation_is_in_the_client(rich):
    """Its name is the published id; without a good one, it is made of the path."""
    names = {file.stem for file in (rich.folder / rich.name / "api" / "operations").glob("*.py")}
    assert names - {"__init__"} == {
        "generate",
        "generate2",
        "get_v2_files_file_id_number",
        "delete_v2_files_file_id_number",
        "post_v2_upload",
        "put_v2_upload",
    }
    assert (rich.folder / rich.name / "py.typed").exists()


def test_requests_with_alternatives_are_sent_and_responses_are_read(rich):
    """By sync and async functions, with recursive models, and without defaults."""
    models = rich.module("models")
    body = models.VendorModel1V2(model="vendor/model-2", prompt="A boat", tree=models.Tree())
    child = {"id": "b", "status": "queued"}
    reply = {"id": "a", "status": "upscaling", "children": [child], "parent": None, "more": 1}
    operation = "generate2" if "generate2" in _posts(rich) else "generate"
    parsed, request = called(rich, operation, {"json": reply}, body=body)
    assert [each.to_dict() for each in parsed] == [reply, reply]
    sent = {"model": "vendor/model-2", "prompt": "A boat", "tree": {}}
    assert json.loads(request.content) == sent


def _posts(client):
    """Return the names of the operations with the method POST."""
    folder = client.folder / client.name / "api" / "operations"
    return {file.stem for file in folder.glob("*.py") if '"post"' in file.read_text("utf-8")}


def test_path_parameters_and_files_in_a_response_work(rich):
    """With any name, and with any media type."""
    reply = {"content": b"mp4"}
    parsed, request = called(rich, "get_v2_files_file_id_number", reply, file_id="a/b", number="7")
    assert [each.payload.read() for each in parsed] == [b"mp4", b"mp4"]
    assert request.url.raw_path == b"/v2/files/a%2Fb/7"


def test_a_form_with_files_can_be_sent(rich):
    """Several files and an object; the response is text."""
    models, files = rich.module("models"), rich.module("types")
    file = files.File(payload=b"pixels", file_name="a.png")
    body = models.PostV2UploadRequest(file=file, files=[file], about=models.Cat(kind="cat"))
    parsed, request = called(rich, "post_v2_upload", {"text": "fine"}, body=body)
    assert parsed == ["fine", "fine"]
    assert (request.content.count(b"pixels"), b'{"kind": "cat"}' in request.content) == (2, True)


def test_the_report_lists_the_corrections(rich):
    """And the differences between generated code and the documents."""
    text = "\n".join(rich.report)
    assert (rich.folder / "REPORT.md").read_text("utf-8").strip() == text.strip()
    for line in (
        "duration: The default '10' was replaced by 10.",
        "access-token/in: The type 'http' does not define it; it was removed.",
        "it was replaced by 'generate2'.",
        "OpenAPI requires a description on every response",
        "The name of 'd' is taken; it is among the additional properties.",
        "Undocumented statuses occur; it allows any text.",
        f"`{rich.name}.api.operations.generate`",
    ):
        assert line in text


def test_the_folder_has_the_documents_beside_the_client(rich, tmp_path):
    """The published bytes, what was built from them, and the tools."""
    openapi = rich.folder / "openapi"
    lock = json.loads((openapi / "lock.json").read_text("utf-8"))
    (published,) = (openapi / "upstream").iterdir()
    content = (tmp_path / "published.json").read_bytes()
    assert published.read_bytes() == content
    assert (lock["package"], lock["source"]) == (rich.name, "published.json")
    assert lock["published"][published.name]["sha256"] == hashlib.sha256(content).hexdigest()
    assert len(lock["published"][published.name]["operations"]) == 6
    assert {file.name for file in openapi.iterdir()} == {
        *("client.json", "contract.json", "generator.yaml", "lock.json", "upstream")
    }


def test_two_documents_with_one_id_give_one_client(tmp_path):
    """One is YAML. Components with the same name stay apart."""
    item = {"post": {"operationId": "run", "responses": {"200": response(ref("DTO"))}}}
    one = document({"/a": item}, {"DTO": {"type": "object", "properties": {"a": TEXT}}})
    two = document({"/b": item}, {"DTO": {"type": "object", "properties": {"b": TEXT}}})
    folder = tmp_path / "both"
    folder.mkdir()
    (folder / "a.yaml").write_text(yaml.safe_dump(one), "utf-8")
    (folder / "b.json").write_text(json.dumps(two), "utf-8")
    model = prepare(read_source(str(folder)), OVERLAYS)
    ids = [item["post"]["operationId"] for item in model.shaped.document["paths"].values()]
    assert (ids, model.operations) == (["run", "run2"], (("POST", "/a"), ("POST", "/b")))
    assert list(model.shaped.document["components"]["schemas"]) == ["Dto", "Dto2"]
    assert "another document has its own 'DTO'." in str(model.corrections[0])
    client = make_other_model(ROOT, str(folder), tmp_path / "out", "two")
    assert client[0] == "# two"
    upstream = {file.name for file in (tmp_path / "out" / "openapi" / "upstream").iterdir()}
    assert upstream == {"post_a.yaml", "post_b.json"}


def test_operations_without_object_models_give_a_working_client(made):
    """One without any content, and one whose bodies are plain values."""
    seen = {"get": {"operationId": "f", "responses": {"200": {"description": ""}}}}
    plain = {"requestBody": json_of({"type": "array", "items": TEXT}), "responses": {}}
    plain["responses"] = {"200": response({"type": "integer"})}
    client = made(document({"/a": seen, "/b": {"post": {"operationId": "g", **plain}}}))
    parsed, _ = called(client, "f", {"content": b""})
    assert parsed == [None, None]
    parsed, request = called(client, "g", {"json": 5}, body=["x"])
    assert (parsed, json.loads(request.content)) == ([5, 5], ["x"])


def test_a_document_that_is_split_over_files_gives_a_client(tmp_path, write):
    """The one document of all of them is beside the client."""
    item = {"get": {"operationId": "f", "responses": {"200": response({"$ref": "b.yaml#/Thing"})}}}
    write({"Thing": {"type": "object", "properties": {"a": TEXT}}}, "b.yaml")
    write({"get": {"operationId": "g", "responses": {"200": response()}}}, "c.yaml")
    source = write(document({"/a": item, "/c": {"$ref": "c.yaml"}}))
    make_other_model(ROOT, source, tmp_path / "made", "thing")
    assert (tmp_path / "made" / "thing" / "api" / "operations" / "g.py").exists()
    assert (tmp_path / "made" / "thing" / "models" / "f_response.py").exists()
    (upstream,) = (tmp_path / "made" / "openapi" / "upstream").iterdir()
    assert read_source(str(upstream))[0].data["x-files"].keys() == {"b.yaml", "c.yaml"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, r"\. The reference b\.yaml leads out of its document.* Put the file beside the doc"),
        ("get: [", r"\. The reference b\.yaml .* followed: b\.yaml is not valid YAML: "),
        ("get", r"\. #/x-files/b\.yaml is not an object"),
        ("get:", r"\. 'get' is not an object"),
    ],
)
def test_a_path_that_cannot_be_read_is_an_error(tmp_path, write, text, reason):
    """The client would lack its operations."""
    if text is not None:
        (tmp_path / "b.yaml").write_text(text, "utf-8")
    source = write({**SMALL, "paths": {**SMALL["paths"], "/b": {"$ref": "b.yaml"}}})
    with pytest.raises(ContractError, match=f"The operations of /b are not known{reason}"):
        make_other_model(ROOT, source, tmp_path / "made")


def test_a_path_that_a_page_does_not_show_need_not_be_read():
    """The client is made of the one operation that is shown."""
    shown = next((m.upper(), path) for path, item in SMALL["paths"].items() for m in item)
    data = {**SMALL, "paths": {**SMALL["paths"], "/b": {"$ref": "b.yaml"}}}
    found = prepare([Document(json.dumps(data), data, "page.md", only=shown)], [])
    assert found.operations == (shown,)


def test_a_server_without_a_host_is_given_one(tmp_path, write):
    """Otherwise the error says how."""
    source = write({**SMALL, "servers": [{"url": "/v2"}]})
    with pytest.raises(ContractError, match=r"Pass the host, for example --server https://"):
        make_other_model(ROOT, source, tmp_path / "made")
    make_other_model(ROOT, source, tmp_path / "made", host="https://h.example")
    contract = json.loads((tmp_path / "made" / "openapi" / "contract.json").read_text("utf-8"))
    assert contract["servers"] == [{"url": "https://h.example/v2"}]


def test_another_vendors_document_gets_nothing_of_our_vendor(tmp_path, write):
    """Neither its host nor its way of authentication, nor what its samples do."""
    bare = {"openapi": "3.0.0", "info": {"title": "Acme"}, "paths": SMALL["paths"]}
    source = write(bare)
    with pytest.raises(ContractError, match=r"documents no server.* Pass the host, .*--server "):
        make_other_model(ROOT, source, tmp_path / "made")
    report = make_other_model(ROOT, source, tmp_path / "made", host="https://acme.example")
    contract = json.loads((tmp_path / "made" / "openapi" / "contract.json").read_text("utf-8"))
    assert "security" not in contract["paths"]["/a"]["post"]
    assert "securitySchemes" not in contract.get("components", {})
    assert not any("vendor's own" in line for line in report)


def test_our_own_page_gives_a_client_like_any_other(tmp_path, page):
    """Without the overlays that only our documents need."""
    (tmp_path / "page.md").write_text(page, "utf-8", newline="")
    make_other_model(ROOT, str(tmp_path / "page.md"), tmp_path / "new" / "folder")
    assert (tmp_path / "new" / "folder" / "folder" / "models").is_dir()


def test_a_document_of_two_megabytes_is_read(write):
    """Components that the operation does not reference are left out."""
    model = prepare(read_source(write(large())), OVERLAYS)
    assert len(json.dumps(large())) > 2_000_000
    assert len(model.shaped.document["components"]["schemas"]) < 130


ENDLESS = {"responses": {"200": response(ref("Endless"))}}
CLASHING = [{"name": name, "in": "query"} for name in ("a.b", "a-b")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            document({"/a": {}}),
            "The source has no operation to make a client of: it documents no operation",
        ),
        (
            document({"/a": {"get": {"responses": {"200": response(ref("None"))}}}}),
            "The reference #/components/schemas/None leads nowhere.",
        ),
        (
            document({"/a": None, "/b": {"post": {}, "get": None}}),
            "The operations of /b are not known. 'get' is not an object.",
        ),
        (
            document({"/a": {"get": ENDLESS}}, {"Endless": {"allOf": [ref("Endless")]}}),
            "The schema Endless is a part of itself.",
        ),
        (
            document({"/a": {"get": {"parameters": [{"name": "headers", "in": "query"}]}}}),
            "The parameter 'headers' of /a has a name that generated code uses itself.",
        ),
        (
            document({"/a": {"get": {"responses": {"200": {**response(), "links": 5}}}}}),
            "Not valid OpenAPI at /paths//a/get/responses/200",
        ),
        (
            document({"/a": {"get": {"parameters": CLASHING}}}),
            "The generator cannot make a client of this document. Correct or leave out ",
        ),
    ],
)
def test_an_irreparable_document_is_an_error_and_no_file_is_written(tmp_path, write, data, reason):
    """The error has the reason, or the generator's output."""
    source = write(data)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ContractError) as caught:
        make_other_model(ROOT, source, tmp_path / "not" / "there")
    assert str(caught.value).startswith(reason)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_document_that_is_nested_too_deeply_is_an_error(monkeypatch, write):
    """Python's recursion limit gives no traceback."""

    def give_up(_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(_prepare, "shape", give_up)
    with pytest.raises(ContractError, match="nested too deeply"):
        prepare(read_source(write(document(PATHS, SCHEMAS))), OVERLAYS)


SMALL = document({"/a": {"post": {"responses": {"200": response({"type": "object"})}}}})


def test_a_client_that_does_not_work_is_an_error(tmp_path, write, monkeypatch):
    """It is tried before it is moved into place."""
    monkeypatch.setattr(_write, "examples", lambda _: {"Missing": [{}]})
    with pytest.raises(ContractError, match=r"does not work.*:\nThe model Missing is missing\."):
        make_other_model(ROOT, write(SMALL), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [None, "{", "{}", "[]", '{"made_by": "me", "package": "p"}'])
def test_a_folder_with_other_files_is_an_error(tmp_path, write, content):
    """Only a client that was made before is replaced."""
    lock = tmp_path / "out" / "openapi" / "lock.json"
    lock.parent.mkdir(parents=True)
    if content is not None:
        lock.write_text(content, "utf-8")
    with pytest.raises(ContractError, match="holds files that this command did not make"):
        make_other_model(ROOT, write(SMALL), tmp_path / "out")


def test_a_file_as_folder_is_an_error(write):
    """The file is unchanged."""
    with pytest.raises(ContractError, match="that this command did not make"):
        make_other_model(ROOT, write(SMALL), Path(write({}, "out")))


@pytest.fixture
def quick(monkeypatch):
    """Replaces the generator by one that writes only the package's first file."""

    def generate(_document, _configuration, output, **_):
        output.mkdir()
        (output / "__init__.py").touch()

    monkeypatch.setattr("wan_ergonomic.contract.build._generator.generate", generate)
    monkeypatch.setattr(_write, "_try", lambda *_: None)


@pytest.mark.usefixtures("quick")
def test_a_client_that_was_made_before_is_replaced(tmp_path, write):
    """Under another name, too. Other files in the folder stay."""
    out = tmp_path / "out"
    out.mkdir()
    make_other_model(ROOT, write(SMALL), out, "first")
    (out / "notes.txt").touch()
    make_other_model(ROOT, write(SMALL), out, "second")
    names = {path.name for path in out.iterdir()}
    assert names == {"REPORT.md", "notes.txt", "openapi", "pyproject.toml", "second"}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("there", [True, False])
def test_a_client_that_cannot_be_moved_leaves_no_file(tmp_path, write, monkeypatch, there):
    """Nor a new folder."""
    source = write(SMALL)
    out = tmp_path / "new" / "out"
    if there:
        out.mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))

    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    stand_in(monkeypatch, _install, "os", replace=fail)
    with pytest.raises(ContractError, match="could not be replaced"):
        make_other_model(ROOT, source, out)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("folder", "name"),
    [("Kling v2.5-x", "kling_v2_5_x"), ("-", "client"), ("json", "json_client")],
)
def test_a_client_is_named_after_its_folder(tmp_path, write, folder, name):
    """As a valid Python name."""
    make_other_model(ROOT, write(SMALL), tmp_path / folder)
    assert (tmp_path / folder / name / "__init__.py").exists()


@pytest.mark.parametrize("name", ["json", "httpx", "openapi", "class", "a-b", "1st"])
def test_an_invalid_name_is_an_error(tmp_path, write, name):
    """A name that hides a package the client needs, too."""
    with pytest.raises(ContractError, match=f"'{name}' cannot be the package's name"):
        make_other_model(ROOT, write(SMALL), tmp_path / "out", name)


def test_the_files_of_the_project_are_unchanged(tmp_path, write, project, snapshot):
    """Its overlays and configuration are only read."""
    before = snapshot()
    make_other_model(project, write(SMALL), tmp_path / "out")
    assert snapshot() == before


def test_two_clients_and_ours_are_installed_side_by_side(tmp_path, write):
    """Each has a package, and a project, of its own name."""
    ours, target = tmp_path / "ours", tmp_path / "installed"
    command = [sys.executable, "-m", "pip", "--no-input", "install", "-q", "--no-deps"]
    command += ["--no-index", "--no-build-isolation", "--target", str(target)]
    for name, path in (("first_model", "/v1/first"), ("second_model", "/v1/second")):
        paths = {path: {"get": {"responses": {"200": {"description": "It"}}}}}
        make_other_model(ROOT, write(document(paths)), tmp_path / name)
    shutil.copytree(ROOT, ours, ignore=shutil.ignore_patterns(".*", "tests", "__pycache__"))
    for folder in (tmp_path / "first_model", tmp_path / "second_model", ours):
        subprocess.run([*command, str(folder)], check=True, capture_output=True, text=True)
    code = (
        "from first_model.api.operations import get_v1_first\n"
        "from second_model.api.operations import get_v1_second\n"
        "from wan_ergonomic.generated_client.api.generations import create_generation\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(target)}
    subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, env=environ, check=True)
    packages = {entry.name for entry in target.iterdir() if (entry / "__init__.py").exists()}
    assert packages == {"first_model", "second_model", "wan_ergonomic"}
