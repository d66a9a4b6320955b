"""``wan contract diff``: its output in four formats, and its exit codes."""

from __future__ import annotations

import copy
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.main import get_command

import wan_ergonomic.contract.report
from tests.cli.conftest import plain
from tests.cli.test_start import _LIST_MODULES, HEAVY
from tests.docs.examples import PAGES
from tests.support.first_contract import PATHS, first_contract
from tests.support.options import needs
from wan_ergonomic.cli._app import app
from wan_ergonomic.cli._exits import CONTRACT_MEANINGS

GROUP: Any = get_command(app)
COMMANDS = ["diff", "watch", "verify"]
SCHEMA = Path(wan_ergonomic.contract.report.__file__).parent / "findings.schema.json"


def edited(severity: str) -> dict[str, Any]:
    """Return the contract with a change of this severity, or without one."""
    document = copy.deepcopy(first_contract())
    post = document["paths"]["/v2/video/generations"]["post"]
    request = post["requestBody"]["content"]["application/json"]["schema"]["properties"]
    response = post["responses"]["200"]["content"]["application/json"]["schema"]["properties"]
    if severity == "breaking":
        request["resolution"]["enum"].remove("480P")
    if severity == "warning":
        response["status"]["enum"].append("paused")
    if severity == "info":
        request["camera"] = {"type": "string"}
    if severity == "docs":
        request["seed"] = {**request["seed"], "description": "Chance."}
    return document


@pytest.fixture
def sources(tmp_path):
    """A file for each severity of change, and one without a change."""
    for severity in ("none", "docs", "info", "warning", "breaking"):
        text = json.dumps(edited(severity), indent=2)
        (tmp_path / f"{severity}.json").write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def diff(wan, sources):
    """A function that compares the first contract with a changed one."""
    assert sources

    def call(new: str, *words: str) -> Any:
        return wan("contract", "diff", "none.json", new, *words)

    return call


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_has_an_example_and_the_exit_codes(wan, command):
    """And each parameter, within 80 columns."""
    text = wan("contract", command, "--help").out.decode()
    assert text.count(f"  wan contract {command} ") == 1
    assert all(f"  {code}  {meaning}\n" in text for code, meaning in CONTRACT_MEANINGS.items())
    assert max(map(len, text.splitlines())) <= 80
    for parameter in GROUP.commands["contract"].commands[command].params:
        assert parameter.help, parameter.name
        assert any(word in text for word in (*parameter.opts, parameter.metavar) if word)


def test_the_help_of_the_group_lists_the_commands_and_the_exit_codes(wan):
    """These exit codes differ from those of the other commands."""
    text = wan("contract", "--help").out.decode()
    assert list(GROUP.commands["contract"].commands) == COMMANDS
    assert all(f"\n  {command}  " in text for command in COMMANDS)
    assert all(f"  {code}  {meaning}\n" in text for code, meaning in CONTRACT_MEANINGS.items())
    assert "  contract  " in wan("--help").out.decode()


def test_without_a_command_there_is_help(wan):
    """As for the program itself."""
    assert wan("contract") == wan("contract", "--help") == wan("help", "contract")


@pytest.mark.parametrize(
    ("new", "codes"),
    [
        ("none", [0, 0, 0]),
        ("docs", [0, 0, 0]),
        ("info", [0, 0, 1]),
        ("warning", [0, 1, 1]),
        ("breaking", [1, 1, 1]),
    ],
)
@pytest.mark.parametrize("output", ["table", "markdown", "json", "github"])
def test_the_exit_code_depends_on_the_threshold_and_not_on_the_format(diff, new, codes, output):
    """Reworded descriptions are never drift."""
    wanted = ("breaking", "warning", "info")
    words = [(f"{new}.json", "--fail-on", threshold, "--format", output) for threshold in wanted]
    assert [diff(*each).code for each in words] == codes
    assert diff(f"{new}.json").code == codes[-1]


@pytest.mark.parametrize("new", ["none", "docs", "info", "warning", "breaking"])
def test_the_json_is_valid_for_its_schema(diff, new):
    """One object on standard output, and nothing on standard error."""
    ended = diff(f"{new}.json", "--format", "json")
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(ended.data)
    assert (ended.data["verdict"], ended.err) == (new, "")
    assert len(ended.data["findings"]) == (new != "none")


@pytest.mark.parametrize(
    ("content", "verdict"), [(None, "gone"), ("<html>", "unclear"), ("{}", "unclear")]
)
def test_an_unreadable_source_is_reported_in_json(diff, content, verdict):
    """With the verdict gone or unclear, and the reason."""
    if content is not None:
        Path("new.json").write_text(content, "utf-8")
    ended = diff("new.json", "--format", "json")
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(ended.data)
    assert (ended.code, ended.data["verdict"]) == (2, verdict)
    assert ended.data["reason"] in ended.err
    assert ended.err.startswith("wan: The sources could not be compared. ")


def test_an_unreadable_source_is_an_annotation(diff):
    """A table and Markdown leave standard output empty."""
    ended = diff("nowhere.json", "--format", "github")
    assert ended.out.startswith(b"::error title=The contract could not be compared::")
    for output in ("table", "markdown"):
        ended = diff("nowhere.json", "--format", output)
        assert (ended.code, ended.out) == (2, b"")


def test_two_sources_without_an_operation_in_common_cannot_be_compared(diff):
    """They document different APIs."""
    other = {"openapi": "3.0.0", "info": {}, "paths": {"/a": {"put": {"responses": {}}}}}
    Path("new.json").write_text(json.dumps(other), "utf-8")
    assert diff("new.json").code == 2


@pytest.mark.parametrize(
    "words", [[], ["--format", "xml"], ["--fail-on", "docs"], ["--fail-on", "never"], ["a", "b"]]
)
def test_invalid_usage_exits_with_2(wan, sources, words):
    """The message names the help."""
    assert sources
    ended = wan("contract", "diff", "none.json", *words, *(["none.json"] if words else []))
    assert (ended.code, ended.out) == (2, b"")
    assert "See wan contract diff --help." in ended.err


def test_what_could_not_be_read_exits_with_2(wan):
    """Whatever the threshold; every format has the reason, and the findings so far."""
    document = edited("none")
    post = document["paths"]["/v2/video/generations"]["post"]
    schema = post["responses"]["200"]["content"]["application/json"]["schema"]
    schema["properties"]["video"] = {"$ref": "video.json"}
    Path("old.json").write_text(json.dumps(document), "utf-8")
    schema["properties"]["status"]["enum"].append("paused")
    Path("new.json").write_text(json.dumps(document), "utf-8")
    for output in ("table", "markdown", "json", "github"):
        words = ("--format", output, "--fail-on", "breaking")
        ended = wan("contract", "diff", "old.json", "new.json", *words)
        assert (ended.code, b"paused" in ended.out) == (2, True)
        assert ended.err.startswith("wan: Could not tell what changed. create: 'video.json' could")
        assert b"video.json" in ended.out
        assert b"No change" not in ended.out
    data = wan("contract", "diff", "old.json", "new.json", "--format", "json").data
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(data)
    assert (data["verdict"], bool(data["findings"])) == ("unclear", True)


def test_operations_may_be_named(diff):
    """A name that is wrong is an error."""
    words = ("--create", "POST /v2/video/generations")
    data = diff("breaking.json", *words, "--format", "json").data
    create, poll = (pair["new"]["found_by"] for pair in data["compared"])
    assert (create, poll != "named") == ("named", True)
    assert "POST /b is not documented." in diff("breaking.json", "--create", "POST /b").err
    assert 'Write a method and a path: --poll "GET' in diff("breaking.json", "--poll", "/b").err


ACCEPTED = """\
accepted:
  - rule: request-property-enum-value-removed
    place: create request/resolution
    reason: We only send 1080P.
    until: 9999-12-31
severities:
  response-property-enum-value-added: info
"""


def test_accepted_findings_do_not_fail(diff):
    """Those in contract/accepted.yaml, or in the given file; the report says so."""
    Path("contract").mkdir()
    Path("contract/accepted.yaml").write_text(ACCEPTED, "utf-8")
    ended = diff("breaking.json")
    assert (ended.code, ended.err) == (0, "")
    assert b"\nNo change but what is accepted (1).\n" in ended.out
    assert b"\nAccepted until 9999-12-31: request-property-enum-value-removed at " in ended.out
    assert diff("warning.json", "--fail-on", "warning").code == 0
    Path("other.yaml").write_text("{}", "utf-8")
    assert diff("breaking.json", "--accepted", "other.yaml").code == 1


@pytest.mark.parametrize("severity", ["none", "breaking"])
@pytest.mark.parametrize("until", ["9999-12-31", "2020-01-31"])
def test_the_json_with_accepted_findings_is_valid_for_its_schema(diff, severity, until):
    """Whether they are accepted, no longer accepted, or do not occur."""
    Path("it.yaml").write_text(ACCEPTED.replace("9999-12-31", until), "utf-8")
    data = diff(f"{severity}.json", "--accepted", "it.yaml", "--format", "json").data
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(data)
    has_ended, occurs = until < "2021", severity == "breaking"
    lists = [len(data["accepted"][name]) for name in ("accepted", "expired", "unneeded")]
    assert lists == [occurs and not has_ended, occurs and has_ended, not occurs]


def test_a_wrong_file_of_accepted_findings_exits_with_2(diff):
    """The message has the line."""
    Path("it.yaml").write_text("severities:\n  a-rule: info\n", "utf-8")
    ended = diff("none.json", "--accepted", "it.yaml")
    assert ended.code == 2
    assert "it.yaml, line 2: there is no rule 'a-rule'." in ended.err


def test_annotations_are_in_the_old_document(wan, diff, sources):
    """The file is named by the path of the argument; in a folder, too."""
    text = diff("breaking.json", "--format", "github").out.decode()
    line = int(re.findall(r"::error file=none\.json,line=(\d+),", text)[0])
    assert "480P" in (sources / "none.json").read_text("utf-8").splitlines()[line - 1]
    (sources / "old").mkdir()
    (sources / "none.json").rename(sources / "old" / "all.json")
    text = wan("contract", "diff", "old", "breaking.json", "--format", "github").out.decode()
    assert "::error file=old/all.json,line=" in text


@pytest.mark.parametrize("output", ["table", "markdown", "github"])
def test_a_report_begins_with_what_was_compared(diff, output):
    """The two operations, then what was not compared."""
    lines = diff("breaking.json", "--format", output).out.decode().splitlines()
    begins = ("create: ", "poll: ", "Not compared: nothing.")
    assert all(map(str.startswith, (line.removeprefix("- ") for line in lines), begins))
    create, poll = (line.replace("`", "").split() for line in lines[:2])
    path = next(iter(first_contract()["paths"]))
    assert path in {create[create.index("POST") + 1], poll[poll.index("GET") + 1]}


def test_markdown_has_the_headline_before_the_table(diff):
    """With the proposed step of the version."""
    text = diff("breaking.json", "--format", "markdown").out.decode()
    headline = "**Breaking for senders: 1 breaking.** Proposed version step: major"
    assert f"\n\n{headline} (minor before 1.0).\n\n| severity |" in text


def test_in_a_pipe_each_finding_is_one_plain_line(diff):
    """For grep, below the headline."""
    ended = diff("breaking.json")
    *_, headline, step, line = ended.out.decode().splitlines()
    assert headline == "Breaking for senders: 1 breaking."
    assert step == "Proposed version step: major (minor before 1.0)."
    assert line == (
        "breaking  create  request property 'resolution' no longer has the enum value \"480P\"  "
        "breaks the sender  touches PromptDefaults.resolution, Options.resolution, "
        "PromptOptions.resolution, PRESETS, SIZES, _MISSING_SIZES"
    )
    assert diff("docs.json").out.decode().splitlines()[-2:] == [
        "Nothing breaks: only descriptions changed (1).",
        "Proposed version step: patch.",
    ]


def test_verbose_adds_rules_pointers_and_reworded_descriptions(diff):
    """Each on its own line."""
    lines = diff("breaking.json", "--verbose").out.decode().splitlines()
    assert [line.strip() for line in lines[-2:]] == [
        "request-property-enum-value-removed",
        "old none.json#/paths/~1v2~1video~1generations/post/requestBody/content/"
        "application~1json/schema/properties/resolution/enum/0",
    ]
    assert "docs " in diff("docs.json", "-v").out.decode()


def test_a_missing_extra_is_named(diff, monkeypatch):
    """With the command to install it. A missing module of our own is a defect, and raises."""
    Path("new.yaml").write_text("openapi: 3.0.0\n", "utf-8")
    monkeypatch.setitem(sys.modules, "yaml", None)
    ended = diff("new.yaml")
    assert (ended.code, ended.err) == (
        2,
        "wan: This command needs more than is installed. Nothing was sent or spent. "
        "Install it with: pip install 'wan-ergonomic[contract]'\n",
    )
    monkeypatch.setitem(sys.modules, "wan_ergonomic.contract.changes._compare", None)
    with pytest.raises(ModuleNotFoundError):
        diff("breaking.json")


@pytest.mark.usefixtures("sources")
@pytest.mark.parametrize("new", ["none.json", "breaking.json"])
def test_nothing_heavy_is_imported_to_compare(python, new):
    """It takes less than half a second, and draws no table in a pipe."""
    _, modules = json.loads(python(_LIST_MODULES, "contract", "diff", "none.json", new).err)
    unneeded = [*HEAVY, "yaml", "jsonpath", "openapi_spec_validator", "rich.console"]
    assert [name for name in unneeded if name in modules] == []


def test_a_terminal_shows_a_table_within_its_width(on_terminal, sources):
    """Below what was compared: the headline, then one row for each finding."""
    assert sources
    code, drawn = on_terminal("contract", "diff", "none.json", "breaking.json")
    lines = [line.rstrip() for line in plain(drawn).splitlines()]
    assert code == 1
    assert max(map(len, lines)) <= 80
    assert lines[-7:] == [
        "Breaking for senders: 1 breaking.",
        "Proposed version step: major (minor before 1.0).",
        "",
        "severity  call    what changed                                          breaks",
        "breaking  create  request property 'resolution' no longer has the enum  sender",
        '                  value "480P"',
        "                  touches PromptDefaults.resolution and 5 more",
    ]
    assert "\x1b[1;31m" in drawn


@pytest.mark.usefixtures("sources")
def test_no_color_is_respected(on_terminal, monkeypatch):
    """The severity is a word, too."""
    monkeypatch.setenv("NO_COLOR", "1")
    code, drawn = on_terminal("contract", "diff", "none.json", "warning.json")
    assert (code, re.findall(r"\x1b\[[0-9;]*3[0-7]m", drawn)) == (1, [])
    assert "May break parsers: 1 warning." in drawn


@needs("resolution")
def test_the_report_in_the_documentation_is_the_commands(wan, tmp_path):
    """Of two documents that differ as its example says, but for where today's operations are."""
    page = (PAGES / "guide" / "tracking.md").read_text("utf-8")
    (example,) = re.findall(r"^\$ wan contract diff old.*?^```", page, re.DOTALL | re.MULTILINE)
    new = edited("breaking")
    post = new["paths"][PATHS["create"]]["post"]
    request = post["requestBody"]["content"]["application/json"]["schema"]["properties"]
    request["duration"] = {"type": "integer", "enum": [5, 10], "default": 5}
    for name, document in {"old": first_contract(), "new": new}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(document), "utf-8")
    printed = wan("contract", "diff", "old.json", "new.json").out.decode()
    assert [*filter(None, printed.splitlines()[2:])] == example.splitlines()[3:-1]
