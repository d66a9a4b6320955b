"""``wan contract watch``: its output in each format, and its exit codes."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.support.first_contract import FOLDER, first_published
from tests.support.web import serving
from wan_ergonomic._spec import model
from wan_ergonomic.contract.source import _retries

pytestmark = pytest.mark.usefixtures("documents_as_they_were")
ROOT = Path(__file__).parents[3]
FORMATS = ("table", "markdown", "json", "github")


@pytest.fixture
def published():
    """The exact text of each document as it was published first, by role."""
    return first_published()


@pytest.fixture
def publish(tmp_path):
    """A function that publishes the first documents again, after an edit."""

    def publish(edit=None) -> str:
        folder = tmp_path / "published"
        shutil.copytree(FOLDER / "upstream", folder)
        files = [folder / "create.json", folder / "poll.json"]
        documents = [json.loads(file.read_text("utf-8")) for file in files]
        if edit:
            edit(*documents)
        for file, document in zip(files, documents, strict=True):
            file.write_text(json.dumps(document), "utf-8")
        return str(folder)

    return publish


def operation(document):
    """Return the only operation of a document."""
    ((item,),) = [document["paths"].values()]
    ((found,),) = [item.values()]
    return found


def require_a_camera(create, _):
    """Break every sender."""
    body = operation(create)["requestBody"]["content"]["application/json"]["schema"]
    body["properties"]["camera"] = {"type": "string"}
    body["required"].append("camera")


def describe_the_response(create, _):
    """Correct what an overlay corrects."""
    operation(create)["responses"]["200"]["description"] = "Accepted"


def contradict(create, _):
    """Make it impossible to join the documents."""
    create["components"] = {"securitySchemes": {"access-token": {"type": "openIdConnect"}}}
    create["security"] = [{"access-token": []}]


@pytest.mark.parametrize("output", FORMATS)
def test_no_drift_exits_with_0(wan, publish, output):
    """Each format says so."""
    done = wan("contract", "watch", publish(), "--format", output)
    assert (done.code, done.err) == (0, "")
    assert done.out


def test_the_json_names_the_sources(wan, publish):
    """With the operations in them."""
    source = publish()
    data = wan("contract", "watch", source, "--format", "json").data
    assert (data["verdict"], data["findings"], data["overlays"]) == ("none", [], [])
    (read,) = data["sources"]
    assert (read["source"], read["status"], read["reason"]) == (source, "read", None)
    assert [line.split()[0] for line in read["operations"]] == ["GET", "POST"]


@pytest.mark.parametrize("output", FORMATS)
@pytest.mark.parametrize("fail_on", ["breaking", "warning", "info"])
def test_a_breaking_change_exits_with_1(wan, publish, output, fail_on):
    """Whatever the threshold."""
    words = (
        "contract",
        "watch",
        publish(require_a_camera),
        "--format",
        output,
        "--fail-on",
        fail_on,
    )
    done = wan(*words)
    assert (done.code, b"camera" in done.out) == (1, True)


@pytest.mark.parametrize("output", FORMATS)
@pytest.mark.parametrize(("fail_on", "code"), [("breaking", 0), ("warning", 0), ("info", 1)])
def test_an_unneeded_overlay_action_is_drift_of_severity_info(wan, publish, output, fail_on, code):
    """The report names it and its reason."""
    words = ("--format", output, "--fail-on", fail_on, "--verbose")
    done = wan("contract", "watch", publish(describe_the_response), *words)
    assert done.code == code
    assert b"10-fix-responses.yaml" in done.out
    assert b"requires a description on every response" in b" ".join(done.out.split())


def test_the_table_has_reasons_only_with_verbose(wan, publish):
    """It is short otherwise."""
    done = wan("contract", "watch", publish(describe_the_response))
    assert re.search(rb"10-fix-responses\.yaml: \S+ no longer applies", done.out)
    assert b"requires a description" not in done.out


@pytest.mark.parametrize("output", FORMATS)
def test_accepted_findings_do_not_fail(wan, publish, tmp_path, output):
    """The report has them, with the reason and the last day."""
    file = tmp_path / "accepted.yaml"
    entry = "rule: new-required-request-property, place: create request/camera, reason: Known"
    file.write_text(f"accepted:\n- {{{entry}, until: 9999-12-31}}\n", "utf-8")
    words = ("--accepted", str(file), "--format", output)
    done = wan("contract", "watch", publish(require_a_camera), *words)
    assert (done.code, b"9999-12-31" in done.out, b"Known" in done.out) == (0, True, True)


@pytest.mark.parametrize("output", FORMATS)
def test_documents_that_cannot_be_corrected_exit_with_1(wan, publish, output):
    """Whatever the threshold: nothing can be regenerated from them."""
    words = ("--format", output, "--fail-on", "breaking")
    done = wan("contract", "watch", publish(contradict), *words)
    assert done.code == 1
    assert b"disagree about" in done.out


@pytest.mark.parametrize("output", FORMATS)
def test_a_source_that_is_gone_exits_with_2(wan, tmp_path, output):
    """No format says that nothing changed."""
    done = wan("contract", "watch", str(tmp_path / "none.md"), "--format", output)
    assert done.code == 2
    assert done.err.startswith("wan: The comparison is incomplete. ")
    assert b"none" in done.out
    assert b"No change" not in done.out


@pytest.mark.parametrize(("name", "verdict"), [("none.md", "gone"), ("page.html", "unclear")])
def test_the_json_distinguishes_gone_and_unclear(wan, tmp_path, name, verdict):
    """Each with its reason."""
    (tmp_path / "page.html").write_text("<!doctype html>")
    data = wan("contract", "watch", str(tmp_path / name), "--format", "json").data
    assert (data["verdict"], data["findings"], data["sources"][0]["status"]) == (
        verdict,
        [],
        verdict,
    )
    assert data["reason"] == data["sources"][0]["reason"]


@pytest.mark.parametrize("output", FORMATS)
def test_the_findings_in_readable_sources_are_reported(wan, publish, tmp_path, output):
    """The exit code is 2 if another source is unreadable."""
    sources = (publish(require_a_camera), str(tmp_path / "none.md"))
    done = wan("contract", "watch", *sources, "--format", output)
    assert done.code == 2
    assert b"camera" in done.out
    assert b"none.md" in done.out


def test_documents_of_another_api_exit_with_2(wan, tmp_path):
    """They document neither operation."""
    document = {"openapi": "3.0.0", "info": {}, "paths": {"/a": {"delete": {"responses": {}}}}}
    (tmp_path / "other.json").write_text(json.dumps(document))
    done = wan("contract", "watch", str(tmp_path / "other.json"))
    assert (done.code, done.out) == (2, b"")


@pytest.fixture
def api(web, monkeypatch):
    """A server in place of the API, with a catalogue that names a live document."""
    base = f"http://127.0.0.1:{web.server_port}"
    monkeypatch.setenv("WAN_BASE_URL", base)

    def offer(edit=None) -> str:
        documents = [json.loads(text) for text in first_published().values()]
        if edit:
            edit(*documents)
        address: str = web.put("/it.json", json.dumps(documents[0]).encode())
        catalogue = {"data": [{"id": model(), "info": {"docsJson": address}}]}
        web.put("/v1/models", json.dumps(catalogue).encode())
        return address

    return offer


@pytest.mark.parametrize("output", FORMATS)
def test_the_live_document_is_compared_on_request(wan, publish, api, web, output):
    """Every format names it; without the option nothing is fetched."""
    address = api()
    assert wan("contract", "watch", publish(), "--format", output).code == 0
    assert web.requests == []
    done = wan("contract", "watch", "published", "--live", "--format", output)
    assert (done.code, done.err, len(web.requests)) == (0, "", 2)
    assert b"The live document" in done.out or output == "json"
    assert address.rpartition(":")[2].encode() in done.out


@pytest.mark.parametrize("output", FORMATS)
def test_a_change_of_the_live_document_exits_with_1(wan, publish, api, output):
    """Although the page has none."""
    api(require_a_camera)
    done = wan("contract", "watch", publish(), "--live", "--format", output)
    assert (done.code, done.err) == (1, "")
    assert b"camera" in done.out
    assert b"Only the live document has this" in done.out or output == "json"


@pytest.mark.parametrize("output", FORMATS)
def test_a_catalogue_that_cannot_be_read_exits_with_2(wan, publish, api, web, output):
    """The report names it, and no format says that nothing changed."""
    api()
    web.put("/v1/models", status=404)
    done = wan("contract", "watch", publish(), "--live", "--format", output)
    assert done.code == 2
    assert "/v1/models" in done.err
    assert b"v1/models" in done.out
    assert output == "json" or b"incomplete" in done.out or b"::error" in done.out


@pytest.mark.parametrize("output", FORMATS)
def test_a_model_without_a_live_document_exits_with_0(wan, publish, api, web, output):
    """There is nothing to compare, which the report says."""
    api()
    web.put("/v1/models", json.dumps([{"id": model(), "info": {}}]).encode())
    done = wan("contract", "watch", publish(), "--live", "--format", output)
    assert done.code == 0
    assert b"names no live document" in done.out


def test_the_json_has_the_live_document(wan, publish, api):
    """Null without the option."""
    address = api()
    data = wan("contract", "watch", publish(), "--live", "--format", "json").data
    assert data["live"]["document"] == address
    assert [source["status"] for source in data["sources"]] == ["read", "read"]
    assert wan("contract", "watch", "published", "--format", "json").data["live"] is None


@pytest.mark.parametrize("edit", [require_a_camera, describe_the_response, contradict, None])
def test_the_json_is_valid_for_the_schema_of_a_comparison(wan, publish, edit):
    """A watch only adds to it."""
    from jsonschema import Draft202012Validator

    file = ROOT / "wan_ergonomic" / "contract" / "report" / "findings.schema.json"
    source = publish(edit) if edit else "none.md"
    data = wan("contract", "watch", source, "--format", "json").data
    Draft202012Validator(json.loads(file.read_text("utf-8"))).validate(data)
    assert {"overlays", "obstacle", "sources"} <= set(data)


@pytest.fixture
def web(monkeypatch):
    """A web server, and no delays."""
    monkeypatch.setattr(_retries, "BACKOFF", 0.001)
    with serving() as server:
        yield server


@pytest.mark.parametrize("output", FORMATS)
def test_the_report_says_what_was_tried(wan, web, page, output):
    """Whether it helped or not. Each attempt that failed is named."""
    url = web.put("/page.md", status=503)
    web.add("/page.md", page.encode())
    done = wan("contract", "watch", url, "--format", output)
    assert (done.code, done.out.count(b"503; tried again after ")) == (0, 1)
    web.put("/page.md", status=503)
    done = wan("contract", "watch", url, "--format", output)
    assert (done.code, done.out.count(b"503; tried again after ")) == (2, 3)
    assert f"{url} could not be fetched in 4 attempts: 503." in done.err


def test_the_json_has_the_attempts_of_each_source(wan, web, publish):
    """Also of one whose attempts all succeeded."""
    url = web.put("/page.md", status=502)
    data = wan("contract", "watch", url, publish(), "--format", "json").data
    assert [len(source["retries"]) for source in data["sources"]] == [3, 0]
