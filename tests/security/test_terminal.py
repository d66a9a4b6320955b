"""Text from others cannot steer a terminal, and cannot hide anything on it."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.actions import response
from wan_ergonomic import Generation, Update, _spec
from wan_ergonomic.cli.session._live import Live

# Clears the screen, in two ways; reverses the writing direction; and erases text.
HOSTILE = "x\x1b[2J\x9b2J\u202ey\x08\x08"


def control_characters(text: str) -> list[str]:
    """Return the control characters of a text."""
    return [c for c in text if c not in "\n\u200b" and not c.isprintable()]


def test_an_id_cannot_steer_the_terminal_from_the_advised_command(wan, server):
    """The command that resumes holds the API's id."""
    server.script("submit", response(201, {"id": HOSTILE, "status": HOSTILE}))
    server.script("poll", response(401))
    output = wan("generate", "A boat", "--base-url", server.url)
    assert "wan wait 'x\\u001b[2J" in output
    assert control_characters(output) == []


def test_a_status_cannot_steer_the_terminal_from_the_live_line():
    """Nor can the message of a poll that failed."""
    live = Live()
    failure = RuntimeError(HOSTILE)
    seen = Generation(id=HOSTILE, status=HOSTILE)
    live.polled(Update(generation=seen, elapsed=1, polls=1, next_poll=5, error=failure))
    drawn = str(live._frame())
    assert drawn.count("x\ufffd[2J") == 2
    assert control_characters(drawn) == []


@pytest.mark.parametrize("form", ["table", "markdown", "github", "json"])
def test_no_report_steers_the_terminal(wan, tmp_path, form):
    """Control characters in names, values and servers are replaced in every format."""
    contract = json.dumps(_spec.contract())
    hostile = json.dumps(HOSTILE)
    marked = re.sub(r'"(seed|watermark|generating)"', lambda _: hostile, contract)
    marked = marked.replace("https://api.", f"https://{hostile[1:-1]}.")
    (tmp_path / "old.json").write_text(contract, "utf-8")
    (tmp_path / "new.json").write_text(marked, "utf-8")
    output = wan("contract", "diff", "old.json", "new.json", "--format", form, "--verbose")
    assert "[2J" in output or "&#91;2J" in output
    assert control_characters(output) == []
