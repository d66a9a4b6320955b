"""Arguments for a client that plays a recording in a test, without waiting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ._sandbox import SkippingClock


def replay_options(folder: Path, name: str, *, check: bool = True) -> dict[str, Any]:
    """Return the arguments of a ``WanClient`` or an ``AsyncWanClient`` that plays a recording.

    Args:
        folder: Where a relative path starts.
        name: The path of the recording.
        check: Whether each recorded response must honor the contract.

    Raises:
        RecordingError: It cannot be read, or a response in it departs from the contract.
    """
    from wan_ergonomic.replay import ReplayTransport

    return {
        "api_key": "replayed",
        # No variable of the environment may name another one. It has no address.
        "base_url": "https://recorded.invalid",
        "transport": ReplayTransport(folder / name, check=check),
        "clock": SkippingClock(),
    }
