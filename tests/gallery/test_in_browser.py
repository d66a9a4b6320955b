"""The page in Chromium: what a person does with it, by pointer, keyboard and finger."""

from __future__ import annotations

import json
import shlex
from statistics import median

import pytest

from tests.support.browser import chromium
from wan_ergonomic.batch import Settings, open_batch, read_rows
from wan_ergonomic.gallery import make_gallery

from .browser import open_gallery
from .folders import PROMPTS, frames, write_matrix, write_results, write_trouble, write_video


@pytest.fixture(scope="module")
def browser():
    """Chromium, for all tests of this file."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    """Six prompts, four seeds and two resolutions, and a row in each state."""
    folder = tmp_path_factory.mktemp("videos")
    write_results(folder, write_matrix(folder) + write_trouble(folder, 100))
    with (folder / "results.jsonl").open("a") as results:
        results.write("{broken\n")
    return make_gallery(folder).page


@pytest.fixture
def view(browser, gallery):
    """The gallery in a window of its own, which must write nothing to the console."""
    view = open_gallery(browser, gallery)
    yield view
    assert view.problems == []
    view.context.close()


@pytest.fixture
def opened(browser):
    """Open a gallery with options of the window; close the windows at the end."""
    views = []

    def call(path, **options):
        views.append(open_gallery(browser, path, **options))
        return views[-1]

    yield call
    for view in views:
        view.context.close()


def times(view, inside="#rows"):
    """Return the time of each video that plays."""
    found: list[float] = view.evaluate(
        """(inside) => [...document.querySelectorAll(`${inside} video`)]
          .filter((video) => !video.paused && video.currentTime > 0)
          .map((video) => video.currentTime)""",
        inside,
    )
    return found


def test_prompts_seeds_and_settings_are_the_axes(view):
    """Without variables, each prompt is a row, each seed a column, each setting a section."""
    assert view.locator("section h2").all_inner_texts()[:2] == [
        "resolution 480P",
        "resolution 1080P",
    ]
    heads = view.locator(".heads").first.locator(".head").all_inner_texts()
    assert heads[1:] == ["1", "2", "3", "4", "7"]
    rows = view.locator("section").nth(1).locator(".row .head p").all_text_contents()
    assert rows == list(PROMPTS)
    assert view.locator("section").nth(1).locator(".row").first.locator(".card").count() == 4


def test_the_axes_can_be_chosen_and_stay_chosen(view):
    """After the page is opened again, too."""
    view.after(lambda: view.select_option("#axis-sections", ""))
    view.after(lambda: view.select_option("#axis-columns", "resolution"))
    assert view.locator(".heads .head").all_inner_texts()[1:3] == ["480P", "1080P"]
    assert view.locator(".row").first.locator(".cell").first.locator(".card").count() == 4
    view.after(lambda: view.select_option("#axis-columns", ""))
    assert view.locator(".row").first.locator(".cell").count() == 8
    view.reload()
    view.until(lambda: view.locator(".row").count())
    assert view.locator(".row").first.locator(".cell").count() == 8


def test_heads_stay_in_sight(view):
    """The columns above, the rows at the left, however far one scrolls."""
    view.set_viewport_size({"width": 700, "height": 500})
    view.wait_for_timeout(400)
    view.evaluate("() => document.getElementById('rows').scrollTo(300, 700)")
    view.wait_for_timeout(200)
    top, left = view.evaluate(
        """() => { const main = document.getElementById("rows").getBoundingClientRect();
          const places = (query) => [...document.querySelectorAll(query)]
            .map((each) => each.getBoundingClientRect());
          const heads = places(".heads").filter((each) => Math.abs(each.top - main.top) < 1);
          const rows = places(".row .head").filter((each) => each.bottom > main.top);
          return [heads.length, rows.slice(0, 3).map((each) => Math.round(each.left - main.left))];
        }"""
    )
    assert (top, left) == (1, [0, 0, 0])


def test_all_videos_of_a_row_play_in_step_while_the_pointer_is_on_it(view):
    """And end when it leaves."""
    view.locator(".row").first.locator(".card").nth(1).hover()
    view.until(lambda: len(times(view)) == 4, "playing")
    spreads: list[float] = []
    while len(spreads) < 7:
        view.wait_for_timeout(110)
        playing = times(view)
        # At the end of the second all begin again.
        if len(playing) == 4 and max(playing) < 0.9:
            spreads.append(max(playing) - min(playing))
    assert median(spreads) < 0.12
    view.mouse.move(5, 5)
    view.until(lambda: view.locator("video").count() == 0, "the end")


def test_in_the_wall_one_video_plays(view):
    """Its neighbours are not related to it."""
    view.after(lambda: view.click("button[data-view=wall]"))
    view.locator(".card").nth(2).hover()
    view.until(lambda: len(times(view)) == 1, "playing")
    assert view.locator("video").count() == 1


def test_nothing_plays_by_itself_for_those_who_want_less_motion(opened, gallery):
    """They start a row with its button, or with Space."""
    view = opened(gallery, reduced_motion="reduce")
    view.locator(".row").first.locator(".card").first.hover()
    view.wait_for_timeout(500)
    assert view.locator("video").count() == 0
    view.locator(".play-row").first.click()
    view.until(lambda: len(times(view)) == 4, "playing")
    assert view.locator(".play-row").first.inner_text() == "Stop"
    view.locator(".play-row").first.click()
    assert view.locator("video").count() == 0


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("fox", 8),
        ("FOX dawn", 8),
        ('"frozen lake"', 8),
        ('"lake frozen"', 0),
        ("seed:2", 12),
        ("seed:2 fox resolution:480", 1),
        ("content filter", 1),
        ("狐", 8),
        ("prompt:boat", 8),
        ("no:field", 0),
    ],
)
def test_text_finds_rows(view, text, count):
    """In every field, or in the one that is named."""
    view.search(text)
    assert view.locator(".card").count() == count
    assert view.inner_text("#count") == f"{count} of 57 rows"


def test_filters_add_up_and_can_be_cleared(view):
    """States, and every field that has few values."""
    view.after(lambda: view.click(".chip[data-state=failed]"))
    assert view.locator(".card").count() == 1
    view.after(lambda: view.click(".chip[data-state=done]"))
    assert view.locator(".card").count() == 50
    view.click("#show-filters")
    seeds = view.locator("#filters label", has_text="seed").locator("select")
    view.after(lambda: seeds.select_option("3"))
    assert view.locator(".card").count() == 12
    marks = view.locator("#filters label", has_text="marks").locator("select")
    view.after(lambda: marks.select_option("black"))
    assert view.inner_text("#rows") == "No row has all that the filters ask for."
    view.after(lambda: view.click("#clear"))
    assert view.locator(".card").count() == 57


def test_every_row_without_a_video_says_why(view):
    """On its card, and where it is opened."""
    view.after(lambda: view.click("button[data-view=wall]"))
    for state, reason in [
        ("failed", "The prompt was rejected by the content filter."),
        ("in doubt", "The connection was lost after sending."),
        ("waiting", "The budget of 5 USD is used up."),
        ("bad", "seed must be a whole number, not 'x'."),
        ("missing", "gone.mp4 is not in the folder."),
        ("no video", "text.mp4 cannot be read as a video"),
        ("unreadable", "Line 57 of results.jsonl is no JSON"),
    ]:
        card = view.locator(f'.card[data-state="{state}"]').first
        assert reason in card.text_content()
        card.locator(".still").click()
        assert view.inner_text("#detail-reason").startswith(f"{state}: {reason}")
        view.keyboard.press("Escape")


def test_a_prompt_is_shown_as_text(view):
    """Markup in it does nothing."""
    view.search("neon")
    assert view.locator(".row .head p").first.inner_text() == PROMPTS[2]
    assert view.locator("#rows img").count() == 8
    view.locator(".still").first.click()
    assert view.inner_text("#detail-name") == PROMPTS[2]
    view.keyboard.press("Escape")


def test_stars_and_notes_stay_in_the_browser(view):
    """A second click on a star takes it away."""
    card = view.locator(".card").first
    card.locator("[data-stars='4']").click()
    card.locator(".still").click()
    view.fill("#note", "the sail <b>")
    view.click("#detail-stars [data-stars='5']")
    view.keyboard.press("Escape")
    view.reload()
    view.until(lambda: view.locator(".card").count() == 57)
    card = view.locator(".card").first
    view.until(lambda: card.locator(".star.on").count() == 5)
    assert card.locator(".flag.note").count() == 1
    card.locator("[data-stars='5']").click()
    view.until(lambda: card.locator(".star.on").count() == 0)


def exported(view, button):
    """Return the rows that a button exports, and the name of the file."""
    view.click("#export summary")
    with view.expect_download() as waiting:
        view.click(button)
    path = waiting.value.path()
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()], path


def test_rated_rows_are_exported_and_read_back(view, opened, gallery):
    """Each with its prompt, its options, the stars and the note; another browser can read them."""
    view.search("lighthouse seed:2")
    view.locator(".card").first.locator("[data-stars='3']").click()
    view.locator(".card").nth(1).locator(".still").click()
    view.fill("#note", "soft\nlight")
    view.keyboard.press("Escape")
    view.search("")
    rows, path = exported(view, "#export-rated")
    row = {"seed": 2, "prompt": PROMPTS[5]}
    assert rows == [
        {**row, "resolution": "480P", "stars": 3},
        {**row, "resolution": "1080P", "note": "soft\nlight"},
    ]
    other = opened(gallery)
    other.set_input_files("#import-file", str(path))
    other.until(lambda: other.inner_text("#toast"))
    assert other.inner_text("#toast") == "2 rows have the stars and notes of the file."
    assert exported(other, "#export-rated")[0] == rows


def test_exported_rows_extend_a_batch(view, tmp_path):
    """Stars and notes do not stand in the way, and what the batch has is not made twice."""
    view.search("lighthouse")
    view.locator(".card").first.locator("[data-stars='5']").click()
    rows, path = exported(view, "#export-shown")
    with open_batch(tmp_path / "better", create=Settings()) as batch:
        batch.add([rows[0]])
        assert batch.add(read_rows(path), extend=True).bad.count == 0
        requests = [row.body for row in batch.rows()]
    assert len(requests) == len(rows) == 8
    for request, row in zip(requests, rows, strict=True):
        assert {name: request[name] for name in ("prompt", "seed", "resolution")} == {
            name: row[name] for name in ("prompt", "seed", "resolution")
        }


def test_a_file_that_is_no_export_changes_nothing(view, tmp_path):
    """The page says so."""
    (tmp_path / "x.jsonl").write_text("no JSON")
    view.set_input_files("#import-file", str(tmp_path / "x.jsonl"))
    view.until(lambda: "nothing was changed" in view.inner_text("#toast"))
    view.click("#export summary")
    view.click("#export-rated")
    assert view.inner_text("#toast") == "No row has stars or a note yet."


def test_the_rows_that_are_shown_are_exported(view):
    """With variables and options, so that a batch can be extended by them."""
    view.search("lighthouse")
    rows, _ = exported(view, "#export-shown")
    assert len(rows) == 8
    assert {row["prompt"] for row in rows} == {PROMPTS[5]}


def test_a_browser_that_keeps_nothing_says_so(gallery, browser):
    """Some do not keep anything for pages from the disk."""
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"
    )
    page.goto(gallery.as_uri())
    page.locator(".card").first.locator("[data-stars='4']").click()
    assert page.locator(".card").first.locator(".star.on").count() == 4
    assert "keeps no stars or notes" in page.inner_text("#toast")
    context.close()


def test_prompt_seed_and_command_are_copied(opened, gallery):
    """As they were sent."""
    view = opened(gallery, permissions=["clipboard-read", "clipboard-write"])
    view.search("boat seed:2 480P")
    view.locator(".still").first.click()
    for what, expected in [("prompt", PROMPTS[0]), ("seed", "2")]:
        view.click(f"[data-copy={what}]")
        view.until(lambda what=what: view.inner_text("#toast") == f"Copied the {what}.")
        assert view.evaluate("() => navigator.clipboard.readText()") == expected
    view.click("[data-copy=again]")
    view.until(lambda: view.inner_text("#toast") == "Copied the command.")
    words = shlex.split(view.evaluate("() => navigator.clipboard.readText()"))
    assert words[:2] == ["wan", "generate"]
    assert {"--seed=2", "--resolution=480P", PROMPTS[0]} <= {*words}


def test_copying_works_without_a_clipboard_interface(opened, gallery):
    """By the older way."""
    view = opened(gallery, permissions=["clipboard-read"])
    view.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }"
    )
    view.locator(".still").first.click()
    view.click("[data-copy=prompt]")
    view.until(lambda: view.inner_text("#toast") == "Copied the prompt.")
    assert view.evaluate("() => navigator.clipboard.readText()") == PROMPTS[0]


def test_the_keyboard_reaches_everything(view):
    """Arrows move, letters act."""
    view.locator("#help").focus()
    view.keyboard.press("Tab")
    focused = "() => document.activeElement.closest('.card')?.dataset.row"
    assert view.evaluate(focused) == "0"
    for key, row in [
        *[("ArrowRight", "2"), ("ArrowDown", "10"), ("ArrowLeft", "8"), ("ArrowUp", "0")],
        *[("End", "56"), ("Home", "0")],
    ]:
        view.keyboard.press(key)
        assert (key, view.evaluate(focused)) == (key, row)
    view.keyboard.press("3")
    assert view.locator(".card").first.locator(".star.on").count() == 3
    view.keyboard.press("0")
    assert view.locator(".card").first.locator(".star.on").count() == 0
    view.keyboard.press(" ")
    view.until(lambda: len(times(view)) == 4, "playing")
    view.keyboard.press(" ")
    assert view.locator("video").count() == 0
    view.keyboard.press("n")
    view.keyboard.type("good 1")
    view.keyboard.press("Escape")
    view.until(lambda: view.evaluate(focused) == "0")
    assert view.locator(".card").first.locator(".flag").all_inner_texts() == ["note"]
    view.keyboard.press("Enter")
    view.keyboard.press("ArrowRight")
    view.keyboard.press("5")
    view.keyboard.press("Escape")
    view.until(lambda: view.evaluate(focused) == "2")
    assert view.locator(".card[data-row='2'] .star.on").count() == 5
    view.after(lambda: view.keyboard.press("g"))
    assert view.locator(".shelf").count() > 0
    view.keyboard.press("?")
    assert view.locator("#keys").is_visible()
    view.keyboard.press("Escape")
    view.keyboard.press("/")
    view.keyboard.type("g1")
    assert view.input_value("#text") == "g1"
    assert view.locator("#compare").is_hidden()


def test_two_videos_are_compared_in_step(view):
    """Side by side, with a wipe, or one for the other; frame by frame."""
    view.keyboard.press("v")
    assert view.inner_text("#toast") == "Choose two videos with A/B first."
    for number in (0, 1):
        view.locator(".card").nth(number).locator(".pick").click()
    view.click("#compare-picks")
    view.until(lambda: len(times(view, "#stage")) == 2, "playing")
    assert view.locator("#differences th[scope=row]").all_inner_texts() == [
        *["row", "generation id", "ended", "seed"]
    ]
    view.keyboard.press(" ")
    paused = (
        "() => [...document.querySelectorAll('#stage video')].map((v) => [v.paused, v.currentTime])"
    )
    view.evaluate("() => { pair.seek(0.5); }")
    view.keyboard.press("ArrowRight")
    view.until(lambda: all(t > 0.55 for _, t in view.evaluate(paused)), "the next frame")
    assert view.evaluate(paused) == [[True, pytest.approx(0.583, abs=0.01)]] * 2
    view.click("[data-mode=wipe]")
    view.locator("#wipe").fill("20")
    assert "20%" in view.evaluate(
        "() => getComputedStyle(document.querySelector('#stage figure:last-child video')).clipPath"
    )
    hidden = """() => [...document.querySelectorAll("#stage video")]
      .map((video) => getComputedStyle(video).visibility)"""
    view.click("[data-mode=flip]")
    assert view.evaluate(hidden) == ["visible", "hidden"]
    view.click("[data-mode=flip]")
    assert view.evaluate(hidden) == ["hidden", "visible"]
    names = view.locator("#stage bdi").all_inner_texts()
    view.click("#swap")
    assert view.locator("#stage bdi").all_inner_texts() == names[::-1]
    view.locator("#stage .star").nth(4).click()
    view.locator("#compare [data-close]").click()
    view.until(lambda: view.locator("#stage video[src]").count() == 0, "the end")
    assert view.locator(".card").nth(1).locator(".star.on").count() == 5
    view.click("#clear-picks")
    assert view.locator("#picks").is_hidden()


def test_a_third_choice_takes_the_place_of_the_first(view):
    """Two are compared."""
    for number in (0, 1, 2):
        view.locator(".card").nth(number).locator(".pick").click()
    letters = view.locator(".card .flag.letter").all_inner_texts()
    assert letters == ["A", "B"]
    assert view.locator(".card").first.locator(".flag.letter").count() == 0


def test_names_that_an_address_must_escape_are_played(opened, tmp_path):
    """From the disk, without a server, and without a sidecar."""
    for number, name in enumerate(("a b#c?d%e.mp4", "ünï 雪.mp4", "x:y&z.mp4")):
        write_video(tmp_path / name, frames(number * 50))
    view = opened(make_gallery(tmp_path).page)
    assert view.labels() == ["a b#c?d%e", "x:y&z", "ünï 雪"]
    for card in range(3):
        view.locator(".card").nth(card).hover()
        view.until(lambda: len(times(view)) == 1, "playing")
    assert view.problems == []


def test_a_video_that_the_browser_cannot_play_is_said_to_be_so(opened, tmp_path):
    """It may have gone since the page was made."""
    video = write_video(tmp_path / "a.mp4", frames(5))
    view = opened(make_gallery(tmp_path).page)
    video.unlink()
    view.locator(".card").hover()
    view.until(lambda: view.locator(".card.unplayable").count(), "the error")
    view.locator(".still").click()
    view.until(lambda: "cannot play" in view.inner_text("#screen"), "the error")


def test_a_phone_shows_two_columns_and_nothing_beside_the_screen(opened, gallery):
    """A finger opens a video; controls are behind one button."""
    view = opened(gallery, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    beside = "() => [document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth]"
    assert view.evaluate(beside) == [390, 390, 390]
    assert view.locator("#text").is_hidden()
    view.tap("#more")
    view.after(lambda: view.tap("button[data-view=wall]"))
    assert view.evaluate(beside) == [390, 390, 390]
    assert view.locator(".shelf").first.locator(".card").count() == 2
    view.tap("#more")
    view.locator(".still").first.tap()
    view.until(lambda: len(times(view, "#screen")) == 1, "playing")
    assert (
        view.evaluate("() => document.getElementById('detail').getBoundingClientRect().right")
        <= 390
    )


def test_the_card_that_is_opened_is_the_one_that_was_clicked(view):
    """All that is known of it is listed."""
    view.search("fox seed:3 1080P")
    view.locator(".still").click()
    listed = dict(
        zip(
            view.locator("#fields dt").all_inner_texts(),
            view.locator("#fields dd").all_inner_texts(),
            strict=True,
        )
    )
    assert (listed["seed"], listed["resolution"], listed["usd"]) == ("3", "1080P", "0.1")
    assert (listed["generation id"], listed["file"]) == ("generation-13", "row-13.mp4")
    assert view.evaluate("() => document.querySelector('#screen video').src").endswith(
        "/row-13.mp4"
    )
    view.keyboard.press("Escape")
