"""The run on the vendor's page: queued, 37 times generating, completed."""

from collections import Counter
from datetime import UTC, datetime

import httpx
import pytest

from tests.conftest import FakeClock
from tests.support.operations import poll_path, polled_id
from wan_ergonomic import Generation, PollingPolicy, Update, _spec
from wan_ergonomic.sandbox._spec import body_of, usage_field

ID = "dabf0a77-d01c-4982-8857-0ad0fa233053"
PROMPT = (
    "A menacing evil dragon appears in a distance above the tallest mountain, then rushes toward "
    "the camera with its jaws open, revealing massive fangs. We see it's coming."
)
# Path and expiry as recorded; the access id and the signature are made up.
LINK = (
    f"https://cdn.aimlapi.com/alpaca/1d/4b/20250804/e74f3495/{ID}.mp4?Expires=1754382147"
    "&OSSAccessKeyId=LTAI0tMadeUpAccessIdentity&Signature=bWFkZSB1cA%2Bc2lnbmF0dXJl%2Bk58%3D"
)
# The sample on the page polls every ten seconds.
EVERY_TEN_SECONDS = PollingPolicy(min_interval=10, max_interval=10, jitter=0)


class Run(httpx.MockTransport):
    """Responds as the vendor did.

    Attributes:
        requests: How many requests there were for each method and path.
    """

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str]] = Counter()
        super().__init__(self._respond)

    def _respond(self, request: httpx.Request) -> httpx.Response:
        self.requests[request.method, request.url.path] += 1
        if request.method == "POST":
            body = body_of("create", {"id": ID, "status": "queued"}, usage=1_050_000)
            return httpx.Response(201, json=body)
        assert polled_id(request.url.raw_path.decode()) == ID
        if self.requests[request.method, request.url.path] <= 37:
            return httpx.Response(200, json={"id": ID, "status": "generating"})
        return httpx.Response(200, json={"id": ID, "status": "completed", "video": {"url": LINK}})


POST, GET = ("POST", _spec.path("create")), ("GET", poll_path(ID))


@pytest.mark.usefixtures("bodies_as_they_were")
def test_the_recorded_run_completes(client_kind):
    """One POST and 38 GETs in 370 seconds of a fake clock."""
    run, clock = Run(), FakeClock()
    with client_kind.client(transport=run, clock=clock, polling=EVERY_TEN_SECONDS) as wan:
        done = wan.generate(PROMPT)
    assert run.requests == {POST: 1, GET: 38}
    assert clock.sleeps == [10] * 37
    assert clock.time - 1000 == 370
    assert (done.id, done.status, done.drift) == (ID, "completed", ())


def test_the_video_and_the_cost_of_the_recorded_run_are_on_the_generation(client_kind):
    """The link has its expiry, and the cost is that of the first response."""
    with client_kind.client(transport=Run(), clock=FakeClock()) as wan:
        done = wan.generate(PROMPT)
    assert done.video.url == LINK
    assert done.video.expires_at == datetime(2025, 8, 5, 8, 22, 27, tzinfo=UTC)
    cost = done.usage and done.usage.credits
    assert cost == (1_050_000 if usage_field("create") else None)
    assert done.request == {"model": _spec.model(), "prompt": PROMPT}


def test_the_callbacks_of_the_recorded_run_are_called(client_kind):
    """``on_submit`` once, then ``on_update`` with each poll."""
    submitted: list[Generation] = []
    updates: list[Update] = []
    with client_kind.client(transport=Run(), clock=FakeClock(), polling=EVERY_TEN_SECONDS) as wan:
        wan.generate(PROMPT, on_submit=submitted.append, on_update=updates.append)
    assert [generation.status for generation in submitted] == ["queued"]
    assert [update.elapsed for update in updates] == [10 * poll for poll in range(38)]
    assert {update.generation.status for update in updates[:-1]} == {"generating"}


def test_watching_the_recorded_run_yields_two_changes(client_kind):
    """Each new status once."""
    with client_kind.client(transport=Run(), clock=FakeClock()) as wan:
        pending = wan.submit(PROMPT)
        changes = [generation.status for generation in wan.watch(pending)]
    assert changes == ["generating", "completed"]


def test_an_api_on_this_machine_has_no_quiet_time(client_kind):
    """Its jobs are short; the vendor's are not."""
    for base_url, quiet in (("http://127.0.0.1:9", 0), (None, 34)):
        with client_kind.client(transport=Run(), base_url=base_url) as wan:
            client = wan if client_kind.backend == "sync" else wan.client
            assert client.polling.quiet == pytest.approx(quiet, 0.01)


def test_the_recorded_run_ends_before_the_deadline_of_the_sample(client_kind):
    """1000 s are enough with the default polling policy too."""
    run, clock = Run(), FakeClock()
    with client_kind.client(transport=run, clock=clock) as wan:
        assert wan.generate(PROMPT, timeout=1000).completed
    assert run.requests == {POST: 1, GET: 38}
    assert clock.time - 1000 < 400
