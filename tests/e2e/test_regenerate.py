"""Regenerating: from a source to documents and client, and the check that they match."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from tests.next_pages.published import Published
from tests.support.project import NOT_COMPILED, PAGE, ROOT
from tests.support.stand_in import stand_in
from wan_ergonomic import Options
from wan_ergonomic._json import escape
from wan_ergonomic.contract import ContractError, Provenance, check, regenerate
from wan_ergonomic.contract.build import _install
from wan_ergonomic.contract.build._generator import generate
from wan_ergonomic.contract.build._options import DESCRIBED

SEEN = Provenance("https://docs.example/model.md", "2031-02-03")
# An overlay that corrects what no document of the vendor says.
OVERLAY = """\
overlay: 1.0.0
info: {{title: Ours, version: 1.0.0}}
x-stage: contract
x-scope: family
actions:
  - target: $.paths.*[?@.requestBody && !@.x-{0}]
    description: The vendor does not say {0}.
    update: {{x-{0}: true}}
"""


@pytest.fixture
def generated(monkeypatch):
    """Copies the client instead of generating it, for tests that do not depend on its content."""

    def copy(_document, _configuration, output, **_):
        shutil.copytree(ROOT / "generated_client", output, ignore=NOT_COMPILED)

    monkeypatch.setattr("wan_ergonomic.contract.build._generator.generate", copy)


def test_the_vendored_files_match_a_rebuild(root):
    """The check of this project itself."""
    assert check(root) == []


def test_the_check_names_every_file_that_differs(project):
    """One with another byte, one extra, one missing."""
    client = project / "generated_client"
    module = client / "errors.py"
    module.write_bytes(module.read_bytes() + b"\n")
    (client / "notes.txt").touch()
    (client / "py.typed").unlink()
    (client / "__pycache__").mkdir()
    (client / "__pycache__" / "errors.pyc").touch()
    assert check(project) == [
        "different: generated_client/errors.py",
        "extra: generated_client/notes.txt",
        "missing: generated_client/py.typed",
    ]


@pytest.mark.skipif(not Options.__optional_keys__, reason="The contract has no option.")
@pytest.mark.usefixtures("generated")
@pytest.mark.parametrize("name", ["wan_ergonomic/_options/__init__.py", *DESCRIBED])
def test_what_the_vendor_says_of_options_cannot_be_edited(project, name):
    """Neither a type nor a docstring that lists the options; regenerating restores it."""
    written = (ROOT / name).read_bytes()
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    list_begins = rb"(as the vendor describes them:|descriptions are the vendor's\.)\n"
    edited = re.sub(list_begins, rb"\1\n                more: Ours.\n", written)
    (project / name).write_bytes(edited)
    assert check(project) == [f"different: {name}"]
    assert regenerate(project) == [f"changed: {name}"]
    assert (project / name).read_bytes() == written


@pytest.mark.usefixtures("generated")
def test_the_check_covers_documents_and_lock(project):
    """Everything that regenerating writes."""
    openapi = project / "openapi"
    for name in ("contract.json", "lock.json"):
        (openapi / name).write_bytes((openapi / name).read_bytes() + b"\n")
    (openapi / "client.json").unlink()
    (openapi / "upstream" / "other.json").touch()
    assert check(project) == [
        "missing: openapi/client.json",
        "different: openapi/contract.json",
        "different: openapi/lock.json",
        "extra: openapi/upstream/other.json",
    ]


@pytest.mark.usefixtures("generated")
def test_an_edited_upstream_document_is_an_error(project, snapshot):
    """Corrections belong into overlays."""
    file = project / "openapi" / "upstream" / "poll.json"
    file.write_bytes(file.read_bytes() + b" ")
    before = snapshot()
    for rebuild in (check, regenerate):
        with pytest.raises(ContractError, match=r"openapi/upstream/poll\.json is not what was"):
            rebuild(project)
    assert snapshot() == before


def test_the_page_gives_the_vendored_files(project, page, tmp_path, snapshot):
    """A page and the overlays are enough to make all of them."""
    before = snapshot()
    (project / "openapi" / "upstream" / "create.json").write_text("{}", "utf-8")
    (project / "generated_client" / "extra.py").touch()
    (tmp_path / "page.md").write_text(page, "utf-8", newline="")
    changed = regenerate(project, str(tmp_path / "page.md"), Provenance(None, "2031-02-03"))
    assert changed == [
        "removed: generated_client/extra.py",
        "new: openapi/CHANGELOG.md",
        "changed: openapi/upstream/create.json",
    ]
    assert snapshot() | before == snapshot()
    assert snapshot().keys() - before.keys() == {"openapi/CHANGELOG.md"}


@pytest.mark.usefixtures("generated")
def test_the_first_time_needs_no_lock(project, snapshot, tmp_path):
    """A missing lock is written, if the page names one model only."""
    before = snapshot()
    corrected = json.loads(before["openapi/lock.json"]).get("corrected", [])
    (project / "openapi" / "lock.json").unlink()
    for path in ("contract.json", "client.json"):
        (project / "openapi" / path).unlink()
    known = json.loads(before["openapi/lock.json"])["published"]["create"]
    source = shutil.copytree(project / "openapi" / "upstream", tmp_path / "source")
    shutil.rmtree(project / "openapi" / "upstream")
    output: list[str] = []
    seen = Provenance(known.get("url"), known["retrieved"])
    if any("as the only one" in each for each in corrected):
        with pytest.raises(ContractError, match="which openapi/lock"):
            regenerate(project, str(source), seen, output.append)
        return
    regenerate(project, str(source), seen, output.append)
    assert output[0].startswith("The vendored documents cannot be read, so nothing was compared: ")
    (project / "openapi" / "CHANGELOG.md").unlink()
    assert snapshot() == before


@pytest.mark.usefixtures("generated")
def test_the_lock_records_url_and_date_of_new_bytes(project, changed_page):
    """Unchanged bytes keep the date of the first time that they were read."""
    before = json.loads((project / "openapi" / "lock.json").read_text("utf-8"))["published"]
    regenerate(project, changed_page, Provenance(None, "2031-02-03"))
    after = json.loads((project / "openapi" / "lock.json").read_text("utf-8"))["published"]
    # Both are new, if one document is for both.
    new = {role for role in after if after[role]["sha256"] != before[role]["sha256"]}
    assert "poll" in new
    assert all(
        (after[role]["retrieved"], after[role].get("url")) == ("2031-02-03", None) for role in new
    )
    assert all(after[role] == before[role] for role in after.keys() - new)


@pytest.mark.usefixtures("generated")
def test_the_lock_records_a_new_url(project):
    """For unchanged bytes, too."""
    regenerate(project, str(project / "openapi" / "upstream"), SEEN)
    published = json.loads((project / "openapi" / "lock.json").read_text("utf-8"))["published"]
    assert {(entry["url"], entry["retrieved"]) for entry in published.values()} == {
        (SEEN.url, SEEN.retrieved)
    }


@pytest.mark.usefixtures("generated")
def test_a_rebuild_without_changes_writes_no_file(project):
    """The time of a file stays the same."""
    file = project / "openapi" / "contract.json"
    os.utime(file, (1, 1))
    assert regenerate(project) == []
    assert file.stat().st_mtime == 1


@pytest.mark.parametrize("content", ["<!doctype html>", "```json\n{", "# Nothing"])
def test_an_unreadable_source_changes_no_file(project, snapshot, tmp_path, content):
    """Files are written after everything is built."""
    before = snapshot()
    (tmp_path / "page.md").write_text(content, "utf-8")
    with pytest.raises(ContractError):
        regenerate(project, str(tmp_path / "page.md"), SEEN)
    assert snapshot() == before


def test_a_failing_generator_changes_no_file(project, snapshot, changed_page):
    """What it wrote before the failure is removed."""
    with (project / "openapi" / "generator.yaml").open("a") as configuration:
        configuration.write("  - python -c 'raise SystemExit(3)'\n")
    before = snapshot()
    with pytest.raises(ContractError, match=r"^The generator cannot make a client .*Its output:\n"):
        regenerate(project, changed_page, SEEN)
    assert snapshot() == before


@pytest.mark.usefixtures("generated")
@pytest.mark.parametrize("failing", range(1, 12))
def test_a_failing_move_undoes_all_moves(project, snapshot, changed_page, monkeypatch, failing):
    """A replaced file takes two moves, a new file one. Each of them can fail."""
    before, replace, moves = snapshot(), os.replace, iter(range(1, 100))

    def fail_once(source: str, target: str) -> None:
        if next(moves) == failing:
            raise PermissionError(13, "Permission denied")
        replace(source, target)

    stand_in(monkeypatch, _install, "os", replace=fail_once)
    with pytest.raises(
        ContractError, match=r"could not be replaced: .*Permission denied\. No file was changed\."
    ):
        regenerate(project, changed_page, SEEN)
    assert snapshot() == before


def test_an_operation_missing_from_the_client_is_an_error(root, tmp_path):
    """The generator itself does not report it."""
    documents = root / "openapi"
    client = json.loads((documents / "client.json").read_text("utf-8"))
    names = sorted(o["operationId"] for item in client["paths"].values() for o in item.values())
    more = len(names) + 1
    with pytest.raises(ContractError) as caught:
        generate(documents / "client.json", documents / "generator.yaml", tmp_path / "out", more)
    assert str(caught.value) == (
        f"The document has {more} operations, the generated client {len(names)} "
        f"({', '.join(names)}): the generator dropped or split one. Give each a path and an id of "
        "its own."
    )


def test_a_lock_that_is_not_json_is_an_error(project):
    """It is not replaced."""
    (project / "openapi" / "lock.json").write_text("{", "utf-8")
    with pytest.raises(ContractError, match=r"openapi/lock\.json is not JSON: "):
        regenerate(project)


@pytest.fixture
def publish(tmp_path):
    """A function that returns the path of a page with today's documents, as a test changed them."""

    def publish(changed):
        texts = {role: json.dumps(data) + "\n" for role, data in changed.documents.items()}
        (tmp_path / "new.md").write_bytes(PAGE.format(**texts).encode())
        return str(tmp_path / "new.md")

    return publish


@pytest.fixture
def fixed_page(publish):
    """The path of a page whose document has the corrections of `overlays`, and a new demand."""
    new = Published()
    new.operation("create").update({"x-seen": True, "x-known": True})
    new.request()["properties"]["camera"] = {"type": "string"}
    new.request()["required"] = [*new.request()["required"], "camera"]
    return publish(new)


@pytest.fixture
def defective_page(publish):
    """The path of a page whose seed has a default of another type."""
    new = Published()
    new.request()["properties"]["seed"] = {"type": "integer", "default": "7"}
    return publish(new)


@pytest.fixture
def overlays(project, generated):  # noqa: ARG001 - what it builds has the client that is there
    """The folder of the project's overlays, with two more that today's documents need."""
    folder = project / "openapi" / "overlays"
    for name in ("seen", "known"):
        (folder / f"00-{name}.yaml").write_text(OVERLAY.format(name), "utf-8")
    regenerate(project)
    return folder


@pytest.mark.usefixtures("overlays")
def test_a_dry_run_does_the_same_and_writes_no_file(project, snapshot, fixed_page):
    """It reports the same lines and the same files."""
    (project / "pyproject.toml").write_text("", "utf-8")
    before = snapshot()
    dry: list[str] = []
    real: list[str] = []
    files = regenerate(project, fixed_page, SEEN, dry.append, dry_run=True)
    assert snapshot() == before
    assert regenerate(project, fixed_page, SEEN, real.append) == files != []
    assert dry == real
    create, poll, _, headline, step, *findings = dry
    assert (create.partition(":")[0], poll.partition(":")[0]) == ("create", "poll")
    assert headline.startswith("Breaking for senders: ")
    assert step.startswith("Proposed version step: major")
    assert findings


def test_a_dry_run_fails_as_the_real_run_would(project, snapshot, published, tmp_path):
    """With the same error, for example because two documents disagree."""
    poll = json.loads(published["poll"])
    poll["servers"] = [{"url": "https://other.example"}]
    (tmp_path / "page.md").write_text(PAGE.format(**published | {"poll": json.dumps(poll) + "\n"}))
    before = snapshot()
    # One document for both operations is another error.
    expected = r"disagree about the server: 'https://|/server is \"https://"
    for dry_run in (True, False):
        with pytest.raises(ContractError, match=expected):
            regenerate(project, str(tmp_path / "page.md"), SEEN, dry_run=dry_run)
    assert snapshot() == before


@pytest.mark.usefixtures("generated")
def test_a_given_host_is_remembered(project, published, tmp_path):
    """So that a rebuild of the vendored documents finds it. Without one, it is asked for."""
    for role in ("create", "poll"):
        data = {**json.loads(published[role]), "servers": [{"url": "/"}]}
        published[role] = json.dumps(data) + "\n"
    (tmp_path / "page.md").write_text(PAGE.format(**published))
    with pytest.raises(ContractError, match="Pass the host"):
        regenerate(project, str(tmp_path / "page.md"), SEEN)
    seen = Provenance(None, "2031-02-03", "https://h.example")
    regenerate(project, str(tmp_path / "page.md"), seen)
    contract = json.loads((project / "openapi" / "contract.json").read_text("utf-8"))
    assert contract["servers"] == [{"url": "https://h.example"}]
    assert check(project) == []


@pytest.mark.usefixtures("generated")
@pytest.mark.parametrize(
    "block", ["[{0}]({0}.json)", '{{% openapi src="{0}.json" %}}{{% endopenapi %}}']
)
def test_a_page_may_link_split_documents_beside_it(project, published, tmp_path, block):
    """What is vendored needs no other file."""
    poll = json.loads(published["poll"])
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "all.json").write_text(json.dumps(poll), "utf-8")
    for path, item in poll["paths"].items():
        for method in item:
            item[method] = {"$ref": f"more/all.json#/paths/{escape(path)}/{method}"}
    (tmp_path / "poll.json").write_text(json.dumps(poll), "utf-8")
    (tmp_path / "create.json").write_text(published["create"], "utf-8")
    page = "\n".join(block.format(role) for role in ("create", "poll"))
    (tmp_path / "page.md").write_text(page, "utf-8")
    before = (project / "openapi" / "contract.json").read_bytes()
    regenerate(project, str(tmp_path / "page.md"), SEEN)
    assert (project / "openapi" / "contract.json").read_bytes() == before
    assert check(project) == []


def test_an_unneeded_overlay_action_is_removed(project, overlays, fixed_page):
    """The output gives its reason. A file without other actions is removed, too."""
    output: list[str] = []
    changed = regenerate(project, fixed_page, SEEN, output.append)
    assert {line for line in changed if "overlays" in line} == {
        "removed: openapi/overlays/00-seen.yaml",
        "removed: openapi/overlays/00-known.yaml",
    }
    assert not (overlays / "00-seen.yaml").exists()
    reason = "no longer applies. The action's reason: The vendor does not say seen."
    assert any(reason in line for line in output)
    assert check(project) == []


def test_an_overlay_keeps_its_other_actions(project, overlays, fixed_page):
    """Their bytes are unchanged."""
    file = overlays / "00-seen.yaml"
    other = "  - target: $.info\n    description: d # why\n    update: {x-seen: true}\n"
    text = file.read_text("utf-8")
    file.write_text(text + other, "utf-8")
    regenerate(project, fixed_page, SEEN)
    assert file.read_text("utf-8") == text[: text.index("  - target")] + other


@pytest.mark.usefixtures("generated")
def test_general_repair_is_reported_and_recorded(project, defective_page):
    """The lock has each correction. A rebuild makes the same ones."""
    output: list[str] = []
    lock = project / "openapi" / "lock.json"
    before = json.loads(lock.read_text("utf-8")).get("corrected", [])
    regenerate(project, defective_page, SEEN, output.append)
    (recorded,) = {*json.loads(lock.read_text("utf-8"))["corrected"]} - {*before}
    assert recorded.endswith("/properties/seed: The default '7' was replaced by 7.")
    assert recorded in output
    assert check(project) == []


@pytest.mark.usefixtures("generated")
def test_the_vendored_documents_as_source_change_nothing(project, snapshot):
    """The changelog gets no entry, and no contract test runs."""
    before = snapshot()
    output: list[str] = []
    upstream = str(project / "openapi" / "upstream")
    assert regenerate(project, upstream, Provenance(None, "2031-02-03"), output.append) == []
    assert ("No change." in output, snapshot()) == (True, before)


@pytest.mark.usefixtures("generated")
@pytest.mark.parametrize("date", ["2031-02-03", None])
def test_the_changelog_gets_an_entry(project, changed_page, date):
    """With the date on which the source was read."""
    regenerate(project, changed_page, Provenance(None, date) if date else None)
    text = (project / "openapi" / "CHANGELOG.md").read_text("utf-8")
    assert "No change of meaning." in text
    assert f"## {date or datetime.now(UTC).date().isoformat()}\n" in text


@pytest.mark.usefixtures("generated")
def test_the_lines_to_review_are_named(project, defective_page):
    """With file, line and name."""
    output: list[str] = []
    regenerate(project, defective_page, SEEN, output.append)
    there = output[output.index("Lines to review:") + 1 :]
    file = r"  wan_ergonomic/cli/session/_options\.py"
    assert any(re.fullmatch(rf"{file}:\d+: PromptOptions\.seed", line) for line in there)


@pytest.fixture
def contract_test(project):
    """A function that adds a contract test with this line to the copy of the project."""

    def write(line: str) -> None:
        (project / "tests" / "core").mkdir(parents=True)
        text = f"def test_it():\n    {line}\n"
        (project / "tests" / "core" / "test_contract_fit.py").write_text(text, "utf-8")

    return write


@pytest.mark.usefixtures("generated")
def test_the_contract_tests_run_on_the_new_files(project, contract_test, changed_page):
    """After everything is moved into place."""
    contract_test("assert 'reworded' in open('openapi/upstream/poll.json').read()")
    output: list[str] = []
    assert regenerate(project, changed_page, SEEN, output.append)
    assert any(line.startswith("The wrapper fits: 1 passed in ") for line in output)


@pytest.mark.usefixtures("generated")
def test_a_wrapper_that_does_not_fit_changes_no_file(project, contract_test, snapshot, fixed_page):
    """Documents, client, changelog and overlays are as before. The error has the tests' output."""
    contract_test("assert 'this' == 'that'")
    before = snapshot()
    with pytest.raises(ContractError, match=r"(?s)does not fit the new contract.*'this' == 'that'"):
        regenerate(project, fixed_page, SEEN)
    assert snapshot() == before


def test_the_output_does_not_depend_on_the_machine(project, tmp_path):
    """Locale, hash seed, umask, settings of Ruff and files in the folder have no effect."""
    here = tmp_path / "build"
    here.mkdir()
    for name in ("ruff.toml", "build/ruff.toml"):
        (tmp_path / name).write_text("format.quote-style = 'single'\n", "utf-8")
    (here / "jinja2.py").write_text("raise SystemExit('not mine')", "utf-8")
    command = "import sys, os; os.umask(0o077); from pathlib import Path; "
    command += "from wan_ergonomic.contract import check; print(check(Path(sys.argv[1])))"
    noise = {"LC_ALL": "C", "PYTHONHASHSEED": "7", "RUFF_OUTPUT_FORMAT": "json", "TMPDIR": here}
    done = subprocess.run(
        [sys.executable, "-P", "-c", command, str(project)],
        capture_output=True,
        check=False,
        cwd=here,
        env={**os.environ, **noise, "PYTHONPATH": f"{ROOT}{os.pathsep}{here}"},
        text=True,
    )
    assert (done.stdout, done.returncode) == ("[]\n", 0)
