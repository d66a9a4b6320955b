"""Nothing that others wrote steers a terminal, or hides in what is shown there."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.loopback import answer
from wan_ergonomic import Generation, Update, _spec
from wan_ergonomic.cli.generation._live import Live

# Clears the screen, in two ways; turns the direction of writing; and erases what was written.
HOSTILE = "x\x1b[2J\x9b2J\u202ey\x08\x08"


def steering(text: str) -> list[str]:
    """Return the characters of a text that are not to be seen."""
    return [c for c in text if c not in "\n\u200b" and not c.isprintable()]


def test_an_id_cannot_steer_the_terminal_from_the_advised_command(wan, server):
    """The line that says how to go on holds words of the vendor's too."""
    server.script("submit", answer(201, {"id": HOSTILE, "status": HOSTILE}))
    server.script("poll", answer(401))
    said = wan("generate", "A boat", "--base-url", server.url)
    assert "wan wait 'x\\u001b[2J" in said
    assert steering(said) == []


def test_a_status_cannot_steer_the_terminal_from_the_live_line():
    """Nor can what went wrong."""
    live = Live()
    failure = RuntimeError(HOSTILE)
    seen = Generation(id=HOSTILE, status=HOSTILE)
    live.polled(Update(generation=seen, elapsed=1, polls=1, next_poll=5, error=failure))
    drawn = str(live._frame())
    assert drawn.count("x\ufffd[2J") == 2
    assert steering(drawn) == []


@pytest.mark.parametrize("form", ["table", "markdown", "github", "json"])
def test_no_report_steers_the_terminal(wan, tmp_path, form):
    """Whatever a published document calls its properties, values and servers."""
    contract = json.dumps(_spec.contract())
    hostile = json.dumps(HOSTILE)
    marked = re.sub(r'"(seed|watermark|generating)"', lambda _: hostile, contract)
    marked = marked.replace("https://api.", f"https://{hostile[1:-1]}.")
    (tmp_path / "old.json").write_text(contract, "utf-8")
    (tmp_path / "new.json").write_text(marked, "utf-8")
    said = wan("contract", "diff", "old.json", "new.json", "--format", form, "--verbose")
    assert "[2J" in said or "&#91;2J" in said
    assert steering(said) == []
