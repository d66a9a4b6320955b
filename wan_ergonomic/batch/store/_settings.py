"""What a batch is: the settings that all its workers share, kept in its database."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from wan_ergonomic._errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a batch is run.

    Attributes:
        base_url: The API; by default that of ``WAN_BASE_URL``, or the vendor's.
        output: The folder, or the address, that the videos go to; by default the one that the
            batch is opened with.
        names: The template of the files' names; by default ``DEFAULT_NAMES``.
        concurrency: The most videos in the making at once, over all workers.
        per_second: The most requests to the API a second, over all workers; None is no limit.
        max_usd: The most that it may cost, in US dollars; None is no limit.
        max_videos: The most videos that may be made; None is no limit.
        metadata: Whether a video says of itself how it was made.
        stop_on_bad: Whether a bad video holds the other rows of its prompt.
    """

    base_url: str = ""
    output: str = ""
    names: str = ""
    concurrency: int = 8
    per_second: float | None = None
    max_usd: float | None = None
    max_videos: int | None = None
    metadata: bool = True
    stop_on_bad: bool = False

    def __post_init__(self) -> None:
        if not _is_whole(self.concurrency) or self.concurrency < 1:
            raise _invalid("The concurrency", "a whole number from 1 on", self.concurrency)
        if self.max_videos is not None and not _is_whole(self.max_videos):
            raise _invalid("max_videos", "a whole number from 0 on", self.max_videos)
        if self.max_usd is not None and not _is_number(self.max_usd):
            raise _invalid("max_usd", "a number of US dollars from 0 on", self.max_usd)
        if self.per_second is not None and not (_is_number(self.per_second) and self.per_second):
            raise _invalid("per_second", "a number above 0", self.per_second)

    def as_json(self) -> dict[str, Any]:
        """Return the settings as JSON."""
        return asdict(self)


def settings_from(about: dict[str, Any]) -> Settings:
    """Return settings from JSON; what a newer version has added is left out."""
    known = {each.name for each in fields(Settings)}
    return Settings(**{name: value for name, value in about.items() if name in known})


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and _is_number(value)


def _is_number(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 <= value < 1e9  # type: ignore[operator]


def _invalid(name: str, wanted: str, value: object) -> ConfigurationError:
    return ConfigurationError(
        f"{name} must be {wanted}, not {value!r:.60}. Nothing was sent or spent."
    )
