"""``wan contract watch``: what it shows in each form, and how it ends."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FORMATS = ("table", "markdown", "json", "github")


@pytest.fixture
def publish(tmp_path):
    """A function that publishes the vendored documents after an edit."""

    def publish(edit=None) -> str:
        folder = tmp_path / "published"
        shutil.copytree(ROOT / "openapi" / "upstream", folder)
        files = [folder / "create.json", folder / "poll.json"]
        documents = [json.loads(file.read_text("utf-8")) for file in files]
        if edit:
            edit(*documents)
        for file, document in zip(files, documents, strict=True):
            file.write_text(json.dumps(document), "utf-8")
        return str(folder)

    return publish


def operation(document):
    """The one operation of a document."""
    ((item,),) = [document["paths"].values()]
    ((found,),) = [item.values()]
    return found


def demand_a_camera(create, _):
    """Break every sender."""
    body = operation(create)["requestBody"]["content"]["application/json"]["schema"]
    body["properties"]["camera"] = {"type": "string"}
    body["required"].append("camera")


def describe_the_answer(create, _):
    """Correct what an overlay corrects."""
    operation(create)["responses"]["200"]["description"] = "Accepted"


def contradict(create, _):
    """Make it impossible to put both documents into one, and change nothing else."""
    create["components"] = {"securitySchemes": {"access-token": {"type": "openIdConnect"}}}


@pytest.mark.parametrize("form", FORMATS)
def test_no_drift_ends_with_0(wan, publish, form):
    """And says so in each form."""
    done = wan("contract", "watch", publish(), "--format", form)
    assert (done.code, done.err) == (0, "")
    assert done.out


def test_no_drift_is_said_in_json(wan, publish):
    """With what was read."""
    source = publish()
    data = wan("contract", "watch", source, "--format", "json").data
    assert (data["verdict"], data["findings"], data["overlays"]) == ("none", [], [])
    (read,) = data["sources"]
    assert (read["source"], read["status"], read["reason"]) == (source, "read", None)
    assert [line.split()[0] for line in read["operations"]] == ["GET", "POST"]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("fail_on", ["breaking", "warning", "info"])
def test_a_breaking_change_ends_with_1(wan, publish, form, fail_on):
    """Whatever the threshold."""
    words = ("contract", "watch", publish(demand_a_camera), "--format", form, "--fail-on", fail_on)
    done = wan(*words)
    assert (done.code, b"camera" in done.out) == (1, True)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("fail_on", "code"), [("breaking", 0), ("warning", 0), ("info", 1)])
def test_a_correction_that_had_its_day_is_drift_of_severity_info(wan, publish, form, fail_on, code):
    """It is named with its reason, wherever there is room for that."""
    words = ("--format", form, "--fail-on", fail_on, "--verbose")
    done = wan("contract", "watch", publish(describe_the_answer), *words)
    assert done.code == code
    assert b"10-fix-responses.yaml" in done.out
    assert b"requires a description on every response" in b" ".join(done.out.split())


def test_reasons_are_left_out_of_a_short_table(wan, publish):
    """Ten seconds are enough for it."""
    done = wan("contract", "watch", publish(describe_the_answer))
    assert b"10-fix-responses.yaml  no longer applies" in done.out
    assert b"requires a description" not in done.out


@pytest.mark.parametrize("form", FORMATS)
def test_documents_that_cannot_be_corrected_end_with_1(wan, publish, form):
    """At any threshold: nobody can regenerate from them."""
    words = ("--format", form, "--fail-on", "breaking")
    done = wan("contract", "watch", publish(contradict), *words)
    assert done.code == 1
    assert b"disagree about" in done.out


@pytest.mark.parametrize("form", FORMATS)
def test_a_source_that_is_gone_ends_with_2(wan, tmp_path, form):
    """And nothing reads as if nothing had changed."""
    done = wan("contract", "watch", str(tmp_path / "none.md"), "--format", form)
    assert done.code == 2
    assert done.err.startswith("wan: Could not tell what changed. ")
    assert b"none" in done.out
    assert b"No change" not in done.out


@pytest.mark.parametrize(("name", "verdict"), [("none.md", "gone"), ("page.html", "unclear")])
def test_gone_and_unclear_are_told_apart_in_json(wan, tmp_path, name, verdict):
    """Each with its reason."""
    (tmp_path / "page.html").write_text("<!doctype html>")
    data = wan("contract", "watch", str(tmp_path / name), "--format", "json").data
    assert (data["verdict"], data["findings"], data["sources"][0]["status"]) == (
        verdict,
        [],
        verdict,
    )
    assert data["reason"] == data["sources"][0]["reason"]


@pytest.mark.parametrize("form", FORMATS)
def test_what_could_be_read_is_reported_beside_what_could_not(wan, publish, tmp_path, form):
    """The end is still 2."""
    sources = (publish(demand_a_camera), str(tmp_path / "none.md"))
    done = wan("contract", "watch", *sources, "--format", form)
    assert done.code == 2
    assert b"camera" in done.out
    assert b"none.md" in done.out


def test_what_is_no_answer_at_all_ends_with_2(wan, tmp_path):
    """A page about something else, for one."""
    document = {"openapi": "3.0.0", "info": {}, "paths": {"/a": {"delete": {"responses": {}}}}}
    (tmp_path / "other.json").write_text(json.dumps(document))
    done = wan("contract", "watch", str(tmp_path / "other.json"))
    assert (done.code, done.out) == (2, b"")


@pytest.mark.parametrize("edit", [demand_a_camera, describe_the_answer, contradict, None])
def test_the_json_fits_the_published_schema(wan, publish, edit):
    """A watch adds to a comparison's report and changes nothing of it."""
    from jsonschema import Draft202012Validator

    file = ROOT / "wan_ergonomic" / "contract" / "findings.schema.json"
    source = publish(edit) if edit else "none.md"
    data = wan("contract", "watch", source, "--format", "json").data
    Draft202012Validator(json.loads(file.read_text("utf-8"))).validate(data)
    assert {"overlays", "obstacle", "sources"} <= set(data)
