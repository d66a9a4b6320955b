"""Text on the test card: every script that a prompt may be in, and no line too wide.

The module of fonts is private; through the sandbox's door, a test would read a video.
"""

from itertools import pairwise

import pytest
from PIL import Image, ImageChops, ImageDraw

from wan_ergonomic.sandbox import _font
from wan_ergonomic.sandbox._font import lines, readable, width, write

SIZE = 24
SCRIPTS = {
    "Latin": "Tiếng Việt, Łódź",
    "Greek": "γειά σου",  # noqa: RUF001
    "Cyrillic": "Привет мир",
    "Chinese": "纸船顺流而下",
    "Traditional Chinese": "紙船順流而下",
    "Japanese": "こんにちは 世界 カメラ",
    "Korean": "안녕하세요",
    "Arabic": "مرحبا بالعالم",
    "Persian": "سلام دنیا گچپژ",
    "Urdu": "ہیلو دنیا ٹڈڑ",
    "Hebrew": "שלום עולם",
    "Hindi": "नमस्ते दुनिया",
    "Bengali": "হ্যালো বিশ্ব",
    "Punjabi": "ਸਤ ਸ੍ਰੀ ਅਕਾਲ",
    "Gujarati": "નમસ્તે દુનિયા",
    "Odia": "ନମସ୍କାର",
    "Tamil": "வணக்கம் உலகம்",
    "Telugu": "నమస్కారం",
    "Kannada": "ನಮಸ್ಕಾರ",
    "Malayalam": "നമസ്കാരം",
    "Sinhala": "ආයුබෝවන්",
    "Thai": "สวัสดีชาวโลก",
    "Lao": "ສະບາຍດີ",
    "Burmese": "မင်္ဂလာပါ",
    "Khmer": "សួស្តី",
    "Amharic": "ሰላም ልዑል",
    "Georgian": "გამარჯობა",
    "Armenian": "Բարև",
    "emoji": "🚀👩‍👩‍👧☀️",
    "signs": "→ ½ ♫ € “…” №",
}


def drawn(text):
    """Return a picture of a line."""
    picture = Image.new("L", (600, 60))
    write(ImageDraw.Draw(picture), (10, 40), text, SIZE, 255)
    return picture


def ink(text):
    """Return the left and right end of what is drawn."""
    box = drawn(text).getbbox()
    assert box
    return box[0], box[2]


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_every_script_is_drawn(text):
    """No letter of it is shown as its code, or as the box of a missing one."""
    assert readable(text) == text
    for one, other in pairwise(character for character in text if character.isalpha()):
        same = ImageChops.difference(drawn(one), drawn(other)).getbbox() is None
        assert same == (one == other)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("A \U0010ffff", "A [10FFFF]"), ("བོད", "[F56]ོ[F51]"), ("\x00\ud83d", "[0][D83D]")],
)
def test_a_character_that_no_font_has_is_shown_by_its_code(text, shown):
    """So two prompts in a script without a font look different."""
    assert readable(text) == shown


@pytest.mark.parametrize("first", ["مرحبا", "שלום"])
def test_a_line_from_right_to_left_begins_on_the_right(first):
    """Words in another script keep their place in the order, with a space on each side."""
    assert _font.is_right_to_left(f"123 {first} abc")
    alone = width(first, SIZE)
    left, right = ink(f"{first} abc")
    assert ink("abc")[1] - 10 < right - left - alone + 3 * SIZE
    difference = ImageChops.difference(drawn(f"{first} abc"), drawn("abc")).getbbox()
    assert difference
    assert difference[0] > ink("abc")[1]


def test_a_word_from_right_to_left_in_another_line_stays_in_its_place():
    """The space is beside it, not within."""
    assert not _font.is_right_to_left("abc שלום 12")
    assert ink("abc שלום 12")[0] == ink("abc")[0]
    runs = _font._runs("abc שלום עולם 12")
    assert [run.text for run in runs] == ["abc", " ", "שלום עולם", " ", "12"]


@pytest.mark.parametrize("text", [*SCRIPTS.values(), "W" * 200, "纸船" * 100, "e\u0301" * 200])
@pytest.mark.parametrize("room", [60, 300])
def test_no_line_is_wider_than_its_room(text, room):
    """A word that is too long is broken, but not between a letter and its marks."""
    wrapped = list(lines(text, SIZE, room))
    assert "".join(wrapped).replace(" ", "") == text.replace(" ", "")
    assert max(width(line, SIZE) for line in wrapped) <= room + SIZE
    assert not any(_font.joins(line[0]) for line in wrapped)


def test_a_text_without_words_has_no_lines():
    """White space is not drawn."""
    assert list(lines(" \n ", SIZE, 100)) == []
