"""The tables of the documentation match the code."""

from __future__ import annotations

import re
from pathlib import Path

import wan_ergonomic
from tests.support.first_contract import OPTIONS as FIRST
from tests.support.options import OF_COMMANDS
from wan_ergonomic._api_key import KEY_VARIABLES, URL_KEY_VARIABLE, URL_VARIABLE
from wan_ergonomic._limits import SIZES
from wan_ergonomic._prompts import PRESETS
from wan_ergonomic._settings import CONFIG_VARIABLE
from wan_ergonomic._spec import request_schema
from wan_ergonomic.cli._exits import CONTRACT_MEANINGS, MEANINGS
from wan_ergonomic.contract.diff._rules import RULES, SUBJECTS
from wan_ergonomic.ledger import LEDGER_VARIABLE

from .examples import PAGES, ROOT

PACKAGE = Path(wan_ergonomic.__file__).parent


def table(page: str, first_heading: str) -> dict[str, list[str]]:
    """Return the rows of the table whose first column has this heading, by their first cell."""
    text = (PAGES / page).read_text("utf-8")
    lines = (
        text[text.index(f"\n| {first_heading}".rstrip() + " |") + 1 :]
        .split("\n\n")[0]
        .splitlines()[2:]
    )
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first: rest for first, *rest in cells}


def test_the_options_table_is_the_contracts():
    """Each option of ``wan`` is in it; its values and default are in the contract.

    Or in the first contract: the vendor may have changed them since the table was written.
    """
    rows = table("guide/prompts.md", "option")
    options = {name.strip("`"): cells for name, cells in rows.items()}
    assert set(options) == {*OF_COMMANDS}
    for name, (values, default) in options.items():
        known = [each[name] for each in (request_schema()["properties"], FIRST) if name in each]
        allowed = {value for each in known for value in each.get("enum", [True, False])}
        named = set(re.findall(r"`([^`]+)`", values))
        assert named <= {*map(str, allowed)}
        assert named or "enum" not in known[0]
        defaults = [f"`{each['default']}`" for each in known if "default" in each]
        assert default in defaults or not defaults


def test_the_errors_table_names_errors():
    """Each one that is raised is in it, and each in it is public; the others are bases."""
    named = set(re.findall(r"`(\w+Error)`", "\n".join(table("guide/errors.md", "error"))))
    public = {name for name in wan_ergonomic.__all__ if name.endswith("Error")}
    bases = {"WanError", "ApiError", "GenerationError"}
    # Each is a kind of one that is named.
    kinds = {"MissingKeyError", "IncompleteDownloadError", "LinkExpiredError"}
    assert named == public - bases - kinds


def test_the_exit_codes_are_the_commands():
    """Each with the meaning that `wan --help` gives it."""
    expected = {str(code.value): [meaning] for code, meaning in MEANINGS.items()}
    assert table("reference/exit-codes.md", "exit code") == expected
    page = (PAGES / "reference" / "exit-codes.md").read_text("utf-8")
    # The second table of the page is of documents.
    rows = re.findall(r"^\| (\d) \| (.*) \|$", page, re.MULTILINE)[-len(CONTRACT_MEANINGS) :]
    assert rows == [(str(int(code)), meaning) for code, meaning in CONTRACT_MEANINGS.items()]


def test_the_rules_are_all_named():
    """Each with its severity; those of schemas once for all places of a schema."""
    page = "reference/rules.md"
    changes = {name.strip("`"): both for name, both in table(page, "change").items()}
    of_schemas = {
        f"{subject}-{change}": both[subject.startswith("response")]
        for subject in SUBJECTS
        for change, both in changes.items()
        # Only properties are required.
        if subject.endswith("property") or change not in {"became-optional", "became-required"}
    }
    others = {name.strip("`"): severity for name, (severity,) in table(page, "rule").items()}
    assert not of_schemas.keys() & others.keys()
    assert of_schemas | others == RULES


def test_the_sizes_are_the_models():
    """Those that are not made have a dash."""
    text = (PAGES / "guide" / "prompts.md").read_text("utf-8")
    ratios = re.findall(r"\d+:\d+", text[text.index("| | 16:9 |") :].splitlines()[0])
    found = {
        (resolution.strip("`"), ratio): tuple(map(int, re.findall(r"\d+", cell)))
        for resolution, cells in table("guide/prompts.md", "").items()
        for ratio, cell in zip(ratios, cells, strict=True)
        if cell[0].isdecimal()
    }
    assert found == SIZES


def test_the_presets_are_all_named():
    """Nobody uses a preset that is not documented."""
    page = (PAGES / "guide" / "prompts.md").read_text("utf-8")
    sentence = page[page.index("Built-in presets") :].split("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", sentence)) == set(PRESETS)


def test_every_environment_variable_is_documented():
    """Those that are named by a constant, and those that a source names where it reads them."""
    rows = table("reference/configuration.md", "variable")
    documented = set(re.findall(r"\b[A-Z][A-Z_]{3,}\b", str(rows)))
    named = {*KEY_VARIABLES, URL_VARIABLE, URL_KEY_VARIABLE, CONFIG_VARIABLE, LEDGER_VARIABLE}
    assert named <= documented
    read = re.compile(r"os\.environ(?:\.get\(|\[)\"(\w+)\"")
    sources = (path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    found = {name for source in sources for name in read.findall(source)}
    # By these a shell asks what to offer.
    found -= {"COMP_WORDS", "COMP_CWORD"}
    assert len(found) >= 4
    # Never used as a key: the error about a missing one mentions it.
    assert found - documented == {"OPENAI_API_KEY"}


def test_both_first_commands_are_on_the_first_screen():
    """Someone who has just arrived sees how to try it and how to test it."""
    first_screen = "\n".join((ROOT / "README.md").read_text("utf-8").splitlines()[:25])
    assert "$ python3 scripts/demo.py" in first_screen
    assert "$ python3 scripts/test.py" in first_screen
