"""The settings of a batch."""

from __future__ import annotations

from typing import Any

import pytest

from wan_ergonomic import ConfigurationError
from wan_ergonomic.batch import Settings
from wan_ergonomic.batch.store import settings_from

OWN: dict[str, Any] = {"base_url": "https://api.example", "output": "videos", "names": "{n}"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("concurrency", value) for value in (0, -1, 1.5, True, "8", None)),
        *(("max_videos", value) for value in (-1, 1.5, True, "8")),
        *(("max_usd", value) for value in (-0.1, float("nan"), float("inf"), True, "8", 1e9)),
        *(("per_second", value) for value in (0, 0.0, -1, float("nan"), True, "8")),
    ],
)
def test_values_that_make_no_sense_are_refused(name, value):
    """A pace of nothing would be no pace."""
    with pytest.raises(ConfigurationError, match=f"(The |){name} must be .* Nothing was sent"):
        Settings(**OWN, **{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("concurrency", 1), ("max_videos", 0), ("max_videos", None), ("max_usd", 0)),
        *(("max_usd", 2.5), ("max_usd", None), ("per_second", 0.01), ("per_second", None)),
    ],
)
def test_values_that_make_sense_are_kept(name, value):
    """Through the database's JSON, too."""
    settings = Settings(**OWN, **{name: value})
    assert getattr(settings, name) == value
    assert settings_from(settings.as_json()) == settings


def test_what_a_newer_version_has_added_is_left_out():
    """So that two versions can work on one batch."""
    assert settings_from({**OWN, "new": 1, "lists": []}) == Settings(**OWN)
