"""`wan submit`, `status`, `wait` and `download`: one job, in as many commands as one likes."""

from pathlib import Path

import pytest

from tests.cli.conftest import SMALL


def submitted(wan, api, prompt="A boat"):
    """Submit a small job and return its id."""
    return wan("submit", prompt, *SMALL, at=api).out.decode().strip()


def test_submit_prints_the_id(wan, api):
    """And nothing else on standard output."""
    ended = wan("submit", "A boat", at=api)
    assert ended.code == 0
    assert wan("status", ended.out.decode().strip(), at=api).out == b"completed\n"


def test_submit_says_that_an_embedded_sandbox_forgets(wan):
    """Its ids end with it."""
    ended = wan("submit", "A boat", "--sandbox")
    assert ended.code == 0
    assert "the embedded sandbox ends now, and this id with it" in ended.err


def test_status_prints_the_status_and_shows_the_rest_beside_it(wan, api):
    """The link is shortened: it grants access."""
    ended = wan("status", submitted(wan, api), at=api)
    assert (ended.code, ended.out) == (0, b"completed\n")
    (video,) = ended.err.splitlines()
    assert video.startswith(f"  video  {api.url}/videos/")
    assert "?… (until 20" in video
    assert "Signature" not in ended.err


def test_status_of_a_pending_job_has_nothing_beside_it(wan, slow_api):
    """There is no video yet, and no error."""
    ended = wan("status", submitted(wan, slow_api), at=slow_api)
    assert (ended.code, ended.out, ended.err) == (0, b"queued\n", "")


def test_status_of_a_failed_job_was_still_found_out(wan, api):
    """The question was answered, so the exit code is 0; the answer is in the data."""
    failed = submitted(wan, api, "A boat [scenario: fails]")
    ended = wan("status", failed, at=api)
    assert (ended.code, ended.out) == (0, b"error\n")
    assert ended.err.startswith("  error  DataInspectionFailed: ")
    told = wan("status", failed, "--json", at=api)
    assert (told.data["error"]["name"], told.data["video"]) == ("DataInspectionFailed", None)


def test_a_cost_that_a_look_reveals_is_shown(wan, api):
    """Some answers name it later; dollars only where the API does."""
    ended = wan("status", submitted(wan, api, "A boat [scenario: usage-tokens]"), at=api)
    assert ended.err.splitlines()[-1] == "  cost   1,000,000 credits"


def test_wait_without_a_file_prints_the_status(wan, api):
    """And saves nothing."""
    ended = wan("wait", submitted(wan, api), at=api)
    assert (ended.code, ended.out) == (0, b"completed\n")
    assert list(Path().iterdir()) == []


def test_wait_with_a_file_saves_the_video(wan, api):
    """It is what a generate that was interrupted goes on with."""
    ended = wan("wait", submitted(wan, api), "-o", "b.mp4", at=api)
    assert (ended.code, ended.out) == (0, b"b.mp4\n")
    assert Path("b.mp4").stat().st_size > 10_000


@pytest.mark.parametrize("scenario", ["id-dash", "id-model", "id-digits", "completes"])
def test_download_saves_whatever_the_id_looks_like(wan, api, scenario):
    """The default name is safe, and the same each time."""
    generation_id = submitted(wan, api, f"A boat [scenario: {scenario}]")
    ended = wan("download", generation_id, at=api)
    assert ended.code == 0
    file = Path(ended.out.decode().strip())
    assert [file] == list(Path().iterdir())
    again = wan("download", generation_id, at=api)
    assert (again.code, again.out) == (2, b"")
    assert f"{file} exists already" in again.err
    assert wan("download", generation_id, "--force", at=api).code == 0


def test_download_to_standard_output_can_be_quiet_about_it(wan, api):
    """Only the video is data then."""
    ended = wan("download", submitted(wan, api), "-o", "-", "-q", at=api)
    assert (ended.code, ended.out[4:8], ended.err) == (0, b"ftyp", "")


def test_drift_is_one_plain_line(wan, api, recwarn):
    """However many answers depart in the same way."""
    ended = wan("generate", "A boat [scenario: id-number]", "-o", "b.mp4", *SMALL, at=api)
    lines = [line for line in ended.err.splitlines() if "contract" in line]
    assert len(lines) == 1
    assert lines[0].startswith("Warning: the API departs from its published contract: create ")
    assert len(recwarn) == 0


def test_drift_is_not_said_a_second_time_by_the_log(start, api):
    """Python prints warnings of loggers that nobody set up."""
    ended = start("submit", "A boat [scenario: id-number]", at=api).end()
    assert ended.code == 0
    assert len(ended.err.splitlines()) == 2


def test_drift_is_an_event(wan, api):
    """With its parts."""
    ended = wan("submit", "A boat [scenario: id-number]", "--json", at=api)
    drift, accepted = ended.events
    assert (drift["event"], drift["kind"], drift["pointer"]) == ("drift", "type", "/id")
    assert accepted["id"] == ended.data["id"]


def test_a_look_that_fails_is_said_once(wan, api):
    """And again only after one that did not."""
    ended = wan("wait", submitted(wan, api, "A boat [scenario: poll-page]"), at=api)
    failures = [line for line in ended.err.splitlines() if "failed and will be repeated" in line]
    assert (ended.code, len(failures)) == (0, 1)


def test_a_look_that_fails_is_an_event(wan, api):
    """With the reason."""
    failing = submitted(wan, api, "A boat [scenario: poll-dropped]")
    ended = wan("wait", failing, "--json", at=api)
    assert "failure" in ended.events[0]
    assert [event["status"] for event in ended.events] == ["unknown", "completed"]


def test_notes_and_warnings_are_events_too(wan):
    """Nothing on standard error is prose then."""
    ended = wan("submit", "too long " * 100, "--sandbox", "--json")
    kinds = [event["event"] for event in ended.events]
    assert kinds == ["note", "warning", "accepted", "warning"]
