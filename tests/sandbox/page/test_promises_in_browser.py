"""What the page promises: no foreign request, no violation of axe's rules, room on a phone."""

from __future__ import annotations

import pytest

from tests.sandbox.conftest import hang_up
from tests.support.browser import chromium
from wan_ergonomic import _spec
from wan_ergonomic.sandbox import SCENARIOS

from .browser import TABS, open_page

LONG_WORD = "Donaudampfschifffahrtsgesellschaft" * 9


@pytest.fixture(scope="module")
def browser():
    """Chromium, for all tests of this file."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def busy(api, clock, sandbox):
    """A sandbox with jobs in each state, and requests of each kind."""
    link = api.link("A paper boat on a pond at dawn")
    api.http.get(link, headers={"Authorization": ""})
    api.finished("[scenario: fails] A crowd")
    api.finished(f"[scenario: error-detail] {LONG_WORD}")
    api.submit("[scenario: stuck] A train")
    api.submit("[scenario: lost-502] قطة تنام على كرسي 🐈")
    api.submit("[scenario: broken]")
    hang_up(api, "lost-connection")
    clock.time += 60
    api.submit("<script>alert(1)</script>")
    api.http.post(_spec.path("create"), content=b"no JSON")
    api.http.get("/v1/models", params={LONG_WORD: LONG_WORD})
    api.http.get(f"/{LONG_WORD}")
    sandbox.scenario = SCENARIOS["video-extra"]
    return sandbox


def open_all(view):
    """Open each request and panel, and play the video."""
    view.evaluate(
        "() => { for (const each of document.querySelectorAll('.panel')) each.open = true; }"
    )
    view.tab("requests")
    # Again and again, because a request may be listed late.
    opened = """() => {
      for (const each of document.querySelectorAll("details.request")) each.open = true;
      return !document.querySelector(".both:empty");
    }"""
    view.until(lambda: view.evaluate(opened), "opening")
    view.tab("jobs")
    view.locator(".play").locator("visible=true").last.click()
    view.until(lambda: view.evaluate("() => document.querySelector('video').readyState > 1"))


def test_nothing_is_requested_but_the_sandbox(browser, busy):
    """Nor does the page depart from its own policy, or write to the console."""
    view = open_page(browser, busy)
    open_all(view)
    view.tab("scenarios")
    view.settle()
    own = {url for url in view.requests if url.startswith(busy.page)}
    assert {url for url in view.requests if not url.startswith("data:")} == own
    assert len(own) > 10
    assert (view.evaluate("() => seen.violations"), view.problems) == ([], [])
    view.context.close()


@pytest.mark.parametrize(
    ("attempt", "rule"),
    [
        ("() => fetch(ADDRESS).catch(() => 0)", "connect-src"),
        ("() => { new Image().src = ADDRESS; }", "img-src"),
        ("() => { new Audio(ADDRESS).load(); }", "media-src"),
        (
            "() => { try { document.body.innerHTML = '<b>x</b>'; } catch { /* as it must */ } }",
            "require-trusted-types-for",
        ),
        (
            "() => document.body.append(Object.assign(document.createElement('iframe'), "
            "{ src: ADDRESS }))",
            "frame-src",
        ),
        (
            "() => { document.body.setAttribute('style', 'color: red'); }",
            "style-src-attr",
        ),
        (
            "() => document.body.append(Object.assign(document.createElement('link'), "
            "{ rel: 'stylesheet', href: ADDRESS }))",
            "style-src-elem",
        ),
    ],
)
def test_the_policy_forbids_what_the_page_does_not_need(browser, sandbox, server, attempt, rule):
    """Whatever a defect of the page might let in; a server that is there receives nothing."""
    view = open_page(browser, sandbox)
    before = len(server.requests)
    view.evaluate(attempt.replace("ADDRESS", repr(f"{server.url}/leak")))
    view.until(lambda: rule in view.evaluate("() => seen.violations"), rule)
    view.wait_for_timeout(100)
    assert len(server.requests) == before
    view.context.close()


def test_another_page_can_neither_read_nor_change_the_sandbox(browser, sandbox, server):
    """Though it is open in the same browser, on this machine."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.url)
    read = f"() => fetch('{sandbox.page}/about').then((r) => r.text()).catch(() => 'nothing')"
    assert page.evaluate(read) == "nothing"
    change = (
        f"() => fetch('{sandbox.page}/settings', {{ method: 'POST', mode: 'no-cors', "
        "headers: { 'Content-Type': 'text/plain' }, body: '{\"speed\": 9}' }).then(() => 1)"
    )
    page.evaluate(f"() => ({change})().catch(() => 0)")
    assert sandbox.speed == 1
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_axe_finds_nothing(browser, busy, width, scheme):
    """In every tab, with all that can be opened open, narrow and wide, light and dark."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    view = open_page(browser, busy, **options)
    open_all(view)
    for name in TABS:
        view.tab(name)
        results = axe.run(view.page)
        found = [
            (each["id"], node["target"], node["failureSummary"])
            for each in results.response["violations"]
            for node in each["nodes"]
        ]
        assert (name, found) == (name, [])
    view.context.close()


@pytest.mark.parametrize("width", [320, 360, 820, 2000])
def test_nothing_is_wider_than_the_window(browser, busy, width):
    """However long a word of a prompt, an id, a path or a header is."""
    view = open_page(browser, busy, viewport={"width": width, "height": 740})
    open_all(view)
    wider = """() => [...document.querySelectorAll("body *")]
      .filter((node) => node.checkVisibility() && !node.closest("pre, #tabs, .skip"))
      .filter((node) => node.getBoundingClientRect().right > document.documentElement.clientWidth)
      .map((node) => node.outerHTML.slice(0, 80))"""
    for name in TABS:
        view.tab(name)
        assert (name, view.evaluate(wider)) == (name, [])
        assert view.evaluate("() => document.documentElement.scrollWidth") <= width
    view.context.close()


def test_the_tabs_are_in_sight_on_a_phone(browser, busy):
    """All four of them, and the controls are closed."""
    view = open_page(browser, busy, viewport={"width": 360, "height": 740})
    assert view.locator(".panel[open]").count() == 1
    last = view.locator("[role=tab]").last.bounding_box()
    assert last["x"] + last["width"] <= 360
    view.context.close()
