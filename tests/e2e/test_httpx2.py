"""The promises of SECURITY.md hold for a program that puts httpx2 in the place of httpx."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLUGIN = """
import httpx2
httpx2.alias_httpx()

def pytest_report_header():
    import httpx
    return f"httpx is {httpx.__name__}"
"""
SECONDS = 300.0


def test_the_tests_of_connections_pass_with_httpx2(tmp_path):
    """Those of the key, the addresses, the deadlines, the limits, and of what is paid once."""
    pytest.importorskip("httpx2")
    (tmp_path / "with_httpx2.py").write_text(PLUGIN, "utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "with_httpx2",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
    ]
    environ = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    ran = subprocess.run(
        [
            *command,
            "tests/http",
            "tests/client/test_paid_once.py",
            "--ignore=tests/http/test_httpx2.py",
        ],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert "httpx is httpx2" in ran.stdout
    assert (ran.returncode, re.search(r"\d{3} passed", ran.stdout) is not None) == (0, True), (
        ran.stdout[-3000:] + ran.stderr
    )
