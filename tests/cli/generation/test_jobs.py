"""`wan submit`, `status`, `wait` and `download`: one generation in several commands."""

from pathlib import Path

import pytest

from tests.cli.conftest import CREDITS, SMALL
from tests.support.options import unlimited
from wan_ergonomic._generation import CREDITS_PER_USD


def submitted(wan, api, prompt="A boat"):
    """Submit a small generation and return its id."""
    return wan("submit", prompt, *SMALL, at=api).out.decode().strip()


def test_submit_prints_the_id(wan, api):
    """Standard output holds the id alone."""
    result = wan("submit", "A boat", at=api)
    assert result.code == 0
    assert wan("status", result.out.decode().strip(), at=api).out == b"completed\n"


def test_submit_warns_that_an_embedded_sandbox_ends(wan):
    """A warning says that the id is lost with the embedded sandbox."""
    result = wan("submit", "A boat", "--sandbox")
    assert result.code == 0
    assert "the embedded sandbox ends now, and this id with it" in result.err


def test_status_prints_the_status_and_reports_the_video(wan, api):
    """The link goes to standard error, shortened because it grants access."""
    result = wan("status", submitted(wan, api), at=api)
    assert (result.code, result.out) == (0, b"completed\n")
    (video,) = result.err.splitlines()
    assert video.startswith(f"  video  {api.url}/videos/")
    assert "?… (until 20" in video
    assert "Signature" not in result.err


def test_status_of_a_pending_job_reports_nothing(wan, slow_api):
    """A pending generation has no video and no error to show."""
    result = wan("status", submitted(wan, slow_api), at=slow_api)
    assert (result.code, result.out, result.err) == (0, b"queued\n", "")


@pytest.mark.usefixtures("bodies_as_they_were")
def test_status_of_a_failed_job_exits_with_0(wan, api):
    """The status was read, so the exit code is 0; the failure is in the output."""
    failed = submitted(wan, api, "A boat [scenario: fails]")
    result = wan("status", failed, at=api)
    assert (result.code, result.out) == (0, b"error\n")
    assert "DataInspectionFailed: " in result.err
    as_json = wan("status", failed, "--json", at=api)
    assert "DataInspectionFailed" in str(as_json.data["error"])
    assert as_json.data["video"] is None


def test_status_reports_a_cost_that_came_later(wan, api):
    """In credits, as the API reports it, and in dollars."""
    result = wan("status", submitted(wan, api, "A boat [scenario: usage-tokens]"), at=api)
    assert (
        result.err.splitlines()[-1]
        == f"  cost   {CREDITS:,} credits (${CREDITS / CREDITS_PER_USD:.2f})"
    )


def test_wait_without_a_file_prints_the_status(wan, api):
    """Without -o nothing is saved."""
    result = wan("wait", submitted(wan, api), at=api)
    assert (result.code, result.out) == (0, b"completed\n")
    assert list(Path().iterdir()) == []


def test_wait_with_a_file_saves_the_video(wan, api):
    """With -o, wait does the rest of an interrupted generate."""
    result = wan("wait", submitted(wan, api), "-o", "b.mp4", at=api)
    assert (result.code, result.out) == (0, b"b.mp4\n")
    assert Path("b.mp4").stat().st_size > 10_000


@pytest.mark.parametrize("scenario", ["id-dash", "id-model", "id-digits", "completes"])
def test_download_saves_the_video_of_any_id(wan, api, scenario):
    """The default file name is valid for any id, and the same each time."""
    generation_id = submitted(wan, api, f"A boat [scenario: {scenario}]")
    result = wan("download", generation_id, at=api)
    assert result.code == 0
    file = Path(result.out.decode().strip())
    assert [file] == list(Path().iterdir())
    again = wan("download", generation_id, at=api)
    assert (again.code, again.out) == (2, b"")
    assert f"{file} exists already" in again.err
    assert wan("download", generation_id, "--force", at=api).code == 0


def test_a_quiet_download_to_standard_output_is_the_video_alone(wan, api):
    """With -o - and -q, only the video is printed."""
    result = wan("download", submitted(wan, api), "-o", "-", "-q", at=api)
    assert (result.code, result.out[4:8], result.err) == (0, b"ftyp", "")


def test_drift_is_one_line(wan, api, recwarn):
    """A departure from the contract is reported once, however many responses have it."""
    result = wan("generate", "A boat [scenario: id-number]", "-o", "b.mp4", *SMALL, at=api)
    lines = [line for line in result.err.splitlines() if "contract" in line]
    assert len(lines) == 1
    assert lines[0].startswith("Warning: the API departs from its published contract: create ")
    assert len(recwarn) == 0


def test_drift_is_not_repeated_by_the_log(start, api):
    """Python prints log warnings that have no handler; the command has one."""
    result = start("submit", "A boat [scenario: id-number]", at=api).end()
    assert result.code == 0
    starts = [line.partition(":")[0] for line in result.err.splitlines()]
    assert starts == ["Warning", "Price", "Accepted"]


def test_drift_is_an_event(wan, api):
    """With --json, a departure from the contract is an event with its parts."""
    result = wan("submit", "A boat [scenario: id-number]", "--json", at=api)
    drift, accepted = result.events
    assert (drift["event"], drift["kind"], drift["pointer"]) == ("drift", "type", "/id")
    assert accepted["id"] == result.data["id"]


@pytest.mark.usefixtures("no_waiting")
def test_a_failed_poll_is_reported_once(wan, api):
    """A failed poll is reported once until a poll succeeds."""
    result = wan("wait", submitted(wan, api, "A boat [scenario: poll-page]"), at=api)
    failures = [line for line in result.err.splitlines() if "failed and will be repeated" in line]
    assert (result.code, len(failures)) == (0, 1)


@pytest.mark.usefixtures("no_waiting")
def test_a_failed_poll_is_an_event(wan, api):
    """With --json, a failed poll is an event with the reason."""
    failing = submitted(wan, api, "A boat [scenario: poll-dropped]")
    result = wan("wait", failing, "--json", at=api)
    assert "failure" in result.events[0]
    assert [event["status"] for event in result.events] == ["unknown", "completed"]


@unlimited("prompt")
def test_notes_and_warnings_are_events(wan):
    """With --json, standard error holds no prose."""
    result = wan("submit", "too long " * 100, "--sandbox", "--json")
    events = [event["event"] for event in result.events]
    assert events == ["note", "warning", "accepted", "warning"]
