"""What is done for one row, without the engine: each step at any time, by any worker."""

from __future__ import annotations

import asyncio
import json
import shutil

import av
import pytest

from tests.support.files import largest_file
from tests.support.options import needs
from wan_ergonomic import LedgerError, RetryPolicy
from wan_ergonomic._generation import Generation
from wan_ergonomic.batch.engine import _maker, _records
from wan_ergonomic.batch.engine._records import RowRecords
from wan_ergonomic.batch.engine._saver import Saver
from wan_ergonomic.batch.output import open_folder
from wan_ergonomic.batch.store import AlreadySentError, Money, Workers
from wan_ergonomic.ledger import Cap, Recorder
from wan_ergonomic.sandbox import Sandbox
from wan_ergonomic.video import read_metadata

ONCE = RetryPolicy(attempts=1)


def decoded(path):
    """Return how many frames of a video can be decoded."""
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


@needs("seed")
def test_a_row_ends_in_a_video_with_all_that_belongs_to_it(bench):
    """A file, its description beside it and within it, and records in both ledgers."""
    bench.add("A fox", seed=7)
    assert bench.make(1) == ["on"]
    row = bench.rows.get(1)
    assert (row.state, row.file, row.seed, row.reason) == ("done", "1.mp4", 7, None)
    video = bench.path / "1.mp4"
    assert decoded(video) > 0
    said = json.loads((bench.path / "1.json").read_text())
    known = bench.money.find(1, 0)
    assert said["request"] == dict(row.body)
    assert (said["generation_id"], said["sha256"]) == (known.generation_id, known.sha256)
    assert said["bytes"] == video.stat().st_size
    within = read_metadata(video)
    assert within
    assert (within["prompt"], within["seed"]) == ("A fox", 7)
    job = bench.ledger.find(known.generation_id)
    assert (job.file, job.sha256, job.usd) == (video, known.sha256, said.get("usd"))
    assert bench.batch.status().usd == pytest.approx(said.get("usd") or 0)
    assert {path.name for path in bench.folder.hidden.iterdir()} >= {"batch.sqlite3"}
    assert not list(bench.folder.hidden.glob("1.*"))


def test_each_step_can_be_repeated_and_nothing_is_sent_twice(bench):
    """By the same worker and by another one, at any time."""
    bench.add("A fox")

    async def repeat():
        async with bench.client() as client:
            first, other = bench.maker(client), bench.maker(client)
            assert [await each.submit(1) for each in (first, other, first)] == ["on"] * 3
            assert [await each.wait(1) for each in (first, other)] == ["on"] * 2
            assert [await each.save(1) for each in (first, other)] == ["on", "end"]
            assert [await step(1) for step in (first.submit, first.wait)] == ["end"] * 2

    asyncio.run(repeat())
    assert bench.sent == 1


def test_a_row_is_being_finished_between_its_steps_too(bench):
    """A batch that is stopped waits for it."""
    bench.add("A fox", "B [scenario: bad-prompt]")

    async def make():
        async with bench.client() as client:
            maker = bench.maker(client)
            for step in (maker.submit, maker.wait, maker.save):
                assert await step(1) == "on"
                assert maker.active == {1}
            assert await maker.submit(2) == "end"
            assert maker.active == {1}

    asyncio.run(make())


def test_what_failed_later_was_accepted_and_stays_counted(bench):
    """The API may have charged it."""
    bench.add("A [scenario: fails]")
    assert bench.make(1) == ["end"]
    assert bench.money.find(1, 0).outcome == "accepted"
    assert (bench.rows.get(1).state, bench.rows.get(1).sends) == ("failed", 0)
    assert bench.money.spent()[1] == 1


def test_rows_that_fail_say_why(bench):
    """A job that ends without a video, one that the API does not know, and a bad request."""
    bench.add("A [scenario: failed]", "B [scenario: bad-prompt]")
    assert bench.make(1, 2) == ["end", "end"]
    failed, bad = bench.batch.rows("failed")
    assert "failed" in failed.reason
    assert "400" in bad.reason
    assert bench.money.find(2, 0).outcome == "rejected"


def test_what_was_refused_may_be_sent_again_later(bench):
    """Until it was refused too often."""
    bench.add("A [scenario: busy]")
    client = bench.client(retrying=ONCE)
    assert bench.make(1, client=client) == ["later"]
    row = bench.rows.get(1)
    assert (row.state, row.sends) == ("waiting", 1)
    assert "429" in row.reason


def test_a_row_that_is_refused_again_and_again_fails(bench, monkeypatch):
    """With the last reason."""
    monkeypatch.setattr(_maker, "_MOST_REJECTIONS", 0)
    bench.add("A [scenario: busy]")
    assert bench.make(1, client=bench.client(retrying=ONCE)) == ["end"]
    assert "429" in bench.rows.get(1).reason


def test_what_every_row_would_meet_stops_the_batch(bench):
    """A wrong key, for example: the rows are held, and are sent when the batch runs again."""
    bench.add("A", "B")

    async def run():
        async with bench.client(api_key="another") as client:
            maker = bench.maker(client)
            assert await maker.submit(1) == "end"
            assert "401" in maker.stopping
            assert await maker.submit(2) == "end"

    asyncio.run(run())
    assert [row.state for row in bench.batch.rows()] == ["held", "waiting"]
    bench.rows.release()
    assert bench.make(1, 2) == ["on", "on"]


def test_a_key_that_is_refused_while_waiting_stops_the_batch(bench):
    """The row goes on when the batch runs again."""
    bench.add("A")

    async def run():
        async with bench.client() as client:
            await bench.maker(client).submit(1)
        async with bench.client(api_key="another") as client:
            maker = bench.maker(client)
            assert await maker.wait(1) == "end"
            assert maker.stopping

    asyncio.run(run())
    assert bench.rows.get(1).state == "accepted"


def test_a_submission_without_a_response_is_in_doubt(bench):
    """It is not sent again, whoever tries."""
    bench.add("A [scenario: lost-connection]")
    assert bench.make(1, 1) == ["end", "end"]
    row = bench.rows.get(1)
    assert (row.state, bench.sent) == ("in doubt", 1)
    assert bench.money.find(1, 0).outcome == "in doubt"


def test_a_submission_whose_process_has_ended_is_in_doubt(bench):
    """Nobody is left to tell what became of it."""
    bench.add("A")
    bench.money.begin(1, worker="dead", client_request_id="x", base_url="b", usd=0.1)
    assert bench.make(1) == ["end"]
    assert "ended before the response" in bench.rows.get(1).reason
    assert bench.sent == 0


def test_a_submission_of_a_live_worker_is_waited_for(bench, monkeypatch):
    """Until it has told what became of it."""
    monkeypatch.setattr(_maker, "_LOOK_SECONDS", 0.01)
    bench.add("A")
    Workers(bench.database).beat("alive", "elsewhere")
    bench.money.begin(1, worker="alive", client_request_id="x", base_url="b", usd=0.1)

    async def run():
        async with bench.client() as client:
            waiting = asyncio.create_task(bench.maker(client).submit(1))
            await asyncio.sleep(0.2)
            assert not waiting.done()
            bench.money.accepted(1, 0, Generation(id="g", status="queued"))
            assert await waiting == "later"
            assert await bench.maker(client).submit(1) == "on"

    asyncio.run(run())
    assert bench.sent == 0


@pytest.mark.parametrize("end", ["withdraw", "rejected", "in doubt"])
def test_a_submission_of_a_live_worker_may_end_in_any_way(bench, monkeypatch, end):
    """The row is looked at again then."""
    monkeypatch.setattr(_maker, "_LOOK_SECONDS", 0.01)
    bench.add("A")
    Workers(bench.database).beat("alive", "elsewhere")
    bench.money.begin(1, worker="alive", client_request_id="x", base_url="b", usd=0.1)

    async def run():
        async with bench.client() as client:
            waiting = asyncio.create_task(bench.maker(client).submit(1))
            await asyncio.sleep(0.1)
            if end == "withdraw":
                bench.money.withdraw(1, 0, "x")
            elif end == "rejected":
                bench.money.rejected(1, 0, "no")
            else:
                bench.money.in_doubt(1, 0, "lost")
            assert await waiting == "later"

    asyncio.run(run())
    assert bench.sent == 0


def test_a_live_worker_is_not_waited_for_longer_than_a_submission_may_take(bench, monkeypatch):
    """Its row is in doubt then, until it tells."""
    monkeypatch.setattr(_maker, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(_maker, "SUBMIT_SECONDS", 0.05)
    bench.add("A")
    Workers(bench.database).beat("stuck", "elsewhere")
    bench.money.begin(1, worker="stuck", client_request_id="x", base_url="b", usd=0.1)
    assert bench.make(1) == ["end"]
    assert bench.rows.get(1).state == "in doubt"
    bench.money.accepted(1, 0, Generation(id="g", status="queued"))
    assert bench.rows.get(1).state == "accepted"


def test_two_workers_that_send_at_once_send_once(bench):
    """Who is later finds the other's intent."""
    bench.add(*[f"Boat {number}" for number in range(6)])

    async def run():
        async with bench.client() as client:
            makers = [bench.maker(client) for _ in range(3)]
            await asyncio.gather(*(m.submit(n) for n in range(1, 7) for m in makers))

    asyncio.run(run())
    assert bench.sent == 6


def test_an_id_that_another_worker_has_recorded_is_taken_up(bench):
    """Though the row's state was lost in between."""
    bench.add("A")

    async def run():
        async with bench.client() as client:
            maker = bench.maker(client)
            assert await maker.submit(1) == "on"
            bench.rows.release()
            with bench.database.transaction() as connection:
                connection.exec_driver_sql("UPDATE wan_rows SET state = 'waiting'")
            assert await maker.submit(1) == "on"

    asyncio.run(run())
    assert (bench.rows.get(1).state, bench.sent) == ("accepted", 1)


def test_a_row_waits_while_too_many_are_in_the_making(bench, monkeypatch):
    """It is not held, and is sent in a later run."""
    monkeypatch.setattr(_maker, "_LOOK_SECONDS", 0.01)
    bench.add("A", "B")
    bench.batch.change(concurrency=1)
    bench.money.begin(1, worker="another", client_request_id="x", base_url="b", usd=0.1)
    assert bench.make(2) == ["end"]
    assert (bench.rows.get(2).state, bench.rows.get(2).reason, bench.sent) == ("waiting", None, 0)
    bench.money.rejected(1, 0, "busy")
    assert bench.make(2) == ["on"]


def test_a_limit_holds_a_row_and_says_so(bench):
    """It is sent when the limit is raised."""
    bench.add("A", "B")
    bench.batch.change(max_videos=1)
    assert bench.make(1, 2) == ["on", "end"]
    assert "limit" in bench.rows.get(2).reason
    bench.batch.change(max_videos=2)
    bench.rows.release()
    assert bench.make(2) == ["on"]


@needs("resolution")
@pytest.mark.parametrize(("cheap", "ends"), [(0.05, False), (0.5, True)])
def test_all_rows_are_held_when_none_is_within_the_limit(bench, cheap, ends):
    """They wait for a higher one; a cheaper row may still be sent."""
    bench.add("A", "B", "C")
    bench.batch.change(max_usd=0.15)
    with bench.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE wan_rows SET price_usd = ? WHERE n = 3", (cheap,))

    async def run():
        async with bench.client() as client:
            await client.price()
            maker = bench.maker(client)
            assert [await maker.submit(n) for n in (1, 2)] == ["on", "end"]

    asyncio.run(run())
    third = "held" if ends else "waiting"
    assert [row.state for row in bench.batch.rows()] == ["accepted", "held", third]


def test_a_cap_of_the_user_holds_a_row(bench):
    """What the batch had recorded is taken back: nothing was sent."""
    bench.add("A")

    async def run():
        async with bench.client() as client:
            maker = bench.maker(client)
            maker._also = Recorder(bench.ledger, client.base_url, Cap(0.0))
            assert await maker.submit(1) == "end"

    asyncio.run(run())
    assert bench.rows.get(1).state == "held"
    assert (bench.money.find(1, 0), bench.sent) == (None, 0)


def test_nothing_is_sent_while_stopping(bench):
    """What was sent before is finished."""
    bench.add("A", "B")

    async def run():
        async with bench.client() as client:
            maker = bench.maker(client)
            await maker.submit(1)
            maker.stopping = "stopped"
            assert await maker.submit(2) == "end"
            assert await maker.wait(1) == "on"
            assert await maker.save(1) == "on"

    asyncio.run(run())
    assert [row.state for row in bench.batch.rows()] == ["done", "waiting"]


def test_a_wait_goes_on_after_what_passes(bench, monkeypatch):
    """The job runs on at the API, so it is waited for again."""
    monkeypatch.setattr("wan_ergonomic.batch.engine._client.WAIT_SECONDS", 0.2)
    bench.add("A [scenario: stuck]")
    assert bench.make(1) == ["later"]
    assert bench.rows.get(1).state == "accepted"


def test_a_job_that_the_api_does_not_know_fails(bench):
    """Its id came from somewhere else."""
    bench.add("A")
    bench.money.begin(1, worker="w", client_request_id="x", base_url="b", usd=0.1)
    bench.money.accepted(1, 0, Generation(id="nobody", status="queued"))
    assert bench.make(1) == ["end"]
    assert "404" in bench.rows.get(1).reason


def test_a_video_whose_job_is_gone_fails(bench):
    """No link to it can be asked for."""
    bench.add("A")
    bench.money.begin(1, worker="w", client_request_id="x", base_url="b", usd=0.1)
    bench.money.accepted(1, 0, Generation(id="nobody", status="completed"))

    async def run():
        async with bench.client() as client:
            assert await bench.maker(client).save(1) == "end"

    asyncio.run(run())
    assert "404" in bench.rows.get(1).reason


def test_a_video_that_cannot_be_downloaded_is_tried_again_and_fails_at_last(bench, monkeypatch):
    """It can still be downloaded by its id."""
    bench.add("A [scenario: html-video]")

    async def run(tries):
        async with bench.client(retrying=ONCE) as client:
            maker = bench.maker(client)
            await maker.submit(1)
            await maker.wait(1)
            return [await maker.save(1) for _ in range(tries)]

    monkeypatch.setattr(_maker, "_MOST_FAILED_SAVES", 2)
    assert asyncio.run(run(2)) == ["later", "end"]
    row = bench.rows.get(1)
    assert row.state == "failed"


@pytest.mark.parametrize("tries", [1, 3])
def test_a_video_that_cannot_be_written_stops_the_batch_and_fails_no_row(bench, tries):
    """It is paid for; what passes in a moment does not stop it."""
    bench.add("A", "B")
    told: list[str] = []

    async def run():
        async with bench.client() as client:
            maker = bench.maker(client, on_trouble=told.append)
            assert [await maker.submit(1), await maker.wait(1)] == ["on", "on"]
            (bench.path / "1.mp4").mkdir()
            verdicts = [await maker.save(1) for _ in range(tries)]
            assert bench.rows.get(1).state == "accepted"
            assert bench.rows.get(1).reason == told[-1]
            (bench.path / "1.mp4").rmdir()
            return verdicts, maker.stopping, await maker.submit(2), await maker.save(1)

    verdicts, stopping, second, saved = asyncio.run(run())
    assert (bench.rows.get(1).state, saved) == ("done", "on")
    said = "The video of row 1 could not be saved: Is a directory. Nothing is paid for again. "
    assert told[0] == f"{said}It is tried again."
    if tries == 1:
        assert (verdicts, stopping, second, len(told)) == (["later"], "", "on", 1)
    else:
        assert (verdicts, stopping, second) == (["later", "later", "end"], told[1], "end")
        assert told[1:] == [f"{said}Correct that, and run the batch again to save it."]


def test_a_disk_that_is_full_fails_no_row(bench, monkeypatch):
    """The database cannot be written then, either; the next run saves the video."""
    pytest.importorskip("resource")
    monkeypatch.setattr(_records, "_INSIST_SECONDS", 0.0)
    bench.add("A")

    async def run():
        async with bench.client() as client:
            maker = bench.maker(client)
            assert [await maker.submit(1), await maker.wait(1)] == ["on", "on"]
            # The sandbox is in this process: it renders the video while it may still write files.
            await client.download(bench.ledger.jobs()[0].generation_id, bench.path / "rendered")
            with largest_file(1000):
                verdicts = [await maker.save(1) for _ in range(3)]
            return verdicts, maker.stopping

    verdicts, stopping = asyncio.run(run())
    assert verdicts == ["later", "later", "end"]
    assert "could not be saved: File too large. Nothing is paid for again." in stopping
    assert bench.rows.get(1).state == "accepted"
    assert bench.make(1) == ["on"]
    assert (bench.rows.get(1).state, bench.sent) == ("done", 1)


def test_a_folder_that_is_gone_is_noticed_before_a_download(bench):
    """As with a drive that was unplugged."""
    bench.add("A")

    async def run():
        async with bench.client() as client:
            maker = bench.maker(client)
            assert [await maker.submit(1), await maker.wait(1)] == ["on", "on"]
            asked = len(bench.sandbox.received)
            maker._saver._output = open_folder(bench.path / "drive")
            shutil.rmtree(bench.path / "drive")
            assert await maker.save(1) == "later"
            assert len(bench.sandbox.received) == asked

    asyncio.run(run())
    assert "No such file or directory" in bench.rows.get(1).reason


@needs("seed")
def test_a_reused_video_that_cannot_be_written_is_tried_again(bench):
    """It is not sent and paid for instead."""
    bench.add("A", "A", seed=3)
    assert bench.make(1) == ["on"]
    (bench.path / "2.mp4").mkdir()
    assert bench.make(2, reuse=True) == ["later"]
    (bench.path / "2.mp4").rmdir()
    assert bench.make(2, reuse=True) == ["end"]
    assert (bench.rows.get(2).video["reused"], bench.sent) == (True, 1)


def test_a_video_that_was_made_before_a_crash_is_not_fetched_again(bench):
    """What is left of another generation, is not whole or is no description is not taken."""
    bench.add("A")
    made, said = bench.folder.place("1.mp4"), bench.folder.place("1.json")
    assert bench.make(1) == ["on"]
    about = json.loads((bench.path / "1.json").read_text())
    saver = Saver("batch", bench.folder, bench.rows, bench.money)
    row, generation = bench.rows.get(1), Generation(id=about["generation_id"])
    for text in ("", "[]", '{"generation_id": "other", "sha256": ""}'):
        said.write_text(text)
        made.write_bytes(b"half")
        assert saver._made_before(row, generation) is None
    shutil.copy(bench.path / "1.json", said)
    assert saver._made_before(row, generation) is None
    shutil.copy(bench.path / "1.mp4", made)
    assert saver._made_before(row, generation) == about


@needs("seed")
def test_the_same_request_with_the_lists_own_seed_is_taken_from_the_ledger(bench):
    """It costs nothing, and says so."""
    bench.add("A", "A", seed=3)
    assert bench.make(1) == ["on"]
    assert bench.make(2, reuse=True) == ["end"]
    first, second = bench.batch.rows()
    assert (first.video["reused"], second.video["reused"], bench.sent) == (False, True, 1)
    said = json.loads((bench.path / "2.json").read_text())
    assert said["reused"]
    assert "usd" not in said
    assert read_metadata(bench.path / "2.mp4") == read_metadata(bench.path / "1.mp4")


@needs("seed")
def test_a_video_that_was_changed_or_has_another_seed_is_not_taken(bench):
    """Nor one whose seed was drawn: nobody asked for the same video."""
    bench.batch.add([{"prompt": "A", "seed": 3}, *["B", "B"], {"prompt": "A", "seed": 4}])
    bench.make(1, 2)
    assert bench.make(3, 4, reuse=True) == ["on", "on"]
    (bench.path / "1.mp4").write_bytes(b"changed")
    bench.batch.add([{"prompt": "A", "seed": 3}] * 2, extend=True)
    assert bench.make(5, reuse=True) == ["on"]
    assert not any(row.video["reused"] for row in bench.batch.rows())


@needs("seed")
def test_a_video_of_this_run_is_taken_too(bench):
    """Once it is saved."""
    bench.add("A", "A", seed=3)
    assert bench.make(1, 2, reuse=True) == ["on", "end"]
    assert bench.rows.get(2).video["reused"]


def test_a_bad_video_is_marked_and_can_hold_its_prompt(bench):
    """The other rows of the prompt are held; those of another prompt are not."""
    bench.add("A", "A", "B")
    saver = Saver("batch", bench.folder, bench.rows, bench.money, stop_on_bad=True)
    raw = bench.folder.place("1.raw")
    with av.open(str(raw), "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=4)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(4):
            frame = av.VideoFrame(64, 64, "yuv420p")
            for plane, value in zip(frame.planes, (16, 128, 128), strict=True):
                plane.update(bytes([value]) * plane.buffer_size)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    row = bench.rows.get(1)
    saver._put(row, saver._make(row, raw, None), None, None)
    made, alike, other = bench.batch.rows()
    assert "black" in made.video["marks"]
    assert (alike.state, other.state) == ("held", "waiting")
    assert "row 1 of the same prompt is bad: black" in alike.reason


def test_what_is_no_video_is_marked(bench):
    """It is kept as it came: it is paid for."""
    bench.add("A")
    saver = Saver("batch", bench.folder, bench.rows, bench.money)
    raw = bench.folder.place("1.raw")
    raw.write_bytes(b"no video")
    row = bench.rows.get(1)
    records = RowRecords(bench.money, row, worker="w", base_url="b", also=None)
    saver._put(row, saver._make(row, raw, records), Generation(id="g"), records)
    row = bench.rows.get(1)
    assert row.video["marks"][0].startswith("unreadable")
    assert (bench.path / "1.mp4").read_bytes() == b"no video"


def test_a_video_is_kept_as_it_came_on_request(bench):
    """Its description is beside it alone."""
    bench.add("A")
    bench.make(1, metadata=False)
    assert read_metadata(bench.path / "1.mp4") is None
    assert (bench.path / "1.json").is_file()


def test_what_a_response_has_told_is_recorded_when_the_database_is_back(bench, monkeypatch):
    """The row waits for it."""
    monkeypatch.setattr(_records, "_PAUSE_SECONDS", 0.01)
    bench.add("A")
    tries = []

    def accepted(*_):
        tries.append(1)
        if len(tries) < 3:
            raise LedgerError("The database is away.")

    monkeypatch.setattr(bench.money, "accepted", accepted)
    records = RowRecords(bench.money, bench.rows.get(1), worker="w", base_url="b", also=None)
    records.accepted(Generation(id="g"), None)
    assert len(tries) == 3
    tries.clear()
    monkeypatch.setattr(_records, "_INSIST_SECONDS", 0.0)
    records.accepted(Generation(id="g"), None)
    assert len(tries) == 1


def test_a_database_that_fails_before_a_submission_lets_nothing_be_sent(bench, monkeypatch):
    """Whatever of it was recorded is taken back, and the row is sent later."""
    monkeypatch.setattr(_records, "_PAUSE_SECONDS", 0.01)
    bench.add("A")
    real = Money.begin

    def begin(self, *arguments, **named):
        real(self, *arguments, **named)
        raise LedgerError("The connection was lost at the commit.")

    monkeypatch.setattr(Money, "begin", begin)
    assert bench.make(1) == ["later"]
    assert (bench.money.find(1, 0), bench.sent, bench.rows.get(1).state) == (None, 0, "waiting")
    monkeypatch.setattr(Money, "begin", real)
    assert bench.make(1) == ["on"]


def test_records_without_a_ledger_of_the_user_have_the_batchs_database(bench):
    """For ``--no-ledger``."""
    bench.add("A")
    records = RowRecords(bench.money, bench.rows.get(1), worker="w", base_url="b", also=None)
    assert records.begin("x", {}, 0.1) is None
    with pytest.raises(AlreadySentError):
        records.begin("x", {}, 0.1)
    generation = Generation(id="g", status="queued")
    records.accepted(generation, None)
    records.seen(generation)
    records.saved(generation, bench.path)
    records.in_place(generation, "file", "hash")
    assert bench.money.find(1, 0).sha256 == "hash"


def test_a_sandbox_of_its_own_is_not_asked(bench):
    """The requests of a batch go to its API alone."""
    with Sandbox() as other:
        bench.add("A")
        bench.make(1)
        assert not other.received
