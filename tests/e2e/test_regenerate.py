"""From a source to the documents and the generated client, and the check that they agree."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from tests.support.project import NOT_COMPILED, PAGE, ROOT
from wan_ergonomic.contract import ContractError, Provenance, check, regenerate
from wan_ergonomic.contract.build._generator import generate

SEEN = Provenance("https://docs.example/model.md", "2031-02-03")


@pytest.fixture
def generated(monkeypatch):
    """Generating without the generator, for what does not depend on what it writes."""

    def copy(_document, _configuration, output, **_):
        shutil.copytree(ROOT / "generated_client", output, ignore=NOT_COMPILED)

    monkeypatch.setattr("wan_ergonomic.contract.build._generator.generate", copy)


def test_what_is_vendored_is_what_a_rebuild_gives(root):
    """The drift check of the project itself."""
    assert check(root) == []


def test_the_check_names_every_file_that_differs(project):
    """One byte, one file too many, one too few: each by its own name."""
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


@pytest.mark.usefixtures("generated")
def test_the_check_covers_documents_and_lock(project):
    """Nothing that regenerating writes is left out."""
    openapi = project / "openapi"
    for name in ("client.json", "contract.json"):
        (openapi / name).write_bytes((openapi / name).read_bytes() + b"\n")
    (openapi / "lock.json").unlink()
    (openapi / "upstream" / "other.json").touch()
    assert check(project) == [
        "different: openapi/client.json",
        "different: openapi/contract.json",
        "missing: openapi/lock.json",
        "extra: openapi/upstream/other.json",
    ]


@pytest.mark.usefixtures("generated")
def test_a_published_document_may_not_be_edited(project, snapshot):
    """Corrections are overlays; what was published stays as it was published."""
    file = project / "openapi" / "upstream" / "poll.json"
    file.write_bytes(file.read_bytes() + b" ")
    before = snapshot()
    for rebuild in (check, regenerate):
        with pytest.raises(ContractError, match=r"openapi/upstream/poll\.json is not what was"):
            rebuild(project)
    assert snapshot() == before


def test_a_page_gives_the_same_files_as_what_is_vendored(project, page, tmp_path, snapshot):
    """From nothing but a page and the overlays, everything is made again."""
    before = snapshot()
    (project / "openapi" / "upstream" / "create.json").write_text("{}", "utf-8")
    (project / "generated_client" / "extra.py").touch()
    (tmp_path / "page.md").write_text(page, "utf-8", newline="")
    changed = regenerate(project, str(tmp_path / "page.md"), Provenance(None, "2031-02-03"))
    assert changed == [
        "extra: generated_client/extra.py",
        "missing: openapi/CHANGELOG.md",
        "different: openapi/upstream/create.json",
    ]
    assert snapshot() | before == snapshot()
    assert snapshot().keys() - before.keys() == {"openapi/CHANGELOG.md"}


@pytest.mark.usefixtures("generated")
def test_the_first_time_needs_no_lock(project, snapshot, tmp_path):
    """A lock is written, not required."""
    before = snapshot()
    (project / "openapi" / "lock.json").unlink()
    for path in ("contract.json", "client.json"):
        (project / "openapi" / path).unlink()
    known = json.loads(before["openapi/lock.json"])["published"]["create"]
    source = shutil.copytree(project / "openapi" / "upstream", tmp_path / "source")
    shutil.rmtree(project / "openapi" / "upstream")
    said: list[str] = []
    regenerate(project, str(source), Provenance(known.get("url"), known["retrieved"]), said.append)
    assert said[0].startswith("The vendored documents cannot be read, so nothing was compared: ")
    (project / "openapi" / "CHANGELOG.md").unlink()
    assert snapshot() == before


@pytest.mark.usefixtures("generated")
def test_the_lock_records_where_and_when_new_bytes_were_seen(project, changed_page):
    """The same bytes read again keep the date on which they were first seen."""
    before = json.loads((project / "openapi" / "lock.json").read_text("utf-8"))["published"]
    regenerate(project, changed_page, Provenance(None, "2031-02-03"))
    after = json.loads((project / "openapi" / "lock.json").read_text("utf-8"))["published"]
    assert after["create"] == before["create"]
    assert (after["poll"]["retrieved"], "url" in after["poll"]) == ("2031-02-03", False)


@pytest.mark.usefixtures("generated")
def test_the_lock_records_another_address(project):
    """A document that is published elsewhere now was seen there."""
    regenerate(project, str(project / "openapi" / "upstream"), SEEN)
    published = json.loads((project / "openapi" / "lock.json").read_text("utf-8"))["published"]
    assert {(entry["url"], entry["retrieved"]) for entry in published.values()} == {
        (SEEN.url, SEEN.retrieved)
    }


@pytest.mark.usefixtures("generated")
def test_a_rebuild_that_changes_nothing_touches_nothing(project):
    """Not even the time of a file."""
    file = project / "openapi" / "contract.json"
    os.utime(file, (1, 1))
    assert regenerate(project) == []
    assert file.stat().st_mtime == 1


@pytest.mark.parametrize("content", ["<!doctype html>", "```json\n{", "# Nothing"])
def test_a_source_that_is_refused_leaves_every_file_as_it_was(project, snapshot, tmp_path, content):
    """Nothing is written before everything is built."""
    before = snapshot()
    (tmp_path / "page.md").write_text(content, "utf-8")
    with pytest.raises(ContractError):
        regenerate(project, str(tmp_path / "page.md"), SEEN)
    assert snapshot() == before


def test_a_generator_that_fails_leaves_every_file_as_it_was(project, snapshot, changed_page):
    """Whatever it had written by then is gone."""
    with (project / "openapi" / "generator.yaml").open("a") as configuration:
        configuration.write("  - python -c 'raise SystemExit(3)'\n")
    before = snapshot()
    with pytest.raises(ContractError, match=r"^The generator cannot make a client .*\. It said:\n"):
        regenerate(project, changed_page, SEEN)
    assert snapshot() == before


@pytest.mark.usefixtures("generated")
@pytest.mark.parametrize("failing", range(1, 12))
def test_a_move_that_fails_is_undone_with_all_before_it(
    project, snapshot, changed_page, monkeypatch, failing
):
    """Each takes two moves, the old one aside and the new one in, a new file one: any may fail."""
    before, replace, moves = snapshot(), os.replace, iter(range(1, 100))

    def fail_once(source: str, target: str) -> None:
        if next(moves) == failing:
            raise PermissionError(13, "Permission denied")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail_once)
    with pytest.raises(ContractError, match=r"could not be replaced: .*Permission denied\.$"):
        regenerate(project, changed_page, SEEN)
    assert snapshot() == before


def test_a_dropped_operation_is_found_by_counting(root, tmp_path):
    """A generator that is content with less is not."""
    documents = root / "openapi"
    with pytest.raises(ContractError) as caught:
        generate(documents / "client.json", documents / "generator.yaml", tmp_path / "out", 3)
    assert str(caught.value) == (
        "The document has 3 operations, the generated client 2 "
        "(create_generation, fetch_generation): the generator dropped or split one."
    )


def test_a_lock_that_is_not_json_is_an_error(project):
    """It is not silently replaced."""
    (project / "openapi" / "lock.json").write_text("{", "utf-8")
    with pytest.raises(ContractError, match=r"openapi/lock\.json is not JSON: "):
        regenerate(project)


@pytest.fixture
def fixed_page(published, tmp_path):
    """The path of a page whose document for creating says itself what two overlays say."""
    create = json.loads(published["create"])
    (operation,) = (item["post"] for item in create["paths"].values())
    operation["responses"]["200"]["description"] = "The generation"
    operation["security"] = [{"access-token": []}]
    path = tmp_path / "fixed.md"
    path.write_bytes(PAGE.format(**published | {"create": json.dumps(create) + "\n"}).encode())
    return str(path)


@pytest.fixture
def defective_page(published, tmp_path):
    """The path of a page whose seed has a default of another type."""
    create = json.loads(published["create"])
    (operation,) = (item["post"] for item in create["paths"].values())
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    body["properties"]["seed"] = {"type": "integer", "default": "7"}
    path = tmp_path / "defective.md"
    path.write_bytes(PAGE.format(**published | {"create": json.dumps(create) + "\n"}).encode())
    return str(path)


def test_a_dry_run_says_what_changed_and_changes_nothing(project, snapshot, fixed_page):
    """Before anything is built, and without a generator."""
    before = snapshot()
    said: list[str] = []
    assert regenerate(project, fixed_page, SEEN, said.append, dry_run=True) == []
    assert said[0].startswith("Breaking for senders: ")
    assert len(said) > 1
    assert snapshot() == before
    assert regenerate(project, dry_run=True) == []


@pytest.mark.usefixtures("generated")
def test_an_overlay_action_that_has_had_its_day_is_taken_out(project, fixed_page):
    """It is said with its reason, and a file that has no other action goes with it."""
    said: list[str] = []
    changed = regenerate(project, fixed_page, SEEN, said.append)
    overlays = project / "openapi" / "overlays"
    assert {line for line in changed if "overlays" in line} == {
        "extra: openapi/overlays/10-fix-responses.yaml",
        "extra: openapi/overlays/20-fix-security.yaml",
    }
    assert not (overlays / "10-fix-responses.yaml").exists()
    assert any("no longer applies. The action's reason: OpenAPI requires" in line for line in said)
    assert check(project) == []


@pytest.mark.usefixtures("generated")
def test_an_overlay_keeps_its_other_actions(project, fixed_page):
    """Byte for byte."""
    file = project / "openapi" / "overlays" / "10-fix-responses.yaml"
    other = "  - target: $.info\n    description: d # why\n    update: {x-seen: true}\n"
    text = file.read_text("utf-8")
    file.write_text(text + other, "utf-8")
    regenerate(project, fixed_page, SEEN)
    assert file.read_text("utf-8") == text[: text.index("  - target")] + other


@pytest.mark.usefixtures("generated")
def test_what_general_rules_put_right_is_said_and_recorded(project, defective_page):
    """A rebuild makes the same of it."""
    said: list[str] = []
    regenerate(project, defective_page, SEEN, said.append)
    lock = json.loads((project / "openapi" / "lock.json").read_text("utf-8"))
    (recorded,) = lock["corrected"]
    assert recorded.endswith("/properties/seed: The default is 7 now; it was '7'.")
    assert recorded in said
    assert check(project) == []


@pytest.mark.usefixtures("generated")
def test_a_source_that_is_vendored_already_changes_nothing(project, snapshot):
    """Not even the changelog, and no test has to run."""
    before = snapshot()
    said: list[str] = []
    upstream = str(project / "openapi" / "upstream")
    assert regenerate(project, upstream, Provenance(None, "2031-02-03"), said.append) == []
    assert (said, snapshot()) == (["No change."], before)


@pytest.mark.usefixtures("generated")
@pytest.mark.parametrize("date", ["2031-02-03", None])
def test_the_changelog_gets_an_entry(project, changed_page, date):
    """With the day on which it was read."""
    regenerate(project, changed_page, Provenance(None, date) if date else None)
    text = (project / "openapi" / "CHANGELOG.md").read_text("utf-8")
    assert "No change of meaning." in text
    assert f"## {date or datetime.now(UTC).date().isoformat()}\n" in text


@pytest.mark.usefixtures("generated")
def test_the_lines_to_review_are_named(project, defective_page):
    """File, line and name, so that a click leads there."""
    said: list[str] = []
    regenerate(project, defective_page, SEEN, said.append)
    there = said[said.index("Lines to review:") + 1 :]
    assert any(re.fullmatch(r"  wan_ergonomic/_prompts\.py:\d+: .*\.seed", line) for line in there)


@pytest.fixture
def contract_test(project):
    """A function that gives the copy of the project one contract test, with this line in it."""

    def write(line: str) -> None:
        (project / "tests" / "core").mkdir(parents=True)
        text = f"def test_it():\n    {line}\n"
        (project / "tests" / "core" / "test_contract_fit.py").write_text(text, "utf-8")

    return write


@pytest.mark.usefixtures("generated")
def test_the_contract_tests_see_what_was_made(project, contract_test, changed_page):
    """They run when everything is in its place, on that."""
    contract_test("assert 'reworded' in open('openapi/upstream/poll.json').read()")
    said: list[str] = []
    assert regenerate(project, changed_page, SEEN, said.append)
    assert any(line.startswith("The wrapper fits: 1 passed in ") for line in said)


@pytest.mark.usefixtures("generated")
def test_a_wrapper_that_no_longer_fits_leaves_every_file_as_it_was(
    project, contract_test, snapshot, fixed_page
):
    """The documents, the client, the changelog and the overlays; and the reason is passed on."""
    contract_test("assert 'this' == 'that'")
    before = snapshot()
    with pytest.raises(ContractError, match=r"(?s)does not fit the new contract.*'this' == 'that'"):
        regenerate(project, fixed_page, SEEN)
    assert snapshot() == before


def test_no_machine_changes_the_output(project, tmp_path):
    """Neither its settings, nor the folder, nor what lies around there has a say."""
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
