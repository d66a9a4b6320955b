"""The site is built without a warning, and a browser shows it without requesting anything else."""

from __future__ import annotations

import html
import importlib.util
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.browser import chromium
from tests.support.scripts import SCRIPTS
from wan_ergonomic import WanClient

PLACES = ["index", "guide/money", "reference/command-line", "reference/api/client"]
_BUILD = """
import sys
from pathlib import Path
sys.path.insert(0, "scripts")
import docs
folder = Path(sys.argv[1])
docs.write_sources(folder)
sys.exit(docs.build(folder))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site, built from the sources of today; a warning fails it."""
    if importlib.util.find_spec("zensical") is None:
        pytest.skip("the extra `docs` is not installed")
    folder: Path = tmp_path_factory.mktemp("site") / "docs"
    command = [sys.executable, "-c", _BUILD, str(folder)]
    done = subprocess.run(
        command, cwd=SCRIPTS.parent, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


def test_every_page_is_there_with_what_is_written_from_the_code(site):
    """Commands, and docstrings."""
    commands = (site / "reference" / "command-line.html").read_text("utf-8")
    assert "wan batch run" in commands
    clients = (site / "reference" / "api" / "client.html").read_text("utf-8")
    assert html.escape(str(inspect.getdoc(WanClient.wait)).split("\n")[0]) in clients


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", PLACES)
def test_a_page_is_shown_without_errors_and_requests_nothing_else(site, place, scheme):
    """On a narrow screen, nothing has to be scrolled sideways but blocks and tables."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 360, "height": 800}, color_scheme=scheme)
        requests: list[str] = []
        problems: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto((site / f"{place}.html").as_uri())
        page.locator("h1").wait_for()
        foreign = [url for url in requests if not url.startswith(("file:", "data:", "blob:"))]
        assert (foreign, problems) == ([], [])
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
