"""The videos, decoded with PyAV.

The modules of cards and videos are private; through the sandbox's door, each of these
tests would need a server, a job and a download.
"""

import io
import threading
from fractions import Fraction

import av
import pytest
from av.video.stream import VideoStream
from PIL import Image, ImageChops

from tests.support.first_contract import MODEL, OPTIONS
from wan_ergonomic._limits import SIZES
from wan_ergonomic.sandbox import _card, _font, _video
from wan_ergonomic.sandbox._card import Card, picture
from wan_ergonomic.sandbox._video import Videos, render

REQUEST = {
    "model": MODEL,
    "prompt": "A paper boat sails down a gutter",
    "resolution": "480P",
    "aspect_ratio": "16:9",
    "seed": 7,
    "watermark": False,
    "enhance_prompt": True,
}


def card(edition=0, **changes):
    """Return the card of the request above with these changes."""
    return Card.of(REQUEST | changes, edition)


def frames(data):
    """Return the pictures of a video."""
    with av.open(io.BytesIO(data), "r") as container:
        return [frame.to_image() for frame in container.decode(video=0)]


@pytest.fixture(scope="module")
def full():
    """The bytes of a video at its full length."""
    return render(card())


@pytest.fixture(scope="module")
def moving(full):
    """The pictures of that video."""
    return frames(full)


def test_a_video_is_h264_in_mp4_of_five_seconds_at_thirty_frames(full):
    """It has 150 frames in yuv420p, and no sound."""
    with av.open(io.BytesIO(full), "r") as container:
        (stream,) = container.streams
        assert isinstance(stream, VideoStream)
        codec = stream.codec_context
        assert (codec.name, codec.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == stream.frames / 5 == 30
        assert Fraction(stream.duration or 0) * (stream.time_base or 0) == 5
        assert len(list(container.decode(stream))) == 150


def test_a_video_can_be_played_while_it_loads(full):
    """The index comes before the frames."""
    assert 0 < full.index(b"moov") < full.index(b"mdat")


@pytest.mark.parametrize(("resolution", "ratio"), list(SIZES))
def test_a_video_has_the_models_true_size(resolution, ratio, monkeypatch):
    """Each resolution and aspect ratio of the model has the width and height that it renders."""
    monkeypatch.setattr(_video, "FRAMES", 1)
    (frame,) = frames(render(card(resolution=resolution, aspect_ratio=ratio)))
    assert frame.size == SIZES[resolution, ratio]


def test_a_video_moves(moving):
    """Each frame differs from the next one and from the frame a second later."""
    for number in range(120):
        for later in (1, 30):
            assert ImageChops.difference(moving[number], moving[number + later]).getbbox()


def test_a_person_sees_that_a_video_plays(moving):
    """From the first frame to the last, a bar grows across the width."""
    first, last = moving[0], moving[-1]
    changed = ImageChops.difference(first, last).convert("L").point([0] * 60 + [255] * 196)
    width, height = changed.size
    rows = (changed.crop((0, y, width, y + 1)).getbbox() for y in range(height))
    wide = [row for row in rows if row and row[2] - row[0] > 0.8 * width]
    assert len(wide) > 0.01 * height


def brightness(pixel):
    """Return the relative luminance of a pixel, as WCAG 2 defines it."""
    parts = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in pixel]
    return sum(part * weight for part, weight in zip(parts, (0.2126, 0.7152, 0.0722), strict=True))


@pytest.mark.parametrize("seed", range(0, 96, 8))
def test_the_bar_can_be_told_from_every_colour(seed, monkeypatch):
    """What has played, what has not, and the background: three times as bright each."""
    monkeypatch.setattr(_video, "FRAMES", 2)
    made = card(seed=seed)
    first, _ = frames(render(made))
    width, height = first.size
    row = height - made.margin + round(made.unit)
    places = (made.margin // 2, width // 4, 3 * width // 4)
    empty, played, left = (brightness(first.getpixel((x, row))) + 0.05 for x in places)
    assert left / empty > 3
    assert played / left > 3


@pytest.mark.parametrize("ratio", ["16:9", "9:16"])
@pytest.mark.parametrize("length", [10, 50, 90])
def test_the_name_of_a_model_is_never_cut(ratio, length, monkeypatch):
    """A longer one is drawn smaller, and within the card."""
    written = []
    monkeypatch.setattr(
        _card, "write", lambda _, at, text, size, __: written.append((at, text, size))
    )
    name = f"vendor/{'video-2.2-' * 9}"[:length]
    made = card(model=name, aspect_ratio=ratio)
    picture(made)
    (((x, _), size),) = ((at, size) for at, text, size in written if text == name)
    assert x + _font.width(name, size) <= made.size[0] - made.margin


def test_a_long_setting_is_cut_with_an_ellipsis(monkeypatch):
    """A reader sees that there is more."""
    written = []
    monkeypatch.setattr(_card, "write", lambda _, __, text, *___: written.append(text))
    picture(card(negative_prompt="blurry, dark, " * 20))
    picture(card(negative_prompt="W" * 800))
    assert [text[:6] for text in written if text.endswith("…")] == ["blurry", "WWWWWW"]


def test_the_same_request_and_seed_give_the_same_bytes(monkeypatch):
    """A second video is equal to the first, and so is one that another thread renders."""
    monkeypatch.setattr(_video, "FRAMES", 30)
    videos = []
    thread = threading.Thread(target=lambda: videos.append(render(card())))
    thread.start()
    thread.join()
    assert videos == [render(card())] == [render(card())]


@pytest.mark.parametrize(
    "changes", [{"seed": 8}, {"prompt": "A boat"}, {"watermark": True}, {"edition": 1}]
)
def test_another_request_or_seed_gives_other_bytes(changes, monkeypatch):
    """Everything that a video depends on is visible in it."""
    monkeypatch.setattr(_video, "FRAMES", 1)
    (one,), (other,) = frames(render(card(**changes))), frames(render(card()))
    assert ImageChops.difference(one, other).getbbox()


def test_neighbouring_seeds_have_different_colours(monkeypatch):
    """A person can tell the videos of two seeds apart at a glance."""
    monkeypatch.setattr(_video, "FRAMES", 1)
    corners = (frames(render(card(seed=seed)))[0].tobytes()[:3] for seed in (1, 2))
    assert max(abs(a - b) for a, b in zip(*corners, strict=True)) > 40
    for seed in range(100):
        pairs = zip(card(seed=seed).chroma, card(seed=seed + 1).chroma, strict=True)
        assert max(abs(a - b) for a, b in pairs) > 40


@pytest.mark.parametrize("name", ["model", *OPTIONS])
def test_the_card_shows_each_setting(name):
    """The seed and every other property of the request are on the card by name."""
    assert name in dict(Card.of({name: "something"} | REQUEST).settings)


def test_the_card_shows_booleans_as_words():
    """True is yes and false is no."""
    switches = [name for name, schema in OPTIONS.items() if schema["type"] == "boolean"]
    for value, word in ((True, "yes"), (False, "no")):
        settings = dict(card(**dict.fromkeys(switches, value)).settings)
        assert [settings[name] for name in switches] == [word] * len(switches)


def test_properties_outside_the_contract_are_not_on_the_card():
    """A request with a thousand unknown properties leaves room for the prompt."""
    assert card(mood="blue").settings == card().settings


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        " \n\t ",
        "纸船顺流而下 🚀👩‍👩‍👧 مرحبا नमस्ते",
        "\x00\x01\x7f\u2028\u202e",
        "W" * 5000,
        "word " * 5000,
        "\U0010ffff" * 900,
    ],
)
@pytest.mark.parametrize("ratio", ["16:9", "9:16"])
def test_any_prompt_can_be_drawn(prompt, ratio):
    """A card takes every script, emoji, control character and length."""
    made = card(prompt=prompt, aspect_ratio=ratio, negative_prompt=prompt, watermark=True)
    assert picture(made).size == made.size


def test_a_long_prompt_stays_clear_of_the_settings():
    """A prompt that is too long for the smallest letters is cut above the settings."""
    # Words of which a line holds one need the most lines.
    short, long = (picture(card(prompt=prompt)) for prompt in ("", ("W" * 40 + " ") * 30))
    header = round(14 * card().unit)
    empty = Image.new("L", short.size, short.getpixel((0, 0)))
    empty.paste(short.crop((0, 0, short.width, header)))
    settings, prompt = (ImageChops.difference(short, other).getbbox() for other in (empty, long))
    assert settings
    assert prompt
    assert prompt[1] >= header
    assert prompt[3] < settings[1]


def test_only_the_part_of_a_prompt_that_the_model_reads_is_shown():
    """The model drops everything after 800 characters, and so does the card."""
    assert card(prompt="x" * 801) == card(prompt="x" * 800)


def test_a_watermark_is_visible():
    """It is on the right half of the card; the settings with the word yes are on the left."""
    plain, marked = picture(card()), picture(card(watermark=True))
    right = (plain.width // 2, 0, *plain.size)
    assert ImageChops.difference(plain.crop(right), marked.crop(right)).getbbox()


def test_videos_are_rendered_once_and_the_last_few_kept(monkeypatch):
    """The oldest is dropped and rendered again, to the same bytes."""
    rendered: list[Card] = []

    def noted(made):
        rendered.append(made)
        return repr(made).encode()

    monkeypatch.setattr(_video, "render", noted)
    monkeypatch.setattr(_video, "_KEPT", 2)
    videos, cards = Videos(), [card(seed=seed) for seed in range(3)]
    first = videos.get(cards[0])
    for made in (cards[1], cards[0], cards[2], cards[0], cards[1]):
        videos.get(made)
    assert rendered == [*cards, cards[1]]
    assert videos.get(cards[0]) == first


def test_cards_of_equal_requests_are_equal_keys():
    """Two jobs with the same request and seed share a video."""
    assert {card(): 1}[card()] == 1
    assert card(edition=1) != card()
