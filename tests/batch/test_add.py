"""Adding lists to a batch: all rows or none, each once, with its exact request."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.support.files import largest_file
from tests.support.options import prompt_defaults
from wan_ergonomic import ConfigurationError
from wan_ergonomic.batch import BadRow, BadRowsError, Row, _adding, open_batch

from .opened import new

pytestmark = pytest.mark.usefixtures("first_contract_once")


@pytest.fixture(params=["sqlite", "postgresql"])
def batch(request, tmp_path):
    """A batch without rows, with its database in its folder or in PostgreSQL."""
    shared = request.param == "postgresql"
    address = request.getfixturevalue("postgres").new_database() if shared else None
    with new(tmp_path / "videos", address) as opened:
        yield opened


def prompts(batch) -> list[str]:
    """Return the prompts of all rows."""
    return [row.prompt for row in batch.rows()]


def test_a_row_is_what_will_be_sent(batch):
    """With the defaults, a seed that was drawn, and its price."""
    defaults = prompt_defaults(resolution="480P", prefix="Film of", seed=None)
    given = [
        {"prompt": "a fox", "aspect_ratio": "1:1", "animal": "fox", "name": "Fuchs"},
        {"prompt": "a boat", "seed": 0},
    ]
    added = batch.add(given, defaults=defaults, price=lambda body: body["seed"] and 0.5)
    first, second = batch.rows()
    assert first.body == {
        "model": first.body["model"],
        "prompt": "Film of a fox",
        "resolution": "480P",
        "aspect_ratio": "1:1",
        "seed": first.seed,
    }
    assert 0 <= first.seed < 2**31
    assert (first.options, first.variables) == ({"aspect_ratio": "1:1"}, {"animal": "fox"})
    assert (first.line, first.name, first.stem) == (1, "Fuchs", "0001-a-fox")
    assert (first.own_seed, first.price_usd, first.state) == (False, 0.5, "waiting")
    assert (second.own_seed, second.seed, second.price_usd) == (True, 0, 0)
    assert (added.bad.count, added.warnings) == (0, set())


def test_no_seed_is_drawn_if_so_asked(batch):
    """The vendor then draws it, and the video cannot be made again."""
    batch.add(["A boat"], draw_seeds=False)
    (row,) = batch.rows()
    assert (row.seed, row.own_seed) == (None, False)


def test_no_seed_is_drawn_once_the_model_has_none(tmp_path, monkeypatch):
    """It would be refused."""
    monkeypatch.setattr(_adding, "request_schema", lambda: {"properties": {"prompt": {}}})
    with new(tmp_path) as batch:
        batch.add(["A boat"])
        assert [row.seed for row in batch.rows()] == [None]


def test_the_same_list_is_added_once(batch):
    """Its rows keep their seeds; an iterator will do, and another form of the same rows."""
    batch.add(["A boat", {"prompt": "A fox", "seed": 3}])
    seeds = [row.seed for row in batch.rows()]
    batch.add(iter([Row("A boat"), Row("A fox", options={"seed": 3})]))
    assert [row.seed for row in batch.rows()] == seeds


@pytest.mark.parametrize(
    "other",
    [
        ["A boat"],
        ["A boat", "A fox", "A cat"],
        ["A fox", "A boat"],
        ["A boat", {"prompt": "A fox", "seed": 1}],
        ["A boat", {"prompt": "A fox", "name": "x"}],
        ["A boat", {"prompt": "A fox", "animal": "fox"}],
        [],
    ],
)
def test_another_list_is_refused(tmp_path, other):
    """Nothing of it is added."""
    with new(tmp_path) as batch:
        batch.add(["A boat", "A fox"])
        with pytest.raises(ConfigurationError, match=r"holds the batch of another list.*--extend"):
            batch.add(other)
        assert prompts(batch) == ["A boat", "A fox"]


def test_a_list_without_rows_leaves_the_batch_open(batch):
    """The right file can be given next."""
    batch.add([])
    batch.add(["A boat"])
    assert prompts(batch) == ["A boat"]


def test_a_list_is_extended_by_what_is_new_in_it(batch):
    """Rows that are there keep their seeds; numbers and names go on."""
    batch.add(["A boat", "A fox"])
    seeds = [row.seed for row in batch.rows()]
    batch.add(["A cat", "A fox", "A boat", "A dog"], extend=True)
    rows = list(batch.rows())
    assert [row.prompt for row in rows] == ["A boat", "A fox", "A cat", "A dog"]
    assert [row.seed for row in rows][:2] == seeds
    assert [row.stem for row in rows][2:] == ["0003-a-cat", "0004-a-dog"]
    assert [row.line for row in rows] == [1, 2, 1, 4]
    # Each of the lists is known from now on.
    batch.add(["A boat", "A fox"])
    batch.add(["A cat", "A fox", "A boat", "A dog"])
    batch.add(["A dog"], extend=True)
    assert len(prompts(batch)) == 4


def test_equal_rows_are_kept_apart(batch):
    """Each is a video of its own, and an extended list is counted, too."""
    batch.add(["A boat"] * 3)
    assert len({row.stem for row in batch.rows()}) == 3
    assert len({row.seed for row in batch.rows()}) == 3
    batch.add(["A boat"] * 5, extend=True)
    batch.add(["A boat"] * 2, extend=True)
    assert [row.stem for row in batch.rows()][3:] == ["0004-a-boat", "0005-a-boat"]


def test_a_batch_can_be_begun_by_extending_it(batch):
    """There is nothing yet that it could differ from."""
    batch.add(["A boat"], extend=True)
    assert prompts(batch) == ["A boat"]


BAD = ["A boat", {"prompt": " "}, {"prompt": "A fox", "resolution": "4K"}, "A cat"]


def test_a_list_with_bad_rows_is_not_added(batch):
    """None of its rows is; the error names the bad ones."""
    with pytest.raises(BadRowsError) as caught:
        batch.add(BAD)
    first, second = caught.value.bad.first
    assert str(caught.value) == (
        "2 rows of the list cannot be sent. Nothing was sent or spent."
        f"\n  line 2: {first.reason}\n  line 3: {second.reason}"
    )
    assert (first.line, first.reason) == (2, "The prompt is empty.")
    assert "resolution" in second.reason
    assert prompts(batch) == []
    batch.add(["A boat"])


def test_only_the_first_bad_rows_are_named(tmp_path):
    """A list may have a million of them."""
    with new(tmp_path) as batch, pytest.raises(BadRowsError) as caught:
        batch.add([""] * 1234)
    assert (caught.value.bad.count, len(caught.value.bad.first)) == (1234, 20)
    assert str(caught.value).startswith("1,234 rows of the list cannot be sent.")
    assert str(caught.value).endswith("\n  and 1,214 more")
    with new(tmp_path) as batch, pytest.raises(BadRowsError, match=r"\A1 row of the list cannot"):
        batch.add([""])


def test_bad_rows_can_be_left_out(batch):
    """They have a line in the results, and are never sent."""
    batch.add(BAD, skip_bad=True)
    states = ["waiting", "bad", "bad", "waiting"]
    assert [row.state for row in batch.rows()] == states
    bad = next(batch.rows("bad"))
    assert (bad.line, bad.reason, bad.prompt, bad.body) == (2, "The prompt is empty.", "", {})
    # The same list again, and with more: bad rows are known as well.
    batch.add(BAD, skip_bad=True)
    batch.add([*BAD, "A dog"], skip_bad=True, extend=True)
    assert [row.state for row in batch.rows()] == [*states, "waiting"]
    assert [row.n for row in batch.rows()] == [1, 2, 3, 4, 5]


def test_a_bad_row_takes_no_name_from_another(tmp_path):
    """Whatever the rows are called."""
    with new(tmp_path, names="{name}") as batch:
        given = ["", {"prompt": "A boat", "name": "bad-1"}, {"prompt": "A", "name": "/1"}]
        batch.add(given, skip_bad=True)
        assert [row.stem for row in batch.rows("waiting")] == ["bad-1", "1"]


@pytest.mark.parametrize("second", ["fox", "FOX"])
def test_two_rows_of_one_name_are_refused(tmp_path, second):
    """Also where only the case differs, which many file systems do not tell."""
    with new(tmp_path, names="{name}") as batch:
        given = [{"prompt": "A", "name": "fox"}, "B", {"prompt": "C", "name": second}]
        with pytest.raises(ConfigurationError, match="Lines 1 and 3 would both be named"):
            batch.add(given)
        assert prompts(batch) == []


def test_a_row_of_a_name_that_is_there_is_refused(batch):
    """Nothing of the list is added."""
    batch.change(names="{name}")
    batch.add([{"prompt": "A", "name": "fox"}])
    with pytest.raises(ConfigurationError, match=r"Add \{n\} to the template of names"):
        batch.add(["B", {"prompt": "C", "name": "Fox"}], extend=True)
    assert prompts(batch) == ["A"]


def test_a_list_that_cannot_be_read_on_adds_nothing(batch):
    """Whatever the error is."""

    def broken():
        yield from ["A boat"] * 1000
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        batch.add(broken())
    batch.change(names="{n} {animal}")
    with pytest.raises(ConfigurationError, match="which the row on line 1 does not have"):
        batch.add(["A boat"])
    assert prompts(batch) == []


@pytest.mark.parametrize("price", [-0.1, float("nan"), float("inf"), True, "0.1"])
def test_a_price_that_is_none_is_refused(tmp_path, price):
    """It would make the limits meaningless."""
    with new(tmp_path) as batch:
        with pytest.raises(ConfigurationError, match="A price must be a number of US dollars"):
            batch.add(["A boat"], price=lambda _: price)
        assert prompts(batch) == []


@pytest.mark.parametrize("variables", [{"x": float("nan")}, {1: 1, "b": 2}, {"x": {1, 2}}])
def test_variables_are_kept_as_json_has_them(batch, variables):
    """What it does not have is text, or makes the row bad; the row is found again either way."""
    rows = [Row("A boat", variables={"when": date(2026, 11, 29), "pair": (1, 2)})]
    batch.add([*rows, Row("A fox", variables=variables)], skip_bad=True)
    first, second = batch.rows()
    assert first.variables == {"when": "2026-11-29", "pair": [1, 2]}
    is_text = second.state == "waiting" and isinstance(second.variables["x"], str)
    assert is_text or "cannot be kept as JSON" in second.reason
    batch.add(rows, extend=True)
    assert len(prompts(batch)) == 2


@pytest.mark.parametrize("row", [{"prompt": "A\0boat"}, {"prompt": "A boat", "name": "a\0b"}])
def test_null_characters_make_a_row_bad(batch, row):
    """PostgreSQL cannot keep them."""
    with pytest.raises(BadRowsError, match="contains a null character"):
        batch.add([row])


def test_rows_that_are_bad_already_stay_so(batch):
    """Those of a file that was read, for example."""
    with pytest.raises(BadRowsError, match="line 7: no prompt"):
        batch.add([BadRow(7, "no prompt")])


def test_warnings_are_collected(tmp_path):
    """Each once, and not without end."""
    with new(tmp_path) as batch:
        long = [f"A boat {'x' * length}" for length in range(900, 930)]
        added = batch.add([*long, *long])
        assert len(added.warnings) == 21
        assert sum("800" in text for text in added.warnings) == 20


def test_rows_that_ask_for_the_same_are_counted(batch):
    """Each is paid for; whoever wants that need not be stopped."""
    assert not batch.add(["A boat", "A fox"]).warnings
    again = {"prompt": "A boat", "seed": 7}
    (once,) = batch.add(["A boat", "A fox", again, again], extend=True).warnings
    assert once.startswith("1 row asks for the same as an earlier one (line 4 as line 3). ")
    (often,) = batch.add(["A hare"] * 3, extend=True).warnings
    assert often.startswith("2 rows ask for the same as an earlier one (line 2 as line 1). ")


def test_what_the_model_does_not_support_can_be_allowed(tmp_path):
    """It is a warning then."""
    square = {"prompt": "A boat", "resolution": "480P", "aspect_ratio": "4:3"}
    with new(tmp_path) as batch:
        with pytest.raises(BadRowsError):
            batch.add([square])
        assert batch.add([square], allow_unsupported=True).warnings


def test_two_processes_that_add_the_same_list_at_once_add_it_once(batch, tmp_path):
    """The second one finds it when it wants to add its rows."""
    batch.change(names="{slug} {seed}")
    address = None if not batch._database.shared else batch._database.engine.url
    with open_batch(
        tmp_path / "videos", database=address and address.render_as_string(hide_password=False)
    ) as other:

        def read_while_the_other_adds():
            yield "A boat"
            other.add(["A boat", "A fox"])
            yield "A fox"

        batch.add(read_while_the_other_adds())
        assert prompts(batch) == ["A boat", "A fox"]

        def read_while_the_other_extends():
            other.add(["A cat"], extend=True)
            yield "A dog"

        with pytest.raises(ConfigurationError, match=r"has added rows .* meanwhile. Do the same"):
            batch.add(read_while_the_other_extends(), extend=True)
        batch.add(["A dog"], extend=True)
    assert prompts(batch) == ["A boat", "A fox", "A cat", "A dog"]


def test_a_list_that_finds_no_room_for_temporary_files_is_not_added(tmp_path):
    """It is not held in memory instead."""
    pytest.importorskip("resource")
    with new(tmp_path) as batch:
        rows = [{"prompt": "A boat", "note": "x" * 1000}] * 5000
        with largest_file(200_000), pytest.raises(ConfigurationError, match="folder for temporary"):
            batch.add(rows)
        assert prompts(batch) == []
        batch.add(rows[:1])


def test_a_row_is_json_to_the_last_digit(batch):
    """So that the request is the same on both databases."""
    batch.add([Row("A boat", variables={"x": 0.1 + 0.2, "big": 2**60, "deep": {"a": [None]}})])
    (row,) = batch.rows()
    assert json.dumps(row.variables, sort_keys=True) == (
        '{"big": 1152921504606846976, "deep": {"a": [null]}, "x": 0.30000000000000004}'
    )
