"""What the tools do: submit, poll, save, list and price videos, each within a bounded time.

Agents give a tool call a minute or so, and a job runs on after it, at a cost. So no call
waits for a job's end, and a submission goes on in a thread of its own if its response is
late.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from wan_ergonomic._errors import GenerationFailedError, NotFoundError, WaitTimeoutError
from wan_ergonomic._flows import CLIENT_REQUEST_ID
from wan_ergonomic._generation import UNSEEN, Generation
from wan_ergonomic.video import metadata_for

from ._budget import Budget
from ._folder import Folder
from ._results import SAVED, Spent, ToolError, listed, of_generation, of_job, submitting

if TYPE_CHECKING:
    from wan_ergonomic._client import WanClient
    from wan_ergonomic.ledger import Job, Ledger

# Seconds that parts of a call may take. None takes longer than half a minute in all.
SUBMIT_SECONDS = 20.0
POLL_SECONDS = 25.0
RECOVER_SECONDS = 20.0
SAVE_SECONDS = 25.0
PRICE_SECONDS = 20.0
# How many submissions may be waiting for their response at once.
_AT_ONCE = 8


class Videos:
    """The videos of one API, as tools. Every method may block, and returns JSON data."""

    def __init__(self, client: WanClient, ledger: Ledger, folder: Folder, budget: Budget) -> None:
        self._client = client
        self._ledger = ledger
        self._folder = folder
        self._budget = budget
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="wan-submission")
        self._lock = threading.Lock()
        self._pending: dict[str, Future[Generation]] = {}

    def close(self) -> None:
        """Wait until each submission under way has a response, and is in the ledger."""
        self._pool.shutdown()

    def price(self, **options: Any) -> dict[str, Any]:
        """Return what a video costs, and what may still be spent.

        Raises:
            WanError: An option is invalid.
        """
        price = self._client.price(timeout=PRICE_SECONDS, **options)
        budget = self._money()
        left = budget["left_usd"]
        allowed = left is None or (price.usd is not None and price.usd <= left)
        return {
            **price.as_json(),
            "allowed": allowed,
            "budget": budget,
            "spent": "nothing",
            "next": (
                "submit_video makes a video at this price."
                if allowed
                else "submit_video would refuse it. Ask the person who started this server."
            ),
        }

    def submit(self, prompt: str, request_id: str | None = None, **options: Any) -> dict[str, Any]:
        """Submit a prompt, and return at once with the job, or with what is known of it so far.

        Args:
            prompt: What the video shows.
            request_id: The caller's own name of the submission; the same one is sent only once.
            **options: As in ``PromptDefaults``.

        Raises:
            WanError: It was not accepted, or is in doubt.
        """
        self._budget.check()
        preview = self._client.preview(prompt, **options)
        known_as = request_id or uuid4().hex
        with self._lock:
            future = self._pending.get(known_as)
            earlier = self._earlier(known_as) if request_id and not future else None
            if earlier:
                return {**self._of_job(earlier), "repeated": True}
            if future is None:
                headers = {CLIENT_REQUEST_ID: known_as}
                send = partial(self._client.submit, prompt, extra_headers=headers, **options)
                future = self._pending[known_as] = self._pool.submit(send)
        result = self._response(known_as, future, SUBMIT_SECONDS)
        return {**result, "warnings": list(preview.warnings)} if preview.warnings else result

    def poll(self, job: str, wait_seconds: float = 0) -> dict[str, Any]:
        """Poll a job once, or until it has ended or the seconds have passed.

        Args:
            job: The generation's id, or the ``X-Client-Request-Id`` of its submission.
            wait_seconds: How long to wait for its end.

        Raises:
            WanError: The job is not known, or the API cannot be asked.
        """
        if future := self._pending.get(job):
            return self._response(job, future, max(1.0, wait_seconds))
        found = self._find(job)
        if found and found.outcome == "rejected":
            return self._of_job(found)
        if found and found.lost:
            return self._of_generation(self._lost(found), "nothing", found)
        known_as = (found and found.generation_id) or job
        return self._of_generation(self._seen(known_as, wait_seconds), "nothing", found)

    def save(self, job: str, name: str | None = None) -> dict[str, Any]:
        """Save the video of a completed job in the folder.

        Args:
            job: The generation's id, or the ``X-Client-Request-Id`` of its submission.
            name: The file's name; by default one made of the id.

        Raises:
            ToolError: The name is no plain file name, or exists; or the job has no id yet.
            WanError: The video could not be saved.
        """
        found = self._find(job)
        if job in self._pending or (found and found.generation_id is None):
            raise ToolError(f"{job} has no video yet; call poll_video first.")
        known_as = (found and found.generation_id) or job
        if name is None and found and found.file and found.file.exists():
            return self._of_job(found)
        path = self._folder.free_file(name, known_as)
        generation = self._client.download(
            known_as, path, timeout=SAVE_SECONDS, finish=metadata_for(self._ledger)
        )
        saved = self._of_generation(generation, "nothing", found)
        # The ledger need not know the job.
        done = {"file": str(path), "bytes": path.stat().st_size, "next": SAVED}
        return {**saved, **done}

    def list(self, limit: int = 20, *, unfinished: bool = False) -> dict[str, Any]:
        """Return the newest jobs of this machine, and what may still be spent.

        Args:
            limit: How many.
            unfinished: Only those that may have a video that is not saved yet.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        jobs = self._ledger.recent(self._client.base_url)
        found = [job for job in jobs if job.unfinished or job.lost or not unfinished]
        return {
            "jobs": [listed(job) for job in found[:limit]],
            "more": max(0, len(found) - limit),
            "budget": self._money(),
            "spent": "nothing",
            "next": "poll_video or save_video takes the job of a row.",
        }

    def _money(self) -> dict[str, Any]:
        return self._budget.as_data(self._ledger, self._client.base_url)

    def _earlier(self, request_id: str) -> Job | None:
        """Return the job that was submitted with an id before, unless it was rejected."""
        found = self._find(request_id)
        return found if found and found.outcome != "rejected" else None

    def _find(self, known_as: str) -> Job | None:
        """Return a job of the ledger.

        Raises:
            ToolError: It is one of another API.
        """
        found = self._ledger.find(known_as)
        if found and found.base_url != self._client.base_url:
            raise ToolError(
                f"{known_as} was submitted to {found.base_url}; this server calls "
                f"{self._client.base_url}. Nothing was sent or spent."
            )
        return found

    def _response(
        self, request_id: str, future: Future[Generation], seconds: float
    ) -> dict[str, Any]:
        """Return the result of a submission under way, or that it has none yet."""
        wait_for([future], timeout=seconds)
        if not future.done():
            return submitting(request_id, sandbox=self._budget.sandbox)
        # From here on, the ledger has it.
        self._pending.pop(request_id, None)
        return self._of_generation(future.result(), "paid")

    def _lost(self, job: Job) -> Generation:
        """Return the generation of a submission whose outcome is not known."""
        if job.generation_id is not None:
            with suppress(NotFoundError):
                return self._client.status(job.generation_id, timeout=POLL_SECONDS)
        return self._client.recover(job.client_request_id, timeout=RECOVER_SECONDS)

    def _seen(self, generation_id: str, seconds: float) -> Generation:
        """Return a generation after one poll, or once it has ended or the seconds have passed."""
        if not seconds:
            return self._client.status(generation_id, timeout=POLL_SECONDS)
        try:
            return self._client.wait(generation_id, timeout=min(seconds, POLL_SECONDS))
        except (WaitTimeoutError, GenerationFailedError) as error:
            if error.generation is None or error.generation.status == UNSEEN:
                raise
            return error.generation

    def _of_job(self, job: Job) -> dict[str, Any]:
        sandbox, delay = self._budget.sandbox, self._delay(job)
        return of_job(job, spent="nothing", sandbox=sandbox, delay=delay)

    def _of_generation(
        self, generation: Generation, spent: Spent, job: Job | None = None
    ) -> dict[str, Any]:
        sandbox, delay = self._budget.sandbox, self._delay(job)
        return of_generation(generation, job, spent=spent, sandbox=sandbox, delay=delay)

    def _delay(self, job: Job | None) -> float:
        """Return the seconds until another poll is useful."""
        age = (datetime.now(UTC) - job.submitted).total_seconds() if job else 0.0
        return self._client.polling.interval(max(0.0, age))
