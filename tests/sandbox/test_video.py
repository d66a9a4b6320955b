"""The videos, read back with PyAV."""

import io
import threading
from fractions import Fraction

import av
import pytest
from av.video.stream import VideoStream
from PIL import Image, ImageChops

from wan_ergonomic import _spec
from wan_ergonomic.sandbox import _video
from wan_ergonomic.sandbox._card import SIZES, Card, backdrop, lettering
from wan_ergonomic.sandbox._video import Videos, render

REQUEST = {
    "model": _spec.model(),
    "prompt": "A paper boat sails down a gutter",
    "resolution": "480P",
    "aspect_ratio": "16:9",
    "seed": 7,
    "watermark": False,
    "enhance_prompt": True,
}


def card(edition=0, **changes):
    """Return the card of a request that differs in these ways."""
    return Card.of(REQUEST | changes, edition)


def still(**changes):
    """Return what a card shows, before anything moves."""
    made = card(**changes)
    image = backdrop(made).convert("RGBA")
    image.alpha_composite(lettering(made))
    return image.convert("RGB")


@pytest.fixture(scope="module")
def full():
    """The bytes of a video with the server's defaults: 1080P at 16:9."""
    return render(card(resolution="1080P"))


def test_a_video_is_h264_in_mp4_of_five_seconds_at_thirty_frames(full):
    """150 frames of 1920x1080 by default, yuv420p, and silent."""
    with av.open(io.BytesIO(full), "r") as container:
        (stream,) = container.streams
        assert isinstance(stream, VideoStream)
        codec = stream.codec_context
        assert (codec.name, codec.pix_fmt) == ("h264", "yuv420p")
        assert (codec.width, codec.height) == (1920, 1080)
        assert stream.average_rate == stream.frames / 5 == 30
        assert Fraction(stream.duration or 0) * (stream.time_base or 0) == 5
        assert len(list(container.decode(stream))) == 150


def test_a_video_can_be_played_while_it_loads(full):
    """The index comes before the pictures."""
    assert 0 < full.index(b"moov") < full.index(b"mdat")


@pytest.mark.parametrize(("resolution", "ratio"), list(SIZES))
def test_a_video_has_the_models_true_size(resolution, ratio, monkeypatch):
    """Each resolution and ratio that the model has, at the size that it makes."""
    monkeypatch.setattr(_video, "FRAMES", 2)
    data = render(card(resolution=resolution, aspect_ratio=ratio))
    with av.open(io.BytesIO(data), "r") as container:
        codec = container.streams.video[0].codec_context
        assert (codec.width, codec.height) == SIZES[resolution, ratio]


def test_a_video_moves(monkeypatch):
    """Each frame differs from the one before and from its twin a second later."""
    monkeypatch.setattr(_video, "FRAMES", 60)
    with av.open(io.BytesIO(render(card())), "r") as container:
        frames = [frame.to_image() for frame in container.decode(video=0)]
    for number in range(30):
        for later in (1, 30):
            assert ImageChops.difference(frames[number], frames[number + later]).getbbox()


def test_the_same_request_and_seed_give_the_same_bytes(monkeypatch):
    """Twice, and in another thread."""
    monkeypatch.setattr(_video, "FRAMES", 30)
    videos = []
    for _ in range(2):
        thread = threading.Thread(target=lambda: videos.append(render(card())))
        thread.start()
        thread.join()
    assert videos[0] == videos[1] == render(card())


@pytest.mark.parametrize(
    "changes", [{"seed": 8}, {"prompt": "A boat"}, {"watermark": True}, {"edition": 1}]
)
def test_another_request_or_seed_gives_other_bytes(changes, monkeypatch):
    """Whatever a video depends on shows."""
    monkeypatch.setattr(_video, "FRAMES", 2)
    assert render(card(**changes)) != render(card())


@pytest.mark.parametrize("name", sorted(_spec.request_schema()["properties"].keys() - {"prompt"}))
def test_the_card_shows_each_setting(name):
    """Seed and every other property of the request are on the card by name."""
    assert name in dict(Card.of({name: "something"} | REQUEST).settings)


def test_the_card_shows_what_is_true_and_false_as_words():
    """A person reads yes and no."""
    properties = _spec.request_schema()["properties"]
    switches = [name for name, schema in properties.items() if schema["type"] == "boolean"]
    for value, word in ((True, "yes"), (False, "no")):
        settings = dict(card(**dict.fromkeys(switches, value)).settings)
        assert [settings[name] for name in switches] == [word] * len(switches)


def test_properties_that_the_contract_does_not_know_are_not_on_the_card():
    """A request with a thousand strange properties still has room for the prompt."""
    assert card(colour="blue").settings == card().settings


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
    """No script, emoji, control character or length breaks the card."""
    made = card(prompt=prompt, aspect_ratio=ratio, negative_prompt=prompt, watermark=True)
    assert lettering(made).size == made.size


def test_a_long_prompt_stays_clear_of_the_settings():
    """What does not fit in the smallest letters is cut, not written over the rest."""
    # Words of which a line holds one waste the most room.
    short, long = (still(prompt=prompt) for prompt in ("", ("W" * 40 + " ") * 30))
    width, height = short.size
    below = (0, height // 2 + 20, width, height)
    assert ImageChops.difference(short.crop(below), long.crop(below)).getbbox() is None


def test_only_what_the_model_reads_of_a_prompt_is_shown():
    """The model drops what is beyond 800 characters, and so does the card."""
    assert card(prompt="x" * 801) == card(prompt="x" * 800)


def test_a_watermark_is_seen():
    """It is on the card, beyond the word yes among the settings."""
    plain, marked = still(), still(watermark=True)
    right = (plain.width // 2, 0, *plain.size)
    assert ImageChops.difference(plain.crop(right), marked.crop(right)).getbbox()


def test_lettering_is_laid_on_once_where_light_falls(monkeypatch):
    """A letter is as strong under an orb, or under two, as it is beside them."""
    monkeypatch.setattr(_video, "FRAMES", 1)
    monkeypatch.setattr(_video, "_sweeps", lambda _: [_video.Layer(Image.new("RGBA", (4, 4)))])
    monkeypatch.setattr(_video, "_clock", lambda *_: None)
    luma = []
    for alpha in (0, 128):
        veil = Image.new("RGBA", card().size, (255, 255, 255, alpha))
        monkeypatch.setattr(_video, "lettering", lambda _, veil=veil: veil)
        luma.append(next(_video._frames(card()))[0].tobytes())
    assert all(abs((bare + 235) / 2 - veiled) < 2 for bare, veiled in zip(*luma, strict=True))


def test_videos_are_rendered_once_and_the_last_few_kept(monkeypatch):
    """The oldest is forgotten and rendered again, to the same bytes."""
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
