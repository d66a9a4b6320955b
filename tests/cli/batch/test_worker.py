"""``wan batch worker``: several processes make the videos of one batch."""

from __future__ import annotations

import pytest

from tests.support.options import needs
from tests.support.postgres import postgres
from wan_ergonomic.batch import open_batch

__all__ = ["postgres"]

# The sums below are those of small videos.
pytestmark = needs("resolution")


@pytest.fixture
def database(postgres):
    """A PostgreSQL database of its own."""
    return postgres.new_database()


def test_a_worker_joins_a_batch_that_was_begun_elsewhere(
    wan, listed, server, database, monkeypatch
):
    """By its database alone; it names the command that goes on."""
    monkeypatch.setenv("AIMLAPI_API_KEY", server.key)
    at = ("--database", database, "--base-url", server.url)
    name = listed("A boat", "A fox")
    first = wan("batch", "run", name, "--out", "v", "--sample", "1", *at)
    assert (first.code, first.text) == (0, "v: 1 done, 1 waiting; $0.10")
    with open_batch("v", database=database) as batch:
        batch.change(max_videos=1)
    held = wan("batch", "worker", *at)
    assert (held.code, held.text) == (4, "v: 1 done, 1 held; $0.10")
    assert held.next_words[:4] == ["batch", "run", "--out", "v"]
    assert held.next_words[-2:] == ["--max-videos", "2"]
    with open_batch("v", database=database) as batch:
        batch.change(max_videos=2)
    rest = wan("batch", "worker", "--out", "v", *at)
    assert (rest.code, rest.text) == (0, "v: 2 done; $0.20"), rest.err
    other = wan("batch", "worker", "--database", database, "--base-url", "http://127.0.0.1:9")
    assert (other.code, "can only go on there" in other.err) == (2, True)
    assert wan("batch", "status", "--database", database).text == "v: 2 done; $0.20"
