"""The benchmark measures what it says, and its simulation comes to what clients rely on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.scripts import SCRIPTS
from wan_ergonomic import PollingPolicy

sys.path.insert(0, str(SCRIPTS))
from benchmarks import environments, measure, pictures, plan, polling, server, tables, whole

sys.path.remove(str(SCRIPTS))

# Those that need nothing which this environment lacks.
HERE = (plan.SOCKET, plan.HTTP_CLIENT, plan.HTTPCORE, plan.HTTPX, plan.OURS)


@pytest.fixture
def in_this_environment(monkeypatch):
    """No environment is built."""
    monkeypatch.setattr(whole, "python_of", lambda _: Path(sys.executable))


@pytest.fixture
def bench(load, monkeypatch):
    """The script, in this environment."""
    script = load("bench")
    monkeypatch.setattr(script._environment, "enter", lambda *_: None)
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return script


@pytest.mark.usefixtures("in_this_environment", "measured_children")
def test_every_task_has_a_figure_of_every_contender_in_every_round():
    """Polls, start-up, modules and downloads, here few of each."""
    small = {
        name: replace(
            task,
            contenders=tuple(each for each in task.contenders if each in (*HERE, plan.CURL)),
            quick=min(task.quick, 10),
        )
        for name, task in plan.TASKS.items()
    }
    small["paced"] = replace(small["paced"], contenders=(plan.OURS,), quick=2)
    figures = whole.collect(small, 1, quick=True)
    assert figures.keys() == plan.TASKS.keys()
    for name, rows in figures.items():
        assert rows.keys() == {contender.name for contender in small[name].contenders}
        assert all(len(found) == 1 and found[0] > 0 for found in rows.values())
    assert figures["modules"]["wan_ergonomic"][0] > figures["modules"]["http.client"][0]


def test_every_task_can_be_measured():
    """In a contender's own environment, or as a whole process."""
    assert {task.task for task in plan.TASKS.values()} == {*measure.TASKS, "import", "modules"}


@pytest.mark.usefixtures("in_this_environment")
def test_a_contender_that_fails_is_an_error(capfd):
    """And not a figure."""
    unknown = replace(plan.OURS, module="nobody")
    task = replace(plan.TASKS["poll"], contenders=(unknown,))
    with pytest.raises(subprocess.CalledProcessError):
        whole.collect({"poll": task}, 1, quick=True)
    assert "nobody" in capfd.readouterr().err


def test_a_table_says_which_goals_hold():
    """With the median of the ratios of each round, and the spread."""
    figures = {"poll": {each.name: [100.0, 200.0, 300.0] for each in plan.TASKS["poll"].contenders}}
    figures["poll"]["wan_ergonomic"] = [90.0, 210.0, 240.0]
    figures["download"] = {"curl": [100.0] * 3, "httpx": [80.0] * 3, "wan_ergonomic": [50.0] * 3}
    lines = list(tables.tables(figures))
    assert "| httpx | 200 | 100 | 300 | 1.00 |  |" in lines
    assert "| wan_ergonomic | 210 | 90 | 240 | 0.90 | ≤ 1: holds |" in lines
    assert "| wan_ergonomic | 50 | 50 | 50 | 0.50 | ≥ 0.95: **does not hold** |" in lines


def test_many_jobs_are_compared_with_few():
    """The ratio of 2,000 jobs is to 200 of the same contender."""
    names = [contender.name for contender in plan.TASKS["many"].contenders]
    figures = {
        "at_once": {each.name: [100.0] for each in plan.TASKS["at_once"].contenders},
        "many": {name: [150.0] for name in names},
    }
    found = [line for line in tables.tables(figures) if "150" in line]
    assert found == [
        "| wan_ergonomic | 150 | 150 | 150 | 1.50 | ≤ 1.3: **does not hold** |",
        "| wan_ergonomic over aiohttp | 150 | 150 | 150 | 1.50 |  |",
    ]


def test_a_figure_can_have_a_goal_of_its_own():
    """And no ratio, if there is nothing to compare with, or it was not measured."""
    ours = plan.OURS.name
    lines = list(tables.tables({"memory": {ours: [140.0]}, "flight": {ours: [90.0]}}))
    assert f"| {ours} | 140 | 140 | 140 |  | ≤ 250: holds |" in lines
    assert f"| {ours} | 90 | 90 | 90 |  |  |" in lines


@pytest.mark.parametrize("path", [*server.BODIES, "/x?id=", "/v2/generation?generation_id="])
def test_the_server_answers_with_the_id_that_it_was_asked_for(path):
    """Whoever checks it sees its own job."""
    head, _, body = server.response(f"{path}job-7").partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head
    text = json.dumps(json.loads(body))
    assert "job-7" in text or path == "/owner/"


def test_an_environment_is_built_once(tmp_path, monkeypatch):
    """From constraints of its own, and again when they change."""
    commands: list[list[str]] = []

    def run(command: list[str]) -> None:
        commands.append(command)
        Path(command[-1]).mkdir(parents=True, exist_ok=True) if "venv" in command else None

    monkeypatch.setattr(environments, "ROOT", tmp_path)
    monkeypatch.setattr(environments, "_run", run)
    source = tmp_path / "wan_ergonomic" / "a.py"
    source.parent.mkdir()
    for file in (tmp_path / "constraints.txt", source, source.with_suffix(".pyc")):
        file.write_text("a==1", "utf-8")
    for name in ("ours", "aiohttp", "fal", "fal"):
        environments.python_of(name)
    installs = [" ".join(command[6:]) for command in commands if "pip" in command]
    assert installs[0] == f"--constraint {tmp_path / 'constraints.txt'} {tmp_path}"
    assert installs[1].endswith(f"aiohttp.txt {tmp_path}")
    assert installs[2].endswith("fal.txt")
    assert len(installs) == 3
    os.utime(source, (1, 1))
    for name in ("ours", "fal"):
        environments.python_of(name)
    assert len(commands) == 8


def test_a_command_that_fails_ends_the_building(capfd):
    """Its output does not come between the results."""
    environments._run([sys.executable, "-c", "print('built')"])
    assert capfd.readouterr() == ("", "built\n")
    with pytest.raises(subprocess.CalledProcessError):
        environments._run([sys.executable, "-c", "raise SystemExit(3)"])


def test_every_environment_has_its_versions():
    """By name and version alone."""
    everyone = {each.environment for task in plan.TASKS.values() for each in task.contenders}
    for name in everyone - {""}:
        lines = environments._pinned(name).read_text("utf-8").splitlines()
        assert all(line.startswith("#") or line.count("==") == 1 for line in lines)


@pytest.fixture(scope="module")
def simulated():
    """A short simulation."""
    return polling.simulate(600)


@pytest.mark.parametrize(("duration", "known"), polling.DURATIONS.values(), ids=polling.DURATIONS)
def test_by_default_there_are_fewer_polls_and_less_delay_than_every_ten_seconds(duration, known):
    """For each kind of durations, whether they are known or not."""
    polls, delay = polling.play(polling.every(10), duration, 4000)
    for policy in (PollingPolicy.every(), known.polling()):
        ours = polling.play(polling.ours(policy), duration, 4000)
        assert ours < (polls, delay)
        assert ours[1] < delay


def test_no_peer_makes_fewer_polls_for_its_delay(simulated):
    """At the value of the knob that has the same delay."""
    for points in simulated.values():
        for peer in polling.PEERS:
            assert polling.share(points, peer) < 1
            assert polling.share(points, peer, " known") < 1


def test_a_delay_that_the_knob_does_not_reach_is_an_error(simulated):
    """It is not guessed."""
    points = {**next(iter(simulated.values())), "slow": (1.0, 1e6)}
    with pytest.raises(ValueError, match="the delay of slow"):
        polling.share(points, "slow")


def test_the_simulation_is_a_table(simulated):
    """With a line for each schedule; a peer that is ahead stands out."""
    text = "\n".join(polling.lines(simulated))
    assert text.count("| fal | ") == len(polling.DURATIONS)
    assert "| ours by default, percentiles known | " in text
    assert "**" not in text
    points = {name: {**each, "fal": (1.0, 0.05)} for name, each in simulated.items()}
    assert "**" in "\n".join(polling.lines(points))


def test_the_simulation_is_a_picture(simulated, tmp_path):
    """The same one whenever it is drawn."""
    pytest.importorskip("matplotlib")
    files = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for file in files:
        pictures.draw(simulated, file)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert all(name in files[0].read_text("utf-8") for name in (*simulated, *polling.PEERS))


def test_the_script_prints_tables_and_writes_what_it_is_told_to(
    bench, monkeypatch, tmp_path, capsys, simulated
):
    """And fails if a goal does not hold."""
    monkeypatch.setattr(polling, "simulate", lambda _: simulated)
    drawn: list[Path] = []
    monkeypatch.setattr(pictures, "draw", lambda _, file: drawn.append(file))
    rows = {each.name: [1.0] for each in plan.TASKS["poll"].contenders}
    monkeypatch.setattr(whole, "collect", lambda *_, **__: {"poll": rows})
    figures, picture = tmp_path / "figures.json", tmp_path / "picture.svg"
    assert bench.main(["--quick", "--json", str(figures), "--picture", str(picture)]) == 0
    assert "Polls and delay" in capsys.readouterr().out
    assert json.loads(figures.read_text("utf-8"))["figures"] == {"poll": rows}
    assert drawn == [picture]
    rows["wan_ergonomic"] = [2.0]
    assert bench.main(["--only", "poll", "--rounds", "1"]) == 1
    assert "Polls and delay" not in capsys.readouterr().out
    assert bench.main(["--only", "polling"]) == 1
    with pytest.raises(SystemExit, match="2"):
        bench.main(["--only", "nothing"])
    assert "there is no nothing; there are poll, at_once" in capsys.readouterr().err
