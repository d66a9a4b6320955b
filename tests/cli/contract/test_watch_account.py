"""``wan contract watch --account``: its output in each format, and its exit codes."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.cli.contract.test_watch import FORMATS
from wan_ergonomic._spec import METHODS
from wan_ergonomic.contract.source._account import ACCOUNT, account_operations, read_account

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads(
    (ROOT / "wan_ergonomic/contract/report/findings.schema.json").read_text("utf-8")
)


@pytest.fixture
def publish(tmp_path):
    """A function that publishes our own description, after an edit."""

    def publish(edit=None) -> str:
        document = copy.deepcopy(dict(read_account().data))
        if edit:
            edit(document)
        (tmp_path / "account.json").write_text(json.dumps(document), "utf-8")
        return str(tmp_path / "account.json")

    return publish


def rename_the_balance(document):
    """Break who reads it."""
    properties = document["components"]["schemas"]["AccountBalance"]["properties"]
    properties["current_balance"] = {"type": "string"}


def require_a_team(document):
    """Break every sender."""
    added = {"name": "team", "in": "query", "required": True, "schema": {"type": "string"}}
    document["paths"]["/v2/logs"]["get"]["parameters"].append(added)


def remove_the_balance(document):
    """Publish it elsewhere, or nowhere."""
    del document["paths"]["/v2/billing"]


def remove_a_property(document):
    """Remove what we read if it is there."""
    del document["components"]["schemas"]["LoggedRequest"]["properties"]["origin"]


@pytest.mark.parametrize("output", FORMATS)
def test_no_change_exits_with_0(wan, publish, output):
    """Each format names what was compared; nothing else is read."""
    done = wan("contract", "watch", "--account", publish(), "--format", output)
    assert (done.code, done.err) == (0, "")
    assert b"list_requests" in done.out
    assert b"create" not in done.out


@pytest.mark.parametrize("output", FORMATS)
@pytest.mark.parametrize("edit", [rename_the_balance, require_a_team])
def test_a_breaking_change_exits_with_1(wan, publish, output, edit):
    """It is named."""
    words = ("--format", output, "--fail-on", "breaking")
    done = wan("contract", "watch", "--account", publish(edit), *words)
    assert (done.code, done.err) == (1, "")
    assert b"current_balance" in done.out or b"team" in done.out


@pytest.mark.parametrize("output", FORMATS)
@pytest.mark.parametrize(("fail_on", "code"), [("breaking", 0), ("warning", 1)])
def test_a_property_that_is_gone_is_a_warning(wan, publish, output, fail_on, code):
    """Nothing needs it."""
    words = ("--format", output, "--fail-on", fail_on)
    done = wan("contract", "watch", "--account", publish(remove_a_property), *words)
    assert (done.code, b"origin" in done.out) == (code, True)


@pytest.mark.parametrize("output", FORMATS)
def test_what_is_not_published_exits_with_2(wan, publish, output):
    """No format says that nothing changed."""
    source = publish(remove_the_balance)
    done = wan("contract", "watch", "--account", source, "--format", output)
    assert done.code == 2
    assert done.err.startswith(
        "wan: Could not tell what changed. Not published there: GET /v2/billing. "
    )
    assert b"No change" not in done.out
    assert b"GET /v2/billing" in done.out


def test_a_second_source_can_have_the_rest(wan, publish, tmp_path):
    """All sources are read as one."""
    rest = tmp_path / "rest.yaml"
    rest.write_text((ROOT / ACCOUNT).read_text("utf-8"), "utf-8")
    done = wan("contract", "watch", "--account", publish(remove_the_balance), str(rest))
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("output", FORMATS)
def test_a_source_that_is_gone_exits_with_2(wan, tmp_path, output):
    """As without the option."""
    source = str(tmp_path / "none.md")
    done = wan("contract", "watch", "--account", source, "--format", output)
    assert (done.code, b"none.md" in done.out, b"No change" in done.out) == (2, True, False)
    assert done.err.startswith("wan: The comparison is incomplete. ")


def test_documents_of_another_api_exit_with_2(wan):
    """They document none of the operations."""
    done = wan("contract", "watch", "--account", str(ROOT / "openapi" / "upstream"))
    assert done.code == 2
    assert f"None of the operations in {ACCOUNT} is published there." in done.err


@pytest.mark.parametrize("edit", [rename_the_balance, require_a_team])
def test_an_annotation_is_at_a_line_of_our_description(wan, publish, edit):
    """Of what changed, or of what something was added to."""
    done = wan("contract", "watch", "--account", publish(edit), "--format", "github")
    (line,) = (each for each in done.out.decode().splitlines() if each.startswith("::error"))
    number = int(line.partition("line=")[2].partition(",")[0])
    text = (ROOT / ACCOUNT).read_text("utf-8").splitlines()[number - 1]
    assert line.startswith(f"::error file={ACCOUNT},line=")
    assert "current_balance" in text or edit is require_a_team


@pytest.mark.parametrize(
    "edit", [None, rename_the_balance, require_a_team, remove_the_balance, remove_a_property]
)
def test_the_json_is_valid_for_the_schema_of_a_comparison(wan, publish, edit):
    """Which lists the operations of the account."""
    data = wan("contract", "watch", "--account", publish(edit), "--format", "json").data
    Draft202012Validator(SCHEMA).validate(data)
    assert (data["live"], data["overlays"], data["obstacle"]) == (None, [], None)
    roles = SCHEMA["$defs"]["role"]["enum"]
    assert sorted(roles) == sorted([*METHODS, *account_operations(read_account())])


def test_a_change_can_be_accepted(wan, publish, tmp_path):
    """By the operation's id and the place, as any other."""
    file = tmp_path / "accepted.yaml"
    where = "place: get_balance response/200/current_balance, reason: Known, until: 9999-12-31"
    file.write_text(f"accepted:\n- {{rule: response-property-type-changed, {where}}}\n", "utf-8")
    source = publish(rename_the_balance)
    assert wan("contract", "watch", "--account", source, "--accepted", str(file)).code == 0


@pytest.mark.parametrize(
    "words",
    [("--live",), ("--create", "POST /v1/videos"), ("--poll", "GET /v1/videos/{id}")],
)
def test_what_is_about_other_operations_is_a_usage_error(wan, publish, words):
    """Neither is silently ignored."""
    done = wan("contract", "watch", "--account", publish(), *words)
    assert (done.code, done.out) == (2, b"")
    assert done.err.startswith("wan: --account excludes --live, --create and --poll. ")


def test_a_source_is_needed(wan):
    """No address is known where the account's operations are published."""
    done = wan("contract", "watch", "--account")
    assert (done.code, done.out) == (2, b"")
    assert done.err.startswith("wan: --account needs a SOURCE: ")
