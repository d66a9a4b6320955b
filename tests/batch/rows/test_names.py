"""What videos are called: the same each time, safe everywhere, readable."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wan_ergonomic import ConfigurationError
from wan_ergonomic.batch.rows import DEFAULT_NAMES, NameTemplate, Row

FOX = Row(
    "A fox's den, in SNOW: wide/shot",
    name="Fox No. 1",
    options={"resolution": "480P"},
    variables={"animal": "fox", "take": 3, "loud": True, "place": None, "share": 0.5},
)


def stem(template, row=FOX, n=7, seed=42):
    """Return the name by a template."""
    return NameTemplate(template).stem(row, n, seed)


@pytest.mark.parametrize(
    ("template", "name"),
    [
        (DEFAULT_NAMES, "0007-a-foxs-den-in-snow-wide-shot"),
        ("{name}", "Fox-No.-1"),
        ("{n} {seed} {resolution}", "7-42-480P"),
        ("{seed:05}_{animal} {take:02} {loud} {share}", "00042_fox-03-true-0.5"),
        ("{place} - {aspect_ratio}/{animal}", "fox"),
        ("{{{animal}}}", "{fox}"),
        ("wide video", "wide-video"),
    ],
)
def test_a_template_has_fields(template, name):
    """Those of the row, and four more; what is unset is empty."""
    assert stem(template) == name


def test_a_row_without_a_name_is_called_by_its_prompt():
    """And one without a seed has none in its name."""
    assert stem("{name} {seed}", Row("A fox in snow"), seed=None) == "a-fox-in-snow"


def test_own_fields_come_before_variables():
    """A column n does not change what {n} is."""
    assert stem("{n} {slug}", Row("A fox", variables={"n": 99, "slug": "x"})) == "7-a-fox"


def test_a_template_can_be_read_from_its_repr():
    """For messages."""
    assert repr(NameTemplate("{n}")) == "NameTemplate('{n}')"
    assert NameTemplate().text == DEFAULT_NAMES


def test_an_unknown_field_names_those_that_exist():
    """The row has others than the one before."""
    with pytest.raises(ConfigurationError) as caught:
        stem("{anmal}", Row("A fox", variables={"animal": "fox"}, line=3))
    assert str(caught.value).startswith(
        "The template '{anmal}' for names has the field {anmal}, which the row on line 3 does not "
        "have. Did you mean 'animal'? Fields: animal, aspect_ratio, "
    )
    assert "{name.__class__}" not in str(caught.value)
    with pytest.raises(ConfigurationError, match=r"has the field \{name\.__class__\}"):
        stem("{name.__class__}")


@pytest.mark.parametrize("template", ["", "  ", "{", "{}", "{n:x}", "{n:>9999999999}"])
def test_a_malformed_template_is_an_error(template):
    """Before any row."""
    with pytest.raises(ConfigurationError, match=r"template.*Nothing was sent\.$"):
        NameTemplate(template)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("con", "con_"),
        ("CON.fox", "CON_.fox"),
        ("Lpt¹", "Lpt¹_"),
        ("com10", "com10"),
        ("falcon", "falcon"),
        ("conin$", "conin$_"),
        ("..", "0007"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\fox", "C-fox"),
        (".hidden", "hidden"),
        ("fox. . ", "fox"),
        ('a<b>c"d|e?f*g', "a-b-c-d-e-f-g"),
        ("a\0b\x1bc\u202ed\ue000", "abcd"),
        ("a\u2028b\tc\nd", "a-b-c-d"),
        ("\u200d", "0007"),
        ("👩\u200d🚀 flies", "👩\u200d🚀-flies"),
        ("cafe\u0301", "café"),
        ("e\u202e\u0301", "é"),
        ("a" * 300, "a" * 99),
        ("a" * 98 + " b", "a" * 98),
        ("é" * 300, "é" * 49),
        ("a" * 98 + "x\u0327\u0301" * 3, "a" * 98),
        ("狐" * 40, "狐" * 33),
    ],
)
def test_a_name_is_safe(text, name):
    """What no file's name can hold becomes a hyphen, or goes."""
    assert stem("{name}", Row("?", name=text)) == name


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("A fox — in snow!", "a-fox-in-snow"),
        ("雪の中の狐", "雪の中の狐"),
        ("हिन्दी में लोमड़ी", unicodedata.normalize("NFC", "हिन्दी-में-लोमड़ी")),
        ("می\u200cخواهم", "می\u200cخواهم"),  # noqa: RUF001 - they are meant
        ("İstanbul", "i̇stanbul"),
        ("👩\u200d🚀!", "0007"),
        ("???", "0007"),
        ("word " * 30, "-".join(["word"] * 12)),
        ("wordy " * 30, "-".join(["wordy"] * 10)),
        ("a" * 90, "a" * 60),
        ("狐" * 90, "狐" * 20),
    ],
)
def test_a_slug_is_the_first_words(prompt, name):
    """In any script; cut between words, and never between a letter and its marks."""
    assert stem("{slug}", Row(prompt)) == name


TEXTS = st.text(max_size=200) | st.text(st.characters(categories=["Mn", "Cf", "Ll", "Po"]))
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?")


@given(TEXTS, TEXTS, st.sampled_from(["{name}", "{slug}", "{animal}", "{n} {name}.{slug}"]))
@example("aux\u200d.", "aux", "{name}")
def test_any_name_is_safe(name, prompt, template):
    """One component of a path, in NFC, the same each time."""
    row = Row(prompt, name=name, variables={"animal": name})
    made = stem(template, row)
    assert made == stem(template, row)
    assert 0 < len(made.encode()) <= 100
    assert not re.search(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\s]', made)
    assert not made.startswith((".", "-"))
    assert not made.endswith((".", " "))
    assert not RESERVED.fullmatch(made)
    assert unicodedata.is_normalized("NFC", made)
    for path in (PurePosixPath(made), PureWindowsPath(made)):
        assert (path.parts, path.name) == ((made,), made)
