"""One paid run as an offline fixture: recorded once, scrubbed, and replayed without the network.

``RecordingTransport`` and ``AsyncRecordingTransport`` write a JSON file that a person can read, and
that ``wan contract verify`` can check; ``ReplayTransport`` plays it for either client. To check
what it plays against the contract, it needs the ``contract`` extra.
"""

from ._errors import NotRecordedError, RecordingError
from ._record import AsyncRecordingTransport, RecordingTransport
from ._replay import ReplayTransport

__all__ = [
    "AsyncRecordingTransport",
    "NotRecordedError",
    "RecordingError",
    "RecordingTransport",
    "ReplayTransport",
]
