"""What can be wrong with a recording. A client ends its call with such an error at once."""

from __future__ import annotations

from wan_ergonomic._errors import ConfigurationError


class RecordingError(ConfigurationError):
    """A recording cannot be written, read or used; nothing was sent."""


class NotRecordedError(RecordingError):
    """A request has no recorded response; it was not sent."""
