"""What the page promises: no request, no violation of axe's rules, no long task while scrolling."""

from __future__ import annotations

import json
import os

import pytest

from tests.support.browser import chromium
from wan_ergonomic.gallery import make_gallery

from .browser import open_gallery
from .folders import frames, record, write_matrix, write_results, write_trouble, write_video

ROWS = 1000
LONGEST_TASK = 100


@pytest.fixture(scope="module")
def browser():
    """Chromium, for all tests of this file."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    """Some videos, and a row in each state."""
    folder = tmp_path_factory.mktemp("videos")
    records = write_matrix(folder, seeds=(1, 2), resolutions=("480P",))
    write_results(folder, records + write_trouble(folder, 100))
    return make_gallery(folder).page


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A thousand rows."""
    folder = tmp_path_factory.mktemp("large")
    videos = [write_video(folder / f"v{n}.mp4", frames(n * 21, (320, 180))) for n in range(10)]
    records = []
    for number in range(ROWS):
        name = f"row-{number}.mp4"
        os.link(videos[number % 10], folder / name)
        options = {"seed": number // 100}
        prompt = f"Animal {number % 25} in place {number // 25 % 4}, soft light, 35 mm film"
        records.append(record(number, prompt, options=options, file=name))
    for video in videos:
        video.unlink()
    write_results(folder, records)
    return make_gallery(folder).page


def use(view):
    """Do all that loads something."""
    view.locator(".card").first.hover()
    view.until(lambda: view.locator("video.ready").count(), "playing")
    view.locator(".card .still").first.click()
    view.until(lambda: view.locator("#screen video").count())
    view.keyboard.press("Escape")
    for number in (0, 1):
        view.locator(".card").nth(number).locator(".pick").click()
    view.click("#compare-picks")
    view.until(lambda: view.locator("#stage video").count() == 2)
    view.wait_for_timeout(300)
    view.keyboard.press("Escape")


def test_nothing_is_requested_but_the_videos_beside_the_page(browser, gallery):
    """Nor does the page depart from its own policy."""
    view = open_gallery(browser, gallery)
    use(view)
    here = gallery.parent.as_uri()
    files = {url for url in view.requests if not url.startswith(("data:", "blob:"))}
    assert gallery.as_uri() in files
    assert {url for url in files if not url.startswith(f"{here}/row-")} == {gallery.as_uri()}
    assert len(files) > 2
    assert (view.evaluate("() => seen.violations"), view.problems) == ([], [])
    view.context.close()


@pytest.mark.parametrize(
    ("attempt", "rule"),
    [
        ("() => fetch(ADDRESS).catch(() => 0)", "connect-src"),
        ("() => { new Image().src = ADDRESS; }", "img-src"),
        ("() => { new Audio(ADDRESS).load(); }", "media-src"),
        ("() => { new Worker('data:text/javascript,1'); }", "worker-src"),
        (
            "() => document.body.append(Object.assign(document.createElement('script'), "
            "{ textContent: 'window.ran = 1' }))",
            "script-src-elem",
        ),
        (
            "() => document.body.append(Object.assign(document.createElement('iframe'), "
            "{ src: ADDRESS }))",
            "frame-src",
        ),
        ("() => { document.body.innerHTML = '<p style=\"color: red\">'; }", "style-src-attr"),
    ],
)
def test_the_policy_forbids_requests_and_foreign_scripts(browser, gallery, server, attempt, rule):
    """Whatever a defect of the page might let in; a server that is there receives nothing."""
    view = open_gallery(browser, gallery)
    before = len(server.requests)
    view.evaluate(attempt.replace("ADDRESS", repr(f"{server.url}/leak")))
    view.until(lambda: rule in view.evaluate("() => seen.violations"), rule)
    view.wait_for_timeout(100)
    assert len(server.requests) == before
    assert view.evaluate("() => window.ran") is None
    view.context.close()


STATES = {
    "grid": lambda view: view.click("#show-filters"),
    "wall": lambda view: view.after(lambda: view.click("button[data-view=wall]")),
    "failures": lambda view: (
        view.after(lambda: view.click("button[data-view=wall]")),
        view.search("trouble"),
    ),
    "nothing found": lambda view: view.search("no such word"),
    "export": lambda view: view.click("#export summary"),
    "detail": lambda view: view.locator(".still").first.click(),
    "failure": lambda view: (view.search("filter"), view.locator(".still").first.click()),
    "keys": lambda view: view.click("#help"),
    "rated": lambda view: view.locator("[data-stars='3']").first.click(),
    "comparison": lambda view: (
        view.locator(".pick").nth(0).click(),
        view.locator(".pick").nth(1).click(),
        view.click("#compare-picks"),
    ),
}


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
def test_axe_finds_nothing(browser, gallery, width, scheme):
    """In every state of the page, narrow and wide, light and dark, with all of its rules."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for name, reach in STATES.items():
        options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
        view = open_gallery(browser, gallery, **options)
        if width < 760:
            view.click("#more")
        reach(view)
        view.wait_for_timeout(200)
        results = axe.run(view.page)
        found = [
            (each["id"], node["target"], node["failureSummary"])
            for each in results.response["violations"]
            for node in each["nodes"]
        ]
        assert (name, found) == (name, [])
        view.context.close()


_SCROLL = """async () => {
  const main = document.getElementById("rows");
  for (let top = 0; top < main.scrollHeight; top += main.clientHeight / 2) {
    main.scrollTop = top;
    await new Promise(requestAnimationFrame);
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
}"""


def longest_task(trace: bytes) -> float:
    """Return the milliseconds of work of the longest task of the page's main thread.

    Of work, not of waiting: other programs may be using the machine.
    """
    events = json.loads(trace)["traceEvents"]
    main = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks: list[float] = [
        event["tdur"] / 1000
        for event in events
        if event["name"] == "RunTask" and "tdur" in event and (event["pid"], event["tid"]) in main
    ]
    assert len(tasks) > 100
    return max(tasks)


@pytest.mark.parametrize("kind", ["grid", "wall"])
def test_no_task_is_long_while_a_thousand_rows_are_scrolled(browser, large, kind):
    """Half a screen in each frame, through all of them."""
    view = open_gallery(browser, large)
    view.after(lambda: view.click(f"button[data-view={kind}]"))
    view.wait_for_timeout(300)
    browser.start_tracing(page=view.page, categories=["disabled-by-default-devtools.timeline"])
    view.evaluate(_SCROLL)
    longest = longest_task(browser.stop_tracing())
    assert view.locator(".card img").count() == ROWS
    assert [url for url in view.requests if url.startswith("file:")] == [large.as_uri()]
    assert longest <= LONGEST_TASK
    # The measure sees a task that is too long.
    browser.start_tracing(page=view.page, categories=["disabled-by-default-devtools.timeline"])
    view.evaluate("() => { for (const end = Date.now() + 2000; Date.now() < end;); }")
    view.evaluate(_SCROLL)
    assert longest_task(browser.stop_tracing()) > LONGEST_TASK
    view.context.close()


def test_a_thousand_rows_are_there_at_once(browser, large):
    """Without a task that would halt the browser, and with little to load."""
    view = open_gallery(browser, large)
    assert view.inner_text("#count") == "1,000 rows"
    assert large.stat().st_size < 12_000 * ROWS
    view.search('"animal 7 "')
    assert view.locator(".card").count() == 40
    view.context.close()
