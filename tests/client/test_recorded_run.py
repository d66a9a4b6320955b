"""The run that the vendor's page shows: queued, 37 times generating, completed."""

from collections import Counter
from datetime import UTC, datetime

import httpx

from tests.conftest import FakeClock
from wan_ergonomic import Generation, PollingPolicy, Update, Usage, _spec
from wan_ergonomic.sandbox._spec import id_parameter, usage_field

ID = "dabf0a77-d01c-4982-8857-0ad0fa233053"
PROMPT = (
    "A menacing evil dragon appears in a distance above the tallest mountain, then rushes toward "
    "the camera with its jaws open, revealing massive fangs. We see it's coming."
)
# Path and expiry as recorded; who signed it, and how, is made up.
LINK = (
    f"https://cdn.aimlapi.com/alpaca/1d/4b/20250804/e74f3495/{ID}.mp4?Expires=1754382147"
    "&OSSAccessKeyId=LTAI0tMadeUpAccessIdentity&Signature=bWFkZSB1cA%2Bc2lnbmF0dXJl%2Bk58%3D"
)
# The page's sample looks every ten seconds.
EVERY_TEN_SECONDS = PollingPolicy(min_interval=10, max_interval=10, jitter=0)


class Run(httpx.MockTransport):
    """Answers as the vendor did.

    Attributes:
        asked: How often each method was used on each path.
    """

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        super().__init__(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked[request.method, request.url.path] += 1
        if request.method == "POST":
            usage = {"usage": {usage_field("create"): 1_050_000}}
            return httpx.Response(201, json={"id": ID, "status": "queued", "meta": usage})
        assert dict(request.url.params) == {id_parameter()[1]: ID}
        if self.asked[request.method, request.url.path] <= 37:
            return httpx.Response(200, json={"id": ID, "status": "generating"})
        return httpx.Response(200, json={"id": ID, "status": "completed", "video": {"url": LINK}})


POST, GET = ("POST", _spec.path("create")), ("GET", _spec.path("poll"))


def test_the_recorded_run_plays_through(client_kind):
    """One POST and 38 GETs in 370 seconds of a clock that nobody waits for."""
    run, clock = Run(), FakeClock()
    with client_kind.client(transport=run, clock=clock, polling=EVERY_TEN_SECONDS) as wan:
        done = wan.generate(PROMPT)
    assert run.asked == {POST: 1, GET: 38}
    assert clock.sleeps == [10] * 37
    assert clock.time - 1000 == 370
    assert (done.id, done.status, done.drift) == (ID, "completed", ())


def test_the_recorded_video_and_cost_are_known_at_its_end(client_kind):
    """The link is kept byte for byte with its expiry, and the cost from the first answer."""
    with client_kind.client(transport=Run(), clock=FakeClock()) as wan:
        done = wan.generate(PROMPT)
    assert done.video.url == LINK
    assert done.video.expires_at == datetime(2025, 8, 5, 8, 22, 27, tzinfo=UTC)
    assert done.usage == Usage(credits=1_050_000)
    assert done.request == {"model": _spec.model(), "prompt": PROMPT}


def test_the_recorded_run_is_told_as_it_goes(client_kind):
    """The id comes first, then each look, and each change of status once."""
    submitted: list[Generation] = []
    updates: list[Update] = []
    with client_kind.client(transport=Run(), clock=FakeClock(), polling=EVERY_TEN_SECONDS) as wan:
        wan.generate(PROMPT, on_submit=submitted.append, on_update=updates.append)
    assert [generation.status for generation in submitted] == ["queued"]
    assert [update.elapsed for update in updates] == [10 * look for look in range(38)]
    assert {update.generation.status for update in updates[:-1]} == {"generating"}


def test_the_recorded_run_is_watched_as_two_changes(client_kind):
    """Whoever watches hears of each status once."""
    with client_kind.client(transport=Run(), clock=FakeClock()) as wan:
        pending = wan.submit(PROMPT)
        changes = [seen.status for seen in wan.watch(pending)]
    assert changes == ["generating", "completed"]


def test_the_recorded_run_outlasts_no_deadline_of_the_sample(client_kind):
    """The sample's 1000 s, and our own default, leave time for it at our own pace too."""
    run, clock = Run(), FakeClock()
    with client_kind.client(transport=run, clock=clock) as wan:
        assert wan.generate(PROMPT, timeout=1000).completed
    assert run.asked == {POST: 1, GET: 38}
    assert clock.time - 1000 < 370
