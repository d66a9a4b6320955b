"""What the page shows: jobs, requests and the bill, the newest of each."""

from copy import deepcopy

import pytest

from tests.sandbox.conftest import LONG
from wan_ergonomic import _spec
from wan_ergonomic.sandbox import SCENARIOS
from wan_ergonomic.sandbox.page._state import MOST, Shown, State
from wan_ergonomic.sandbox.records import Received


def test_a_job_is_shown_with_all_that_is_known_of_it(page, clock):
    """Its prompt, options, id, cost and scenario, and how far it is."""
    clock.time += 30
    sent = page.api.submit("[scenario: link-late] A boat").json()
    clock.time += 20
    state = page.state()
    (job,) = state["jobs"]["shown"]
    assert (job["id"], job["status"], job["state"]) == (sent["id"], "generating", "running")
    assert (job["prompt"], job["scenario"]) == ("[scenario: link-late] A boat", "link-late")
    assert job["options"].keys() <= _spec.request_schema()["properties"].keys()
    assert page.api.small.items() <= job["options"].items()
    assert job["usd"] == page.api.sandbox.account.charged_usd
    assert (state["time"] - job["began"], job["ran"], job["expected"]) == (20, None, 385)
    assert (job["error"], job["edition"]) == (None, None)


def test_the_newest_job_is_the_first(page):
    """And the counts are of all jobs, whatever is shown."""
    for name in ("one", "two", "three"):
        page.api.submit(name)
    jobs = page.state(jobs=2)["jobs"]
    assert [job["prompt"] for job in jobs["shown"]] == ["three", "two"]
    assert (jobs["total"], jobs["running"]) == (3, 3)


@pytest.mark.parametrize(
    ("scenario", "error"),
    [
        ("fails", "DataInspectionFailed: Input data may contain inappropriate content."),
        ("error-text", "Input data may contain inappropriate content."),
        ("error-list", '[{"name": "Blocked", "message": "prompt is blocked"}]'),
        ("error-null", None),
    ],
)
def test_a_failed_job_says_why(page, scenario, error):
    """Whatever shape its error has."""
    page.api.finished(f"[scenario: {scenario}]")
    (job,) = page.jobs()
    assert (job["state"], job["error"], job["edition"], job["ran"]) == ("failed", error, None, 375)


def test_a_job_that_never_ends_has_no_time_to_expect(page, clock):
    """JSON has no infinity."""
    page.api.submit("[scenario: stuck]")
    clock.time += LONG
    (job,) = page.jobs()
    assert (job["state"], job["expected"]) == ("running", None)


def test_the_progress_of_a_job_never_goes_back(page, clock):
    """Through changes of the speed, and when it is ended."""
    page.api.submit("[scenario: stuck]")
    ran = []
    for speed in (1, 1000, 0.5, 60):
        page.post("settings", {"speed": speed})
        clock.time += 7
        state = page.state()
        ran.append(state["time"] - state["jobs"]["shown"][0]["began"])
    page.post(f"jobs/{page.jobs()[0]['name']}/finish")
    clock.time += 7
    assert ran == [7, 7007, 7010.5, 7430.5]
    assert page.jobs()[0]["ran"] == 7430.5


def test_a_job_has_the_contracts_words(page, monkeypatch):
    """As a poll has them."""
    document = deepcopy(_spec.contract())
    monkeypatch.setattr(_spec, "contract", lambda: document)
    status = _spec.response_schema("poll")["properties"]["status"]
    status["enum"] = ["pending", "processing", "succeeded"]
    page.api.submit()
    assert page.jobs()[0]["status"] == "pending"


def test_the_video_of_a_job_is_served_to_the_page(page, get):
    """The same bytes, also in parts; the job's own downloads are not counted."""
    link = page.api.link("[scenario: html-video]")
    (job,) = page.jobs()
    assert job["edition"] == 0
    whole = page.get(f"videos/{job['name']}.mp4")
    assert (whole.status_code, whole.headers["content-type"]) == (200, "video/mp4")
    assert whole.content[4:8] == b"ftyp"
    part = page.get(f"videos/{job['name']}.mp4", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert page.api.sandbox._vendor.jobs.all()[0].downloads == 0
    assert get(link).headers["content-type"].startswith("text/html")


def test_a_video_that_changes_has_another_edition(page, get):
    """So that the page does not show the one before."""
    link = page.api.link("[scenario: cut-changed]")
    (before,) = page.jobs()
    first = page.get(f"videos/{before['name']}.mp4").content
    with pytest.raises(Exception, match="peer closed"):
        get(link)
    (after,) = page.jobs()
    assert (before["edition"], after["edition"]) == (0, 1)
    assert page.get(f"videos/{after['name']}.mp4").content != first


@pytest.mark.parametrize("prompt", ["A boat", "[scenario: fails]", "[scenario: no-video]"])
def test_a_job_without_a_video_has_none_to_serve(page, clock, prompt):
    """Before its end, if it failed, and if there is none."""
    page.api.submit(prompt)
    clock.time += 0 if prompt == "A boat" else LONG
    response = page.get(f"videos/{page.jobs()[0]['name']}.mp4")
    assert (response.status_code, response.json()) == (404, {"error": "This job has no video."})
    assert page.get("videos/nothing.mp4").json() == {"error": "There is no such job."}


def test_the_bill_is_the_accounts(page, clock):
    """Charges, refunds and what is left, from its books."""
    page.api.submit("[scenario: fails]")
    clock.time += 5
    page.api.submit()
    clock.time += LONG
    bill = page.state()["bill"]
    account = page.api.sandbox.account
    charges = [-one.usd for one in account.transactions if one.type == "MODEL_USAGE"]
    assert bill["opening"] == account.scenario.opening_usd
    assert bill["charged"] == sum(charges)
    assert bill["refunded"] == charges[0]
    assert bill["balance"] == sum(one.usd for one in account.transactions)
    listed = [(one.type, one.created, one.usd, one.reference_id) for one in account.transactions]
    shown = [(one["type"], one["at"], one["usd"], one["id"]) for one in bill["shown"]]
    assert shown == listed[:0:-1]
    assert page.state(entries=1)["bill"]["shown"] == bill["shown"][:1]
    assert bill["total"] == 3


def test_the_bill_is_the_same_however_often_it_is_read(page, clock):
    """It is counted as jobs end, in whatever order they do."""
    prompts = ("[scenario: stuck]", "[scenario: fails]", "A boat", "[scenario: expired]")
    for prompt in prompts:
        page.api.submit(prompt)
        page.state()
        # The second fails before the third is submitted.
        clock.time += LONG
        page.state()
    page.post(f"jobs/{page.jobs()[-1]['name']}/fail")
    clock.time += LONG
    often = page.state()
    once = State(page.api.sandbox._vendor._watched).now(Shown.of({"entries": "9"}))
    made = page.api.sandbox.account.transactions
    refunds = [one.usd for one in made if one.type == "REFUND"]
    for bill in (often["bill"], once["bill"]):
        shown = [(one["type"], one["at"], one["id"]) for one in bill["shown"]]
        assert shown == [(one.type, one.created, one.reference_id) for one in made[:0:-1]]
        assert len(refunds) == 3
        assert bill["refunded"] == pytest.approx(sum(refunds))
        assert bill["balance"] == pytest.approx(sum(one.usd for one in made))
    counts = {name: often["jobs"][name] for name in ("running", "completed", "failed")}
    assert counts == {"running": 0, "completed": 1, "failed": 3}


def test_requests_are_shown_with_what_they_meant(page):
    """The newest first, with their jobs."""
    sent = page.api.submit().json()
    page.http.get("/nowhere")
    requests = page.state()["requests"]
    nowhere, submission = requests["shown"]
    assert (requests["total"], requests["dropped"]) == (2, 0)
    assert (nowhere["method"], nowhere["path"], nowhere["status"]) == ("GET", "/nowhere", 404)
    assert (nowhere["id"], nowhere["done"]) == (None, True)
    assert submission["number"] == 1
    assert submission["at"] == page.api.sandbox.received[0].at
    assert submission["id"] == sent["id"]
    assert submission["summary"].startswith("queued  ")
    assert 0 < submission["duration"] < 60


def test_a_path_that_contains_the_key_is_masked(page):
    """It is in sight all the time."""
    page.http.get(f"/{page.api.sandbox.key}/x")
    assert page.state()["requests"]["shown"][0]["path"] == "/***/x"


def test_the_page_says_how_many_requests_were_dropped(page, monkeypatch):
    """Of those that it could show."""
    kept = page.api.sandbox._vendor.records
    monkeypatch.setattr(kept, "_kept", type(kept._kept)(maxlen=2))
    for _ in range(3):
        page.http.get("/nowhere")
    requests = page.state()["requests"]
    assert (requests["total"], requests["dropped"], len(requests["shown"])) == (3, 1, 2)


def test_a_version_that_is_known_is_not_sent_again(page, clock):
    """Only the time is; whatever happens makes another version."""
    page.api.submit()
    versions = [page.state()["version"]]

    def known():
        return page.state(version=versions[-1])

    clock.time += 1
    assert known() == {"version": versions[-1], "time": 1}
    for change in (
        page.api.submit,
        lambda: page.post("settings", {"speed": 2}),
        lambda: page.post("settings", {"scenario": "fails"}),
        lambda: page.post("settings", {"account": "log-503"}),
        lambda: page.http.get("/nowhere"),
        lambda: setattr(clock, "time", clock.time + 10),
        lambda: page.api.sandbox.finish(page.jobs()[0]["id"]),
    ):
        change()
        state = known()
        assert state.keys() > {"jobs", "requests", "bill"}
        versions.append(state["version"])
    assert len({*versions}) == len(versions)


@pytest.mark.parametrize(
    ("text", "count"),
    [("7", 7), ("99999", MOST), ("", 0), ("-1", 0), ("1e3", 0), ("٣", 0), (9**40, 0)],
)
def test_no_more_is_shown_than_can_be(text, count):
    """Whatever a request says."""
    assert Shown.of({"jobs": str(text)}).jobs == count
    assert Shown.of({}) == Shown(jobs=0, requests=0, entries=0, version=None)


def test_ten_thousand_jobs_are_no_burden(page, clock, monkeypatch):
    """Those that have ended are not counted again."""
    jobs = page.api.sandbox._vendor.jobs
    for number in range(10_000):
        jobs.accept({"prompt": f"Boat {number}"}, SCENARIOS["fails" if number % 2 else "completes"])
    counted: list[str] = []
    has_ended = jobs.has_ended

    def count(job, delay=0.0):
        counted.append(job.id)
        return has_ended(job, delay)

    monkeypatch.setattr(jobs, "has_ended", count)
    page.state(jobs=2)
    clock.time += LONG
    page.state(jobs=2)
    assert len(counted) >= 20_000
    counted.clear()
    newest = page.api.submit().json()["id"]
    state = page.state(jobs=2)["jobs"]
    assert (state["completed"], state["failed"], state["running"]) == (5000, 5000, 1)
    assert state["shown"][1]["prompt"] == "Boat 9999"
    assert counted == [newest]


def test_requests_wait_until_they_have_a_response(page):
    """The page shows those, too."""
    record = Received(method="GET", path="/x", query={}, headers={}, number=1)
    page.api.sandbox._vendor.records._kept.append(record)
    (waiting,) = page.state()["requests"]["shown"]
    assert (waiting["done"], waiting["status"], waiting["summary"]) == (False, None, None)
