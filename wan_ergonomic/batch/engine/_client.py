"""The client of a batch: it takes turns with other workers, and each row has its own records."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from wan_ergonomic import _flows
from wan_ergonomic._client import AsyncWanClient
from wan_ergonomic._files import PartFile
from wan_ergonomic._flows import ApiResponse, Call, CallContext, Query, Records
from wan_ergonomic._generation import Generation
from wan_ergonomic._http import AsyncRunner
from wan_ergonomic.account import Lost, recover

from ..store import Submission

# Waits until the next request may be made.
Turn = Callable[[], Awaitable[None]]

SUBMIT_SECONDS = 300.0
WAIT_SECONDS = 3600.0
SAVE_SECONDS = 1800.0
REQUEST_ID = "X-Client-Request-Id"


class PacedRunner(AsyncRunner):
    """Runs steps, and waits for its turn before each request to the API."""

    turn: Turn | None = None

    async def call(self, step: Call | Query) -> ApiResponse:
        """Call the API when it is this worker's turn."""
        if self.turn is not None:
            began = time.monotonic()
            await self.turn()
            if isinstance(step, Call):
                left = step.time_left - (time.monotonic() - began)
                step = step._replace(timeout=min(step.timeout, max(left, 0.0)))
        return await super().call(step)


class BatchClient(AsyncWanClient):
    """Runs the calls of one row at a time, each recorded where the caller says."""

    _runner: PacedRunner

    def _make_runner(self) -> None:
        endpoint, in_flight = self._endpoint(), self.polling.in_flight
        self._runner = PacedRunner(endpoint, self._clock, in_flight, self._transport)

    async def pace(self, turn: Turn) -> None:
        """Wait for a turn before each request from now on."""
        await self._load()
        self._runner.turn = turn

    async def send(self, body: Mapping[str, Any], request_id: str, records: Records) -> Generation:
        """Submit an exact body.

        Raises:
            WanError: As ``AsyncWanClient.submit`` does.
        """
        context = self._recording(SUBMIT_SECONDS, records, {REQUEST_ID: request_id})
        return await self._run(_flows.submit(body, context), context)

    async def finish(self, generation: Generation, records: Records) -> Generation:
        """Wait until a generation is completed.

        Raises:
            WanError: As ``AsyncWanClient.wait`` does.
        """
        context = self._recording(WAIT_SECONDS, records)
        return await self._run(_flows.wait(generation, context), context)

    async def save(self, generation: Generation, to: Path, records: Records) -> Generation:
        """Save a video; one that is there already is replaced.

        Raises:
            WanError: As ``AsyncWanClient.download`` does.
        """
        context = self._recording(SAVE_SECONDS, records)
        part = PartFile(to, generation.id, overwrite=True)
        return await self._run(_flows.download(generation, part, context, None), context)

    async def look_for(
        self, submission: Submission, body: Mapping[str, Any], seconds: float
    ) -> Generation:
        """Look for a submission in doubt in the account's request log.

        Raises:
            WanError: As ``AsyncWanClient.recover`` does.
        """
        lost = Lost(
            client_request_id=submission.client_request_id,
            submitted=datetime.fromtimestamp(submission.submitted, UTC),
            body=body,
        )
        context = replace(self._context(seconds, seconds, None), recording=None)
        return await self._run(recover(lost, context), context)

    def _recording(
        self, seconds: float, records: Records, headers: Mapping[str, str] | None = None
    ) -> CallContext:
        context = replace(self._context(seconds, seconds, headers), recording=None)
        quote = partial(self._pricing.price, context=context)
        return replace(context, recording=_flows.Recording(records, quote))
