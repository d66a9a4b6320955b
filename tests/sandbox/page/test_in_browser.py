"""The page in Chromium: what a person sees of a sandbox, and does with it."""

from __future__ import annotations

import json
import re
from functools import partial

import pytest

from tests.sandbox.conftest import LONG, hang_up
from tests.support.browser import chromium
from tests.support.waiting import until
from wan_ergonomic import _spec
from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS, SCENARIOS

from .browser import open_page

PROMPT = "<script>window.ran = 1</script> <b>bold</b> قطة تنام 🐈 狐"


@pytest.fixture(scope="module")
def browser():
    """Chromium, for all tests of this file."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def view(browser, sandbox):
    """The page in a window of its own, which must write nothing to the console."""
    view = open_page(browser, sandbox)
    yield view
    assert view.problems == []
    view.context.close()


def test_a_new_sandbox_says_what_to_do(view):
    """There is nothing to show, and nothing was charged."""
    assert view.inner_text("#jobs .nothing").startswith("No job yet. Send a prompt")
    assert view.tab("requests").locator(".nothing").inner_text() == "No request yet."
    assert view.tab("bill").locator(".nothing").inner_text() == "Nothing was charged yet."
    assert view.locator("#entries").is_hidden()


def test_a_prompt_can_be_sent_from_the_page(view, sandbox):
    """As any program sends it: it is received, charged, and among the requests."""
    view.fill("#prompt", "A paper boat")
    seed = view.locator("#fields [name=seed]")
    if seed.count():
        seed.fill("7")
    choice = view.locator("#fields select").first
    name, value = (
        choice.get_attribute("name"),
        choice.locator("option").nth(1).get_attribute("value"),
    )
    choice.select_option(index=1)
    view.click("#send .main")
    view.until(lambda: "accepted" in view.inner_text("#sent"))
    (received,) = sandbox.received
    assert (received.method, received.path) == ("POST", _spec.path("create"))
    expected = {"model": _spec.model(), "prompt": "A paper boat", name: json.loads(value)}
    assert received.body == expected | ({"seed": 7} if seed.count() else {})
    view.until(lambda: view.locator(".job").count() == 1)
    assert view.job().locator(".prompt").inner_text() == "A paper boat"
    assert view.tab("requests").locator("li").count() == 1


def test_a_prompt_that_is_rejected_says_why(view, sandbox):
    """It makes no job."""
    sandbox.scenario = SCENARIOS["no-credits"]
    view.click("#send .main")
    view.until(lambda: view.inner_text("#sent"))
    assert view.inner_text("#sent").startswith("403 rejected: You've run out of credits.")
    sandbox.scenario = SCENARIOS["lost-502"]
    view.click("#send .main")
    view.until(lambda: view.inner_text("#sent") == "502 rejected")
    forget_failures(view)


def test_a_response_that_is_lost_is_said(view, sandbox):
    """The job runs all the same."""
    sandbox.scenario = SCENARIOS["lost-connection"]
    view.click("#send .main")
    view.until(lambda: view.inner_text("#sent") == "There was no response.")
    view.settle()
    # A browser sends it again by itself on a connection that was used before.
    assert view.locator(".job").count() == 1
    forget_failures(view)


def test_a_job_shows_how_far_it_is(view, api, clock):
    """Status, elapsed and expected time, cost, options and id; live."""
    sent = api.submit("A boat").json()
    clock.time += 60
    view.until(lambda: view.locator(".job").count() == 1)
    view.until(lambda: view.job().locator(".chip").inner_text() == "generating")
    # A timer writes it.
    elapsed = view.job().locator(".elapsed")
    view.until(lambda: re.fullmatch(r"1:0\d of 6:15", elapsed.inner_text()), "the time")
    assert 60 <= float(view.job().locator("progress").evaluate("(bar) => bar.value")) < 75
    assert view.job().locator(".cost").inner_text() == f"${api.sandbox.account.charged_usd:.2f}"
    assert view.job().locator(".id").inner_text() == sent["id"]
    for name, value in api.small.items():
        assert f"{name} {value}" in view.job().locator(".options").inner_text()
    clock.time += LONG
    view.until(lambda: view.job().get_attribute("data-state") == "completed")
    assert view.job().locator("progress").is_hidden()
    assert view.job().locator(".elapsed").inner_text() == "6:15"


def test_the_newest_job_is_the_first_and_counted(view, api):
    """Also in the title, which has no prompt."""
    api.finished("one [scenario: fails]")
    api.submit("two")
    view.until(lambda: view.locator(".job").count() == 2)
    assert view.locator(".job .prompt").all_inner_texts() == ["two", "one [scenario: fails]"]
    assert view.inner_text("#job-counts") == "1 running, 0 completed, 1 failed"
    assert view.inner_text("#tab-jobs") == "Jobs 2"
    assert view.title() == "(1) wan sandbox"
    failed = view.job(1)
    assert failed.locator(".error").inner_text().startswith("DataInspectionFailed: ")
    assert failed.locator(".cost").inner_text().endswith(", refunded")
    assert "scenario fails" in failed.locator(".options").inner_text()
    assert failed.locator("button:visible").all_inner_texts() == ["Copy id"]


def test_a_video_plays_in_place(view, api, sandbox):
    """It goes on when other jobs come, and is no request of the API."""
    api.finished()
    view.until(lambda: view.locator(".play:visible").count())
    before = len(sandbox.received)
    view.click(".play")
    playing = "() => document.querySelector('video')?.currentTime > 0"
    view.until(lambda: view.evaluate(playing), "playing")
    view.evaluate("() => { window.first = document.querySelector('video'); }")
    api.submit("Another one")
    view.until(lambda: view.locator(".job").count() == 2)
    assert view.evaluate("() => first === document.querySelector('video') && !first.paused")
    assert view.job(1).locator("video").count() == 1
    assert len(sandbox.received) == before + 1


@pytest.mark.parametrize(("how", "state"), [("finish", "completed"), ("fail", "failed")])
def test_a_job_can_be_ended_from_the_page(view, api, how, state):
    """The focus stays at the job whose buttons go."""
    api.submit("[scenario: stuck]")
    view.until(lambda: view.locator(".job").count() == 1)
    # A timer writes how long it has run.
    elapsed = view.job().locator(".elapsed")
    view.until(lambda: elapsed.inner_text().endswith(", and never ends"), "the time")
    view.job().locator(f".{how}").click()
    view.until(lambda: view.job().get_attribute("data-state") == state)
    assert view.job().locator(".finish, .fail").locator("visible=true").count() == 0
    assert view.evaluate("() => document.activeElement.className") == "job"


def test_a_job_that_has_just_ended_cannot_be_ended_again(view, api):
    """The page says so."""
    api.submit()
    view.until(lambda: view.locator(".job").count() == 1)
    button = view.job().locator(".fail").element_handle()
    view.route("**/state?*", lambda route: route.abort())
    api.sandbox.finish(api.sandbox.received[0].generation_id)
    button.click()
    view.until(lambda: view.inner_text("#toast") == "The job has ended already.")
    view.unroute("**/state?*")
    view.problems.clear()


def test_the_speed_changes_while_jobs_run(view, api, clock, sandbox):
    """No job runs backwards or jumps."""
    api.submit("[scenario: stuck]")
    view.until(lambda: view.locator(".job").count() == 1)
    shown = []

    def look():
        minutes, seconds = view.job().locator(".elapsed").inner_text().split(",")[0].split(":")
        shown.append(int(minutes) * 60 + int(seconds))

    for speed in (10, 1000, 1):
        view.click(f"#speeds button[value='{speed}']")
        view.until(partial(has_speed, view, sandbox, speed))
        clock.time += 2
        view.settle()
        look()
    view.fill("#speed", "2.5")
    view.click("#own-speed button")
    until(lambda: sandbox.speed == 2.5)
    view.until(lambda: pressed(view) == [])
    view.settle()
    look()
    assert shown == sorted(shown)
    assert shown[0] >= 20
    assert shown[1] >= 2020


def forget_failures(view):
    """Drop what Chromium itself writes to the console about responses that a test has caused."""
    view.problems[:] = [text for text in view.problems if "Failed to load resource" not in text]


def has_speed(view, sandbox, speed):
    """Return whether a speed is set, and shown as set."""
    return sandbox.speed == speed and pressed(view) == [str(speed)]


def pressed(view):
    """Return the speeds that are marked as set."""
    texts = view.locator("#speeds [aria-pressed=true]").all_inner_texts()
    return [text[:-1] for text in texts]


def test_a_speed_that_is_set_elsewhere_is_shown(view, sandbox):
    """In the field, too."""
    sandbox.speed = 60
    view.until(lambda: pressed(view) == ["60"])
    assert view.input_value("#speed") == "60"


def test_a_request_is_shown_with_its_response(view, api):
    """Time, method, path, status, duration and what it meant."""
    sent = api.submit().json()
    api.http.get("/nowhere")
    rows = view.tab("requests").locator("li")
    view.until(lambda: rows.count() == 2)
    nowhere, submission = rows.nth(0), rows.nth(1)
    assert nowhere.locator(".status").inner_text() == "404"
    assert nowhere.locator(".path").inner_text() == "/nowhere"
    assert submission.locator(".method").inner_text() == "POST"
    assert re.fullmatch(r"\d+ ms", submission.locator(".duration").inner_text())
    assert submission.locator(".summary").inner_text().startswith(f"queued  {sent['id'][:8]}  $")
    assert re.fullmatch(r"\d\d:\d\d:\d\d", submission.locator("time").inner_text())


def test_an_opened_request_shows_headers_and_bodies(view, api, get):
    """Keys are masked, and signed links shortened."""
    get(api.link(PROMPT))
    view.tab("requests")
    view.until(lambda: view.locator(".request").count() == 3)
    for number in range(3):
        view.locator(".request summary").nth(number).click()
        view.until(lambda number=number: view.locator(".both").nth(number).inner_text())
    video, poll, submission = (view.locator(".both").nth(n).inner_text() for n in range(3))
    assert json.dumps(PROMPT, ensure_ascii=False) in submission
    assert '"status": "queued"' in submission
    assert "right key" in submission
    assert "?…" in poll
    assert "which are not kept" in video
    text = view.locator("#requests").inner_text()
    assert api.sandbox.key not in text
    assert "Signature=" not in text


def test_a_request_that_waits_is_shown_and_gets_its_response(view, api, sandbox):
    """Also if it was opened before."""
    held = hang_up(api, "lost-response", wait=False)
    view.tab("requests")
    view.until(lambda: view.locator(".request").count() == 1)
    assert view.locator(".request .status").inner_text() == "…"
    assert view.locator(".request .summary").inner_text() == "no response yet"
    view.click(".request summary")
    view.until(lambda: "There is no response yet." in view.inner_text(".both"))
    for connection in list(sandbox._server.server_state.connections):
        if connection.cycle and not connection.cycle.response_complete:
            sandbox._server._loop.call_soon_threadsafe(connection.transport.abort)
    held.result()
    view.until(lambda: "closed without a response" in view.inner_text(".both"))
    assert view.locator(".request .status").inner_text() == "—"


def test_the_page_says_what_is_no_longer_kept(view, api, monkeypatch):
    """Of requests, and of one request."""
    kept = api.sandbox._vendor.records
    monkeypatch.setattr(kept, "_kept", type(kept._kept)(maxlen=2))
    for _ in range(3):
        api.http.get("/nowhere")
    view.tab("requests")
    view.until(lambda: view.locator(".request").count() == 2)
    assert view.inner_text("#dropped") == "1 older request is no longer kept."
    response = api.sandbox.received[-1].response
    response.headers, response.body, response.kept = {}, None, False
    view.locator(".request summary").first.click()
    view.until(lambda: "no longer kept: newer" in view.locator(".both").first.inner_text())


def test_the_bill_is_shown(view, api):
    """Sums, and each charge and refund."""
    api.finished("[scenario: fails]")
    api.submit()
    charged = api.sandbox.account.charged_usd
    view.tab("bill")
    view.until(lambda: view.locator("#entry-list tr").count() == 3)
    assert view.inner_text("#balance") == f"${100 - charged:.2f}"
    assert view.inner_text("#charged") == f"${2 * charged:.2f}"
    assert view.inner_text("#refunded") == view.inner_text("#tab-bill .count")
    rows = view.locator("#entry-list tr").all_inner_texts()
    assert [row.split()[1:3] for row in rows] == [
        ["Charge", f"\N{MINUS SIGN}${charged:.2f}"],
        ["Refund", f"${charged:.2f}"],
        ["Charge", f"\N{MINUS SIGN}${charged:.2f}"],
    ]


def test_every_scenario_can_be_chosen(view, api, sandbox):
    """It is played from the next prompt on, until it is set back."""
    view.click("#choose")
    assert view.locator("#prompt-scenarios input").count() == len(SCENARIOS)
    assert view.locator("#account-scenarios input").count() == len(ACCOUNT_SCENARIOS)
    assert SCENARIOS["stuck"].summary in view.inner_text("#prompt-scenarios")
    view.check("input[name=scenario][value=no-credits]")
    until(lambda: sandbox.scenario is SCENARIOS["no-credits"])
    view.check("input[name=account][value=log-503]")
    until(lambda: sandbox.account.scenario is ACCOUNT_SCENARIOS["log-503"])
    assert api.submit().status_code == 403
    view.until(lambda: view.inner_text("#playing") == "no-credits")
    assert view.inner_text("#playing-summary") == SCENARIOS["no-credits"].summary
    view.until(lambda: view.inner_text("#account-playing") == "log-503")
    view.click("#documented")
    until(lambda: sandbox.scenario is SCENARIOS["completes"])
    view.until(lambda: view.inner_text("#playing") == "As documented")
    assert view.locator("input[name=scenario][value=completes]").is_checked()
    assert view.locator("#documented").is_disabled()
    assert sandbox.account.scenario.name == "ordinary"


def test_scenarios_can_be_found(view):
    """By any words of their names and summaries."""
    view.tab("scenarios")
    view.fill("#find", "polls 503")
    shown = view.locator(".scenario:visible b").all_inner_texts()
    assert shown == ["poll-503"]
    assert view.locator(".stage:visible").count() == 1


def test_what_is_shown_can_be_copied(browser, sandbox, api):
    """The shell command, the program, and an id."""
    view = open_page(browser, sandbox, permissions=["clipboard-read", "clipboard-write"])
    read = "() => navigator.clipboard.readText()"
    view.click("[data-copy=shell]")
    view.until(lambda: view.evaluate(read) == sandbox.shell_command)
    view.click("[data-copy=python]")
    view.until(lambda: view.evaluate(read).startswith("from wan_ergonomic import"))
    generation_id = api.submit().json()["id"]
    view.until(lambda: view.locator(".job").count() == 1)
    view.click(".copy-id")
    view.until(lambda: view.evaluate(read) == generation_id)
    view.context.close()


def test_prompts_and_paths_are_shown_as_text(view, api):
    """Markup in them does nothing, and each text has the direction of its script."""
    api.submit(PROMPT)
    api.http.get("/<img src=x onerror=alert(1)>")
    view.until(lambda: view.locator(".job").count() == 1)
    assert view.job().locator(".prompt").inner_text() == PROMPT
    assert view.job().locator(".prompt *").count() == 0
    assert view.job().locator(".prompt").get_attribute("dir") == "auto"
    view.tab("requests")
    assert view.locator(".path").first.inner_text() == "/<img src=x onerror=alert(1)>"
    assert view.locator("img").count() == 0
    assert view.evaluate("() => window.ran") is None


def test_a_script_of_another_direction_is_read_from_the_right(view, api):
    """The rest of the page is not."""
    api.submit("قطة تنام على كرسي")
    view.until(lambda: view.locator(".job").count() == 1)
    direction = "(node) => getComputedStyle(node).direction"
    assert view.job().locator(".prompt").evaluate(direction) == "rtl"
    assert view.job().evaluate(direction) == "ltr"


def test_of_two_thousand_jobs_the_newest_are_shown(view, api):
    """More of them on request, up to a thousand; the count is of all."""
    jobs = api.sandbox._vendor.jobs
    for number in range(2000):
        jobs.accept({"prompt": f"Boat {number}"}, SCENARIOS["completes"])
    view.until(lambda: view.inner_text("#tab-jobs .count") == "2,000")
    assert view.locator(".job").count() == 50
    assert view.job().locator(".prompt").inner_text() == "Boat 1999"
    assert view.inner_text("#jobs .most") == "The newest 50 of 2,000 are shown."
    for count in (250, 450, 650, 850, 1000):
        view.click("#jobs .more")
        view.until(lambda count=count: view.locator(".job").count() == count)
    assert view.locator("#jobs .more").is_hidden()
    api.submit("One more")
    view.until(lambda: view.job().locator(".prompt").text_content() == "One more")
    assert view.locator(".job").count() == 1000


def test_the_tabs_are_used_by_keyboard(view):
    """Arrows, Home and End; the address keeps the tab."""
    view.focus("#tab-jobs")
    for key, name in (
        ("ArrowRight", "requests"),
        ("End", "scenarios"),
        ("ArrowRight", "jobs"),
        ("ArrowLeft", "scenarios"),
        ("Home", "jobs"),
        ("ArrowRight", "requests"),
    ):
        view.keyboard.press(key)
        assert view.evaluate("() => document.activeElement.id") == f"tab-{name}"
        assert view.locator("[role=tabpanel]:visible").get_attribute("id") == name
    view.keyboard.press("a")
    view.reload()
    view.until(lambda: view.locator("#requests:visible").count())
    assert view.locator("[role=tab][tabindex='0']").get_attribute("id") == "tab-requests"


def test_a_request_is_opened_by_keyboard(view, api):
    """Enter opens and closes it."""
    api.http.get("/nowhere")
    view.tab("requests")
    view.until(lambda: view.locator(".request").count() == 1)
    view.focus(".request summary")
    view.keyboard.press("Enter")
    view.until(lambda: "Cannot GET /nowhere" in view.inner_text(".both"))
    view.keyboard.press("Enter")
    assert view.locator(".both").is_hidden()


def test_a_sandbox_that_is_stopped_is_missed(view, sandbox):
    """And the page goes on when it is there again."""
    sandbox._address = ("127.0.0.1", int(sandbox.url.rpartition(":")[2]))
    sandbox.stop()
    view.until(lambda: view.locator("#lost:visible").count())
    assert view.inner_text("#lost").startswith("The sandbox does not respond.")
    sandbox.start()
    view.until(lambda: view.locator("#lost").is_hidden())
    forget_failures(view)
