"""Several videos with one command: prompts, seeds, one table, and an exit code for all."""

from __future__ import annotations

import re
import shlex
import signal
from pathlib import Path

import pytest

from tests.cli.conftest import CREDITS, MODULE, SMALL
from tests.support.options import needs
from wan_ergonomic._generation import CREDITS_PER_USD
from wan_ergonomic._limits import MAX_SEED
from wan_ergonomic.cli._exits import UsageError
from wan_ergonomic.cli.generation._requests import Several, requests_of
from wan_ergonomic.ledger import Ledger
from wan_ergonomic.sandbox import Sandbox


@pytest.fixture
def ledger(tmp_path, monkeypatch) -> Ledger:
    """The ledger that the commands use."""
    monkeypatch.setenv("WAN_LEDGER", str(tmp_path / "ledger"))
    return Ledger(tmp_path / "ledger")


@pytest.fixture
def sandbox():
    """A sandbox whose jobs take a third of a second."""
    with Sandbox(speed=1000.0) as running:
        yield running


def seeds(**several) -> list[int | None]:
    """Return the seeds that are asked for."""
    found = requests_of(["A boat"], {}, Several(**several), seed=None)
    return [each.options.get("seed") for each in found]


@needs("seed")
@pytest.mark.parametrize(
    ("text", "expected"),
    [("1..4", [1, 2, 3, 4]), ("7", [7]), ("1,5,9", [1, 5, 9]), (" 1..2, 2 ,8..8", [1, 2, 8])],
)
def test_seeds_are_ranges_and_numbers(text, expected):
    """Each once."""
    assert seeds(seeds=text) == expected


@needs("seed")
def test_a_count_draws_seeds():
    """So that each of the videos can be made again."""
    drawn = seeds(count=20)
    assert len({*drawn}) == 20
    assert all(isinstance(seed, int) and 0 <= seed <= MAX_SEED for seed in drawn)
    assert seeds() == [None]


def test_without_such_an_option_no_seed_is_drawn(monkeypatch):
    """The contract may lose it."""
    module = "wan_ergonomic.cli.generation._requests"
    monkeypatch.setattr(f"{module}.request_schema", lambda: {"properties": {}})
    assert seeds(count=3) == [None] * 3


@pytest.mark.parametrize(
    ("several", "seed", "message"),
    [
        ({"seeds": "x"}, None, "--seeds must be whole numbers such as 1..4 or 1,5,9, not 'x'"),
        ({"seeds": "4..1"}, None, "not '4..1'"),
        ({"seeds": "1.."}, None, "not '1..'"),
        ({"seeds": "1,,2"}, None, "not '1,,2'"),
        ({"seeds": "0..100"}, None, "101 videos are too many for one command"),
        ({"seeds": "0..99,200"}, None, "101 videos are too many"),
        ({"count": 101}, None, "101 videos are too many .* wan batch run makes any number"),
        ({"seeds": "1..2", "count": 2}, None, "--seeds and --count exclude each other"),
        ({"count": 2}, 7, "--seed and --count exclude each other"),
        ({"seeds": "1"}, 7, "--seed and --seeds exclude each other"),
    ],
)
def test_what_cannot_be_meant_is_an_error(several, seed, message):
    """Nothing is sent."""
    with pytest.raises(UsageError, match=f"{message}.* Nothing was sent or spent"):
        requests_of(["A boat"], {}, Several(**several), seed=seed)


def test_several_prompts_are_made_at_once(wan, sandbox, ledger):
    """Each path is printed as its video is saved; plain lines say which one they are about."""
    result = wan("generate", "A red boat", "A blue kite", "-o", "v/", *SMALL, at=sandbox)
    assert result.code == 0
    assert sorted(re.sub(r"-\w{8}\.mp4", "", path) for path in result.text.splitlines()) == [
        "v/a-blue-kite",
        "v/a-red-boat",
    ]
    assert sorted(map(str, Path("v").glob("*.mp4"))) == sorted(result.text.splitlines())
    for line in ("1 A red boat: Accepted: ", "2 A blue kite: completed, ", ": Saved 0."):
        assert line in result.err
    assert sandbox.billed == 2
    assert {Path(job.place or "").parent.name for job in ledger.jobs()} == {"v"}
    assert not ledger.jobs(unfinished=True)


@needs("seed")
def test_seeds_make_a_video_each(wan, sandbox):
    """With --json each result is a line, and each event names its generation."""
    result = wan("generate", "A boat", "--seeds", "3,4", "--json", at=sandbox)
    assert (result.code, len(result.out.splitlines()), sandbox.billed) == (0, 2, 2)
    assert {event["event"] for event in result.events} >= {"accepted", "poll", "saved"}
    sent = [each for each in sandbox.received if each.method == "POST"]
    assert [each.body["seed"] for each in sent] == [3, 4]


def test_one_that_fails_does_not_stop_the_others(wan, sandbox):
    """Its message and its exit code are those of the command."""
    result = wan(
        "generate", "A boat [scenario: fails]", "A red kite", "-o", "v/", *SMALL, at=sandbox
    )
    assert (result.code, len(result.text.splitlines())) == (3, 1)
    assert "ended with status 'error'" in result.err


def test_a_rejected_prompt_does_not_stop_the_others(wan, sandbox):
    """Nor does a submission in doubt."""
    words = ["A boat [scenario: bad-prompt]", "A fox [scenario: lost-502]", "A red kite"]
    result = wan("submit", *words, *SMALL, "--json", at=sandbox)
    assert (result.code, len(result.out.splitlines())) == (5, 1)
    kinds = [each["error"]["kind"] for each in result.events if each["event"] == "error"]
    assert kinds == ["BadRequestError", "SubmissionInDoubtError"]


def test_without_one_that_is_accepted_nothing_is_waited_for(wan, sandbox):
    """Each rejection is reported."""
    words = ["A boat [scenario: bad-prompt]", "A fox [scenario: bad-prompt]"]
    result = wan("generate", *words, "-o", "v/", *SMALL, at=sandbox)
    assert (result.code, result.out, sandbox.billed) == (1, b"", 0)
    assert result.err.count("Nothing was accepted or charged.") == 2


@pytest.mark.usefixtures("ledger")
def test_what_would_fail_again_is_not_tried(wan, sandbox):
    """What was accepted before is waited for and saved."""
    price = CREDITS / CREDITS_PER_USD
    words = ["generate", "A red kite", "A blue kite", "A grey kite", "A green kite", *SMALL]
    result = wan(*words, "-o", "v/", "--max-usd", str(2.5 * price), at=sandbox)
    assert (result.code, len(result.text.splitlines()), sandbox.billed) == (2, 2, 2)
    assert "1 more was not submitted." in result.err
    assert "of the cap of" in result.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["A red boat", "A kite", "-o", "b.mp4"], "-o b.mp4 is for one video. Name a folder"),
        (["A red boat", "A kite", "-o", "-"], "Standard output can take one video only"),
        (["A red boat", "A kite", "--recover"], "look for what was lost with wan recover --all"),
        (["A red boat", "kite"], "A prompt of several words needs quotes around it."),
        (["A red boat", "A kite", "--prompt-file", "x"], "There are two prompts"),
        (["A red boat", "", "-o", "v/"], "needs quotes around it"),
        (["--count", "0", "A red boat"], "--count must be"),
    ],
)
def test_a_mistake_costs_nothing(wan, sandbox, words, message):
    """It is found before anything is sent."""
    result = wan("generate", *words, at=sandbox)
    assert (result.code, sandbox.received) == (2, ())
    assert message in result.err


def test_standard_input_is_one_prompt(wan, sandbox):
    """It cannot be one of several: it has no quotes."""
    result = wan("generate", "--", "A red boat", "-", at=sandbox)
    assert (result.code, sandbox.received) == (2, ())


def test_ctrl_c_while_several_are_waited_for_says_how_to_resume(start, slow_api, ledger):
    """They run on, and nothing is lost."""
    running = start("generate", "A red boat", "A blue kite", "-o", "v/", *SMALL, at=slow_api)
    running.wait_for("2 A blue kite: queued")
    result = running.end(signal.SIGINT)
    assert result.code == 130
    assert "2 generations keep running at the API, billed once; resuming is free." in result.err
    assert "wan_ergonomic resume --base-url" in result.next_command
    assert len(ledger.jobs(unfinished=True)) == 2


@pytest.mark.parametrize(("before", "said"), [(0, ""), (1, "1 generation was"), (2, "2 gen")])
def test_ctrl_c_while_several_are_submitted_names_what_was_accepted(start, api, before, said):
    """The one that is being submitted is in doubt."""
    billed = api.billed
    words = [f"A boat number {n}" for n in range(before)]
    running = start("submit", *words, "A kite [scenario: lost-response]", "A red fox", at=api)
    running.until(lambda: api.billed > billed + before)
    result = running.end(signal.SIGINT)
    assert result.code == 5
    assert "Interrupted while submitting" in result.err
    assert (f"Before that, {said}" in result.err) == bool(said)
    assert ("accepted: see wan jobs." in result.err) == bool(said)
    assert len(result.out.splitlines()) == before


@pytest.mark.usefixtures("ledger")
def test_jobs_are_watched_together(wan, sandbox):
    """Without ids, all that are unfinished; with a folder, each is saved."""
    ids = [wan("submit", "A red boat", *SMALL, at=sandbox).text for _ in range(2)]
    watched = wan("watch", *ids, *ids, "--no-ledger", at=sandbox)
    assert watched.code == 0
    assert sorted(watched.text.splitlines()) == sorted(f"{each}  completed" for each in ids)
    saved = wan("watch", "-o", "v/", at=sandbox)
    assert (saved.code, len(list(Path("v").glob("a-red-boat-*.mp4")))) == (0, 2)
    nothing = wan("watch", at=sandbox)
    assert nothing.err == f"wan: no job at {sandbox.url} is unfinished.\n"
    assert (nothing.code, wan("watch", "--quiet", at=sandbox).err) == (0, "")


def test_what_cannot_be_watched_is_an_error(wan, sandbox):
    """As an embedded sandbox, a file for several videos, or very many jobs."""
    for words, message in (
        (["--sandbox"], "An embedded sandbox has no earlier jobs"),
        (["id-1", "-o", "b.mp4"], "-o b.mp4 is for one video. Name a folder"),
        ([f"id-{n}" for n in range(101)], "101 generations are too many; name at most 100."),
    ):
        at = None if words == ["--sandbox"] else sandbox
        result = wan("watch", *words, at=at)
        assert result.code == 2
        assert message in result.err


def test_a_generation_that_is_not_known_is_an_error_of_its_own(wan, sandbox):
    """The others are watched all the same."""
    known = wan("submit", "A red boat", *SMALL, at=sandbox).text
    result = wan("watch", known, "unknown-1", at=sandbox)
    assert (result.code, result.text) == (1, f"{known}  completed")


def test_ctrl_c_while_watching_says_how_to_go_on(start, slow_api, wan):
    """Without a ledger, the ids are named."""
    ids = [wan("submit", "A boat", *SMALL, "--no-ledger", at=slow_api).text for _ in range(2)]
    for saving in ((), ("-o", "v/")):
        running = start("watch", *ids, *saving, "--no-ledger", at=slow_api)
        running.wait_for(f"{ids[1]}: queued")
        result = running.end(signal.SIGINT)
        assert result.code == 130
        words = shlex.split(result.next_command.removeprefix(MODULE))
        assert words[0] == "watch"
        assert sorted(words[-2:]) == sorted(ids)
        assert ("-o" in words) == bool(saving)


def test_the_link_of_a_video_is_printed(wan, sandbox):
    """A fresh one; while there is none, the exit code says why."""
    known = wan("submit", "A boat", *SMALL, at=sandbox).text
    assert wan("wait", known, at=sandbox).code == 0
    result = wan("url", known, at=sandbox)
    assert (result.code, result.err) == (0, "")
    assert result.text.startswith(sandbox.url)


def test_a_generation_without_a_link_has_none_to_print(wan, slow_api, sandbox):
    """It can be waited for, or has failed."""
    pending = wan("submit", "A boat", *SMALL, at=slow_api).text
    result = wan("url", pending, at=slow_api)
    assert result.code == 4
    assert f"Generation {pending} has no link: it is queued." in result.err
    assert f"wait --base-url {slow_api.url} -- {pending}" in result.next_command
    failed = wan("submit", "A boat [scenario: fails]", *SMALL, at=sandbox).text
    wan("wait", failed, at=sandbox)
    result = wan("url", failed, at=sandbox)
    assert result.code == 3
    assert re.search(r"has no link: it is error: .*DataInspectionFailed.*[^.]\.\n", result.err)


@needs("seed")
def test_a_template_names_the_files_of_a_folder(wan, sandbox):
    """By the words of the prompt, the seed, a part of the id and any option."""
    words = ("generate", "A red kite", "A blue kite", "--seeds", "1..2", "-o", "kites/")
    result = wan(*words, "--names", "{seed} {slug}", at=sandbox)
    assert result.code == 0, result.err
    assert sorted(path.name for path in Path("kites").iterdir()) == [
        *("1-a-blue-kite.mp4", "1-a-red-kite.mp4", "2-a-blue-kite.mp4", "2-a-red-kite.mp4")
    ]
    # What would take the name of another file is not sent.
    result = wan(*words, "--names", "{seed} {slug}", at=sandbox)
    assert result.code == 2
    assert "1-a-red-kite.mp4 exists already" in result.err
    assert sandbox.billed == 4
    generation_id = wan("submit", "A kite", *SMALL, at=sandbox).text
    saved = wan("wait", generation_id, "-o", "kites", "--names", "{{{id}}}{watermark}", at=sandbox)
    assert saved.text == f"kites/{{{generation_id[:8]}}}.mp4"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--names", "{slug}"], "--names '{slug}' gives several videos the same name. Add {id}"),
        (["--names", "{prompts}"], "--names has the field {prompts}. Did you mean"),
        (["--names", "{slug"], "--names '{slug' cannot be used: it has a { alone"),
        (["--names", "…?"], "--names '…?' gives several videos the same name."),
        (["--names", "?"], "--names '?' leaves no name for a file."),
        (["--names", "{id}", "-o", "a.mp4"], "-o a.mp4 is for one video."),
    ],
)
def test_names_that_cannot_be_given_are_an_error(wan, sandbox, options, message):
    """Before anything is sent."""
    result = wan("generate", "A kite", "--count", "2", *options, at=sandbox)
    assert result.code == 2
    assert message in result.err
    assert result.err.endswith("Nothing was sent or spent.\n")
    assert sandbox.billed == 0


@pytest.mark.parametrize("output", ["boat.mp4", "-"])
def test_names_are_for_files_in_a_folder(wan, sandbox, output):
    """Not for a file that has a name, nor for standard output."""
    result = wan("generate", "A kite", *SMALL, "-o", output, "--names", "{id}", at=sandbox)
    assert (result.code, sandbox.billed) == (2, 0)
    assert "--names is for files in a folder." in result.err


def test_the_same_video_is_not_asked_for_twice():
    """It would be paid for twice; without a seed, two videos of a prompt differ."""
    twice = ["A boat", "A fox", "A boat"]
    assert len(requests_of(twice, {}, Several(), seed=None)) == 3
    with pytest.raises(UsageError, match=r"the prompt 'A boat' with the seed 7 would be the same"):
        requests_of(twice, {"seed": 7}, Several(), seed=7)
    with pytest.raises(UsageError, match="with the seed 1 would be the same"):
        requests_of(twice, {}, Several(seeds="1..2"), seed=None)
