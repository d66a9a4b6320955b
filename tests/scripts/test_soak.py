"""The script of the soak: its output and its arguments. The soak itself is in tests/soak."""

from __future__ import annotations

import pytest

from tests.soak import lap
from tests.soak.figures import PROMISES


def test_the_script_prints_its_figures(inside, monkeypatch, capsys):
    """With every promise; progress goes to standard error."""
    monkeypatch.setattr(lap, "TELL_EVERY", 4)
    assert inside("soak").main(["--generations", "8", "--at-once", "4", "--faults", "0.2"]) == 0
    said = capsys.readouterr()
    assert "POSTs received                8\ngenerations asked for         8\n" in said.out
    assert [f"kept    {promise}" for promise in PROMISES] == said.out.splitlines()[-len(PROMISES) :]
    assert said.err == "4 generations have ended\n8 generations have ended\n"


@pytest.mark.parametrize(
    "arguments", [["--generations", "0"], ["--at-once", "-1"], ["--faults", "2"]]
)
def test_the_script_refuses_impossible_numbers(inside, capsys, arguments):
    """With the usage, before it starts anything."""
    with pytest.raises(SystemExit, match="2"):
        inside("soak").main(arguments)
    assert "invalid" in capsys.readouterr().err
