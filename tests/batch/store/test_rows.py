"""The rows of a batch: added whole or not at all, and moved on by the engine."""

from __future__ import annotations

import pytest

from wan_ergonomic import LedgerError
from wan_ergonomic.batch.store import BatchRow, OvertakenError, Rest, Rows, batched, making

from .made import begin, generation, row, state, with_rows


def test_a_row_comes_back_as_it_was_added(database):
    """With everything that is needed to send it and to say where it is from."""
    rows = Rows(database)
    given = row(
        "a fox 🦊",
        line=9,
        name="ümläut",
        prompt="A 'fox'\n\t\\ in \"snow\"",
        body={"model": "m", "seed": 0, "enhance_prompt": False, "n": 1.5, "x": None},
        options={"seed": 0},
        variables={"ä": [1, {"b": None}]},
        own_seed=True,
        price_usd=0.105,
    )
    rows.add([given])
    assert rows.get(1) == BatchRow(
        n=1,
        line=9,
        name="ümläut",
        stem="a fox 🦊",
        prompt="A 'fox'\n\t\\ in \"snow\"",
        options={"seed": 0},
        variables={"ä": [1, {"b": None}]},
        body={"model": "m", "seed": 0, "enhance_prompt": False, "n": 1.5, "x": None},
        own_seed=True,
        price_usd=0.105,
        state="waiting",
        reason=None,
        runs=0,
        queued=False,
        sends=0,
        file=None,
        video=None,
    )
    assert rows.get(1).seed == 0


def test_rows_are_numbered_in_their_order(database):
    """Also beyond a page, and those of a later list go on."""
    rows = Rows(database)
    assert (rows.last(), list(rows.pages()), rows.lists()) == (0, [], [])
    rows.add([row(f"{n}") for n in range(1, 1102)], mark="first")
    rows.add([row("later")], after=1101, mark="second")
    rows.add([row("unmarked")], after=1102)
    assert [each.n for each in rows.pages()] == list(range(1, 1104))
    assert [each.stem for each in rows.pages()][1099:] == ["1100", "1101", "later", "unmarked"]
    assert (rows.last(), rows.lists()) == (1103, ["first", "second"])


def test_nothing_is_added_if_one_row_cannot_be(database):
    """Neither rows of an earlier page nor the mark of the list."""
    rows = Rows(database)

    def some():
        yield from (row(f"{n}") for n in range(600))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        rows.add(some(), mark="m")
    with pytest.raises(LedgerError, match=r"failed: .*(UNIQUE|unique)"):
        rows.add([row("same"), row("same")], mark="m")
    assert (rows.last(), rows.lists()) == (0, [])


def test_rows_that_were_numbered_before_others_came_are_not_added(database):
    """Their names and numbers would no longer be right."""
    rows, _ = with_rows(database, 2)
    with pytest.raises(OvertakenError):
        rows.add([row("new")], after=0, mark="m")
    assert (rows.last(), rows.lists()) == (2, [])


def test_rows_of_some_states(database):
    """And how many there are in each."""
    rows = Rows(database)
    states = ["waiting", "bad", "done", "waiting", "failed"]
    rows.add([row(f"{n}", state=each) for n, each in enumerate(states, 1)])
    assert [each.n for each in rows.pages("waiting")] == [1, 4]
    assert [each.n for each in rows.pages("failed", "done")] == [3, 5]
    assert list(rows.pages("held")) == []
    assert rows.counts() == {"waiting": 2, "bad": 1, "done": 1, "failed": 1}


def test_rows_that_change_while_they_are_read(database):
    """Each is read once, even if it has left its state by then."""
    rows, _ = with_rows(database, 1200)
    seen = []
    for each in rows.pages("waiting"):
        seen.append(each.n)
        if each.n % 300 == 0:
            rows.hold(each.n + 1, "later")
            rows.hold(each.n, "later")
    assert seen == sorted(set(seen))
    assert set(range(1, 1201)) - set(seen) <= {301, 601, 901}


def test_the_engine_is_given_each_row_once(database):
    """In the order of the rows, and again after its run has ended without an end for the row."""
    rows, money = with_rows(database, 5)
    rows.hold(2, "later")
    assert rows.to_queue(2) == [(1, 0), (3, 0)]
    rows.queued([(1, 0), (3, 0)])
    assert rows.to_queue(9) == [(4, 0), (5, 0)]
    assert rows.to_queue(9, first=4) == [(4, 0)]
    assert rows.with_engine() == [(1, 0), (3, 0)]
    assert (rows.are_at_work(first=1), rows.are_at_work()) == (True, True)
    rows.left(1, 0)
    rows.left(1, 0)
    assert rows.to_queue(1) == [(1, 1)]
    begin(money, 3)
    money.accepted(3, 0, generation())
    rows.left(3, 0)
    assert rows.to_queue(9)[0] == (3, 1)
    assert rows.to_queue(9, first=2) == [(3, 1), (1, 1)]
    assert rows.are_at_work(first=0)
    rows.done(3, "3.mp4", {})
    assert (3, 1) not in rows.to_queue(9)
    rows.queued([])
    assert rows.with_engine() == []
    for n in (1, 4):
        rows.fail(n, "no")
    assert (rows.are_at_work(first=4), rows.are_at_work()) == (False, True)
    rows.hold(5, "later")
    assert not rows.are_at_work()


def test_a_row_is_held_only_before_it_is_sent(database):
    """And waits again once it is released."""
    rows, money = with_rows(database, 2)
    begin(money, 1)
    for n in (1, 2):
        rows.hold(n, "no money")
    assert (state(rows, 1)[0], state(rows, 2)[0]) == ("submitting", "held")
    assert rows.get(2).reason == "no money"
    rows.release()
    assert (state(rows, 2)[0], rows.get(2).reason) == ("waiting", None)


def test_rows_of_one_prompt_are_held_together(database):
    """Others, and those that were sent, are not."""
    rows = Rows(database)
    rows.add([row("1"), row("2"), row("3", prompt="A fox"), row("4", state="done")])
    rows.hold_alike(rows.get(4), "bad")
    assert [state(rows, n)[0] for n in (1, 2, 3, 4)] == ["held", "held", "waiting", "done"]


def test_a_row_fails_unless_it_has_a_video_or_may_get_one(database):
    """What was sent and has no outcome stays to be settled."""
    rows, money = with_rows(database, 5)
    for n in (2, 3, 5):
        begin(money, n)
    money.accepted(2, 0, generation())
    money.in_doubt(3, 0, "lost")
    rows.done(4, "4.mp4", {})
    for n in range(1, 6):
        rows.fail(n, "no")
    states = ["failed", "failed", "in doubt", "done", "submitting"]
    assert [state(rows, n)[0] for n in range(1, 6)] == states
    assert [rows.get(n).reason for n in (1, 2)] == ["no", "no"]


def test_a_video_is_recorded(database):
    """With what was found out about it; an earlier reason is gone."""
    rows, _ = with_rows(database, 1)
    rows.fail(1, "no room")
    rows.done(1, "1.mp4", {"width": 832, "marks": []})
    found = rows.get(1)
    assert (found.state, found.reason, found.file) == ("done", None, "1.mp4")
    assert found.video == {"width": 832, "marks": []}


def test_what_all_rows_cost(database):
    """Bad rows cost nothing; nothing is known if one price is not."""
    rows = Rows(database)
    assert rows.expected_usd() == 0.0
    rows.add([row("1", price_usd=0.1), row("2", price_usd=0.25), row("3", state="bad")])
    assert rows.expected_usd() == pytest.approx(0.35)
    rows.add([row("4")], after=3)
    assert rows.expected_usd() is None


def test_what_has_not_been_sent_yet(database):
    """By its price, as far as that is known."""
    rows = Rows(database)
    prices = [(0.1, "waiting"), (0.2, "held"), (None, "waiting"), (0.4, "done"), (None, "bad")]
    rows.add(row(f"{n}", price_usd=usd, state=each) for n, (usd, each) in enumerate(prices))
    rest = rows.rest()
    assert (rest.rows, round(rest.usd, 9), rest.unpriced) == (3, 0.3, 1)
    assert rows.rest(first=1) == Rest(rows=1, usd=0.1, unpriced=0)
    assert rows.rest(first=0) == Rest(rows=0, usd=0.0, unpriced=0)


def test_so_many_of_the_first_rows(database):
    """Bad ones are not counted; a sample of all rows has no last one."""
    rows = Rows(database)
    rows.add([row("1", state="bad"), row("2"), row("3", state="bad"), row("4"), row("5")])
    assert [rows.nth(number) for number in (1, 2, 3, 9)] == [2, 4, None, None]


def test_what_is_in_the_making(database):
    """Since when, and how far, in the order of the rows."""
    rows, money = with_rows(database, 5)
    for n in (4, 2, 3, 1):
        begin(money, n)
    money.accepted(2, 0, generation("generating"))
    money.in_doubt(1, 0, "lost")
    with database.transaction() as connection:
        connection.exec_driver_sql("UPDATE wan_submissions SET submitted = submitted - 60")
    found = making(database, 2)
    assert [(each.n, each.status, each.prompt) for each in found] == [
        (2, "generating", "A boat"),
        (3, None, "A boat"),
    ]
    assert all(60 <= each.seconds < 120 for each in found)
    assert [each.n for each in making(database, 9)] == [2, 3, 4]
    assert rows.get(5).state == "waiting"


def test_items_are_taken_some_at_a_time():
    """As many as a statement takes."""
    assert [len(some) for some in batched(range(1001))] == [500, 500, 1]
    assert list(batched([])) == []
