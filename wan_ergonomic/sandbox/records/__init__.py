"""What the sandbox received, and what it sent back: the requests with their responses.

A record never holds a key: the value of an Authorization header is replaced by "right key" or
"wrong key", and the sandbox's own key is masked in texts.
"""

from ._received import Received, SentResponse
from ._recorder import Recorder
from ._records import Records

__all__ = ["Received", "Recorder", "Records", "SentResponse"]
