"""The audit of what is pinned: a weakness, none, and no answer are three things."""

import json
import sys

import pytest

# As pip-audit 2.10 writes it.
CLEAN = {"name": "idna", "version": "3.20", "vulns": []}
WEAK = {
    "name": "six",
    "version": "1.17.0",
    "vulns": [
        {
            "id": "PYSEC-2026-1",
            "fix_versions": ["1.18.0"],
            "aliases": ["GHSA-aaaa-bbbb-cccc", "CVE-2026-1111"],
            "description": "It is weak.",
        },
        {"id": "PYSEC-2026-2", "fix_versions": [], "aliases": [], "description": ""},
    ],
}
REASON = "Dependency not found on PyPI and could not be audited: attrs (26.1.0)"
SKIPPED = {"name": "attrs", "skip_reason": REASON}


@pytest.fixture
def audit(inside, monkeypatch, capsys, tmp_path):
    """Run the script with an auditor that answers so; return its exit code and its words."""
    script = inside("audit")

    def run(out="", err="", code=0):
        auditor = tmp_path / "auditor.py"
        lines = ["import sys", f"sys.stdout.write({out!r})", f"sys.stderr.write({err!r})"]
        auditor.write_text("\n".join([*lines, f"sys.exit({code})"]), "utf-8")
        monkeypatch.setattr(script, "AUDIT", [sys.executable, str(auditor)])
        return script.main([]), capsys.readouterr().out

    return run


def answers(*dependencies):
    """Return what the auditor writes."""
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_a_weakness_is_named_and_fails(audit):
    """With where it is described, and where it is gone."""
    code, said = audit(answers(CLEAN, WEAK), err="Found 2 known vulnerabilities", code=1)
    assert code == 1
    assert said == (
        "six 1.17.0 has PYSEC-2026-1, CVE-2026-1111, GHSA-aaaa-bbbb-cccc; it is gone from 1.18.0.\n"
        "six 1.17.0 has PYSEC-2026-2; it is gone from no version yet.\n"
        "1 of 2 packages have known weaknesses.\n"
    )


def test_no_weakness_is_none_of_so_many(audit):
    """Each of them was asked about."""
    assert audit(answers(CLEAN, CLEAN)) == (0, "None of 2 packages has a known weakness.\n")


def test_a_package_that_was_not_found_is_not_clean(audit):
    """A mirror knows versions and no weaknesses; the auditor itself ends well then."""
    code, said = audit(answers(CLEAN, SKIPPED, SKIPPED), err="No known vulnerabilities found")
    assert code == 75
    assert said == f"Could not tell: 2 of 3 packages were not audited. {REASON}\n"


def test_a_weakness_counts_whatever_else_was_not_audited(audit):
    """And both are said."""
    code, said = audit(answers(WEAK, SKIPPED), code=1)
    assert code == 1
    assert "1 of 2 packages have known weaknesses.\nCould not tell: 1 of 2 packages" in said


@pytest.mark.parametrize(
    ("out", "err", "says"),
    [
        ("", "Traceback\nConnectionError: no route\n", "ConnectionError: no route"),
        ("", "", "pip-audit said nothing."),
        ("<html>", "", "pip-audit said nothing."),
        ("[]", "", "pip-audit said nothing."),
        ("{}", "", "pip-audit said nothing."),
        (answers(), "", "no package was audited."),
    ],
)
def test_an_auditor_that_fails_tells_nothing(audit, out, err, says):
    """Without a network it ends with a traceback, and the code of a weakness."""
    assert audit(out, err, code=1) == (75, f"Could not tell: {says}\n")


def test_an_auditor_that_does_not_end_tells_nothing(inside):
    """A network may swallow what is sent to it."""
    script = inside("audit")
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    assert script.ask(command, patience=0.1) == ([], "there was no answer within 0.1 s.")


def test_without_its_environment_it_tells_nothing(load, monkeypatch, capsys):
    """Which cannot be made without a network either."""
    script = load("audit")
    monkeypatch.setattr(script._environment, "enter", lambda *_: sys.exit("It could not be made."))
    assert script.main([]) == 75
    assert capsys.readouterr().out == "Could not tell: It could not be made.\n"


def test_it_asks_about_every_pin_and_takes_no_arguments(inside, monkeypatch):
    """All that the project can bring into an environment."""
    script = inside("audit")
    asked: list[list[str]] = []

    def ask(command):
        asked.append(command)
        return [], "no"

    monkeypatch.setattr(script, "ask", ask)
    script.main([])
    assert asked[0][:3] == [sys.executable, "-m", "pip_audit"]
    assert asked[0][-2:] == ["--requirement", script.PINS]
    with pytest.raises(SystemExit, match="takes no arguments"):
        script.main(["--fix"])
