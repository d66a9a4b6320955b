"""Previews of rows: what would be refused is a bad row before anything is sent."""

from __future__ import annotations

from itertools import count, islice
from typing import Any

from tests.batch.rows.made import made
from tests.support.options import prompt_defaults
from wan_ergonomic import PromptDefaults
from wan_ergonomic.batch.rows import BadRow, NameTemplate, PreviewedRow, Row, preview_rows, rows_of

NONE = PromptDefaults()


def test_each_row_has_its_request():
    """With the client's defaults, unless the row sets the option."""
    rows = [Row("A fox", line=4), Row("An owl", options={"resolution": "1080P"}, line=6)]
    defaults = prompt_defaults(resolution="480P", suffix="at dusk")
    first, second = made(preview_rows(rows, defaults))
    assert isinstance(first, PreviewedRow)
    assert (first.row, second.row) == tuple(rows)
    assert first.preview.body["prompt"] == "A fox at dusk"
    assert [each.preview.body["resolution"] for each in (first, second)] == ["480P", "1080P"]


def test_what_the_model_does_not_support_is_a_bad_row():
    """Unless it is allowed: then it is a warning of the preview."""
    rows: list[Any] = [
        BadRow(2, "It was bad before."),
        Row("A fox", options={"resolution": "480P", "aspect_ratio": "4:3"}, line=3),
        Row("a" * 900, line=4),
    ]
    before, bad, long = made(preview_rows(rows, NONE))
    assert before == rows[0]
    assert bad == BadRow(
        3,
        "The model does not support 4:3 at 480P; at 1080P it does. The API may charge for it all "
        "the same. To send it anyway: allow_unsupported=True in Python, --allow-unsupported on "
        "the command line.",
    )
    assert "silently ignores" in long.preview.warnings[0]
    _, allowed, _ = made(preview_rows(rows, NONE, allow_unsupported=True))
    assert allowed.preview.warnings == (
        "The model does not support 4:3 at 480P; at 1080P it does.",
    )


def test_a_name_that_a_row_cannot_have_is_a_bad_row():
    """The template may name a variable that only some rows have."""
    rows = rows_of([{"prompt": "A fox", "place": "sea"}, {"prompt": "An owl"}])
    good, bad = made(preview_rows(rows, NONE, names=NameTemplate("{place} {n}")))
    assert good.row.prompt == "A fox"
    assert bad.line == 2
    assert bad.reason.startswith(
        "The template '{place} {n}' for names has the field {place}, which"
    )
    assert bad.reason.endswith("slug, watermark.")


def test_previews_are_made_one_at_a_time():
    """Of a list without an end too."""
    rows = rows_of(f"Fox {number}" for number in count(1))
    previews: Any = preview_rows(rows, NONE)
    assert [each.row.line for each in islice(previews, 3)] == [1, 2, 3]
