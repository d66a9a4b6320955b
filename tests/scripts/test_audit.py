"""The audit of the pins tells three results apart: vulnerable, clean, unknown."""

import json
import sys

import pytest

# In the format of pip-audit 2.10.
CLEAN = {"name": "idna", "version": "3.20", "vulns": []}
WEAK = {
    "name": "six",
    "version": "1.17.0",
    "vulns": [
        {
            "id": "PYSEC-2026-1",
            "fix_versions": ["1.18.0"],
            "aliases": ["GHSA-aaaa-bbbb-cccc", "CVE-2026-1111"],
            "description": "A description.",
        },
        {"id": "PYSEC-2026-2", "fix_versions": [], "aliases": [], "description": ""},
    ],
}
REASON = "Dependency not found on PyPI and could not be audited: attrs (26.1.0)"
SKIPPED = {"name": "attrs", "skip_reason": REASON}


@pytest.fixture
def audit(inside, monkeypatch, capsys, tmp_path):
    """A function that runs the script with an auditor that prints this."""
    script = inside("audit")

    def run(out="", err="", code=0):
        auditor = tmp_path / "auditor.py"
        lines = ["import sys", f"sys.stdout.write({out!r})", f"sys.stderr.write({err!r})"]
        auditor.write_text("\n".join([*lines, f"sys.exit({code})"]), "utf-8")
        monkeypatch.setattr(script, "AUDIT", [sys.executable, str(auditor)])
        return script.main([]), capsys.readouterr().out

    return run


def results(*dependencies):
    """Return the auditor's JSON."""
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_a_vulnerability_is_named_and_fails(audit):
    """With its identifiers and the versions that fix it."""
    code, said = audit(results(CLEAN, WEAK), err="Found 2 known vulnerabilities", code=1)
    assert code == 1
    assert said == (
        "six 1.17.0 has PYSEC-2026-1, CVE-2026-1111, GHSA-aaaa-bbbb-cccc; fixed in 1.18.0.\n"
        "six 1.17.0 has PYSEC-2026-2; fixed in no version yet.\n"
        "1 of 2 packages have known vulnerabilities.\n"
    )


def test_without_vulnerabilities_it_counts_the_packages(audit):
    """Each of them was audited."""
    assert audit(results(CLEAN, CLEAN)) == (0, "None of 2 packages has a known vulnerability.\n")


def test_a_package_that_was_not_found_is_not_clean(audit):
    """A mirror may lack the data on vulnerabilities; pip-audit itself then exits with 0."""
    code, said = audit(results(CLEAN, SKIPPED, SKIPPED), err="No known vulnerabilities found")
    assert code == 75
    assert said == f"Could not tell: 2 of 3 packages were not audited. {REASON}\n"


def test_a_vulnerability_fails_even_if_another_package_was_not_audited(audit):
    """And both are reported."""
    code, said = audit(results(WEAK, SKIPPED), code=1)
    assert code == 1
    assert "1 of 2 packages have known vulnerabilities.\nCould not tell: 1 of 2 packages" in said


@pytest.mark.parametrize(
    ("out", "err", "says"),
    [
        ("", "Traceback\nConnectionError: no route\n", "ConnectionError: no route"),
        ("", "", "pip-audit printed nothing."),
        ("<html>", "", "pip-audit printed nothing."),
        ("[]", "", "pip-audit printed nothing."),
        ("{}", "", "pip-audit printed nothing."),
        (results(), "", "no package was audited."),
    ],
)
def test_an_auditor_that_fails_is_unknown(audit, out, err, says):
    """Without a network it prints a traceback and exits with the code of a vulnerability."""
    assert audit(out, err, code=1) == (75, f"Could not tell: {says}\n")


def test_an_auditor_that_does_not_finish_is_unknown(inside):
    """A network may drop packets without an error."""
    script = inside("audit")
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    reason = "pip-audit did not finish within 0.1 s."
    assert script.run_audit(command, timeout=0.1) == ([], reason)


def test_without_its_environment_it_is_unknown(load, monkeypatch, capsys):
    """Building the environment needs a network too."""
    script = load("audit")
    monkeypatch.setattr(script._environment, "enter", lambda *_: sys.exit("No network."))
    assert script.main([]) == 75
    assert capsys.readouterr().out == "Could not tell: No network.\n"


def test_it_audits_every_pin_and_takes_no_arguments(inside, monkeypatch):
    """The pins are all packages that the project can install."""
    script = inside("audit")
    commands: list[list[str]] = []

    def run_audit(command):
        commands.append(command)
        return [], "no"

    monkeypatch.setattr(script, "run_audit", run_audit)
    script.main([])
    assert commands[0][:3] == [sys.executable, "-m", "pip_audit"]
    assert commands[0][-2:] == ["--requirement", str(script.PINS)]
    with pytest.raises(SystemExit, match="takes no arguments"):
        script.main(["--fix"])
