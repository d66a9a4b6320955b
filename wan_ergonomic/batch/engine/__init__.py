"""Makes the videos of a batch: what is done for one row, and the engine that schedules it."""

from ._build import build_worker
from ._client import BatchClient
from ._threads import in_thread
from ._worker import Worker

__all__ = ["BatchClient", "Worker", "build_worker", "in_thread"]
