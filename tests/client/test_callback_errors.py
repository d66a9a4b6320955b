"""A call that an exception of a callback ends: the id of a paid job is in the exception's notes."""

from __future__ import annotations

import logging

import pytest

from tests.support.actions import Hang, Send, head
from tests.support.open_things import nothing_left_open
from tests.support.responses import (
    CHUNKED,
    HALF,
    ID,
    PROMPT,
    accepted,
    chunk,
    finished,
    poll_response,
)
from tests.support.stages import check_explained, check_resumes, stop_at
from wan_ergonomic import DownloadError, IncompleteDownloadError, LinkExpiredError, WanError


class OwnError(Exception):
    """An error of the user's code."""


@pytest.mark.usefixtures("bodies_as_they_were")
@pytest.mark.parametrize("own", [OwnError, WanError, StopIteration])
@pytest.mark.parametrize("method", ["submit", "generate"])
def test_the_id_survives_any_exception_of_a_callback(client_kind, server, own, method, caplog):
    """Even one that is raised before the id could be returned."""

    def fail(_: object) -> None:
        raise own("enough")

    server.script("submit", accepted(status="dreaming"))
    with (
        nothing_left_open(server),
        client_kind.client(base_url=server.url, on_drift=fail) as wan,
        pytest.raises((own, RuntimeError)) as caught,
    ):
        getattr(wan, method)(PROMPT)
    errors = (caught.value, caught.value.__cause__)
    notes = [note for error in errors for note in getattr(error, "__notes__", [])]
    assert any(f"wait({ID!r})" in note for note in notes)
    assert f"wait({ID!r})" in caplog.text


def test_an_exception_of_on_update_names_the_id_too(client_kind, server):
    """The submission is over by then."""

    def fail(_: object) -> None:
        raise OwnError

    server.script("submit", accepted())
    server.script("poll", poll_response("queued"))
    with (
        nothing_left_open(server),
        client_kind.client(base_url=server.url) as wan,
        pytest.raises(OwnError) as caught,
    ):
        wan.generate(PROMPT, on_update=fail)
    check_explained(server, "poll", "".join(caught.value.__notes__))


def test_an_exception_of_on_progress_leaves_a_part_to_resume(client_kind, server, tmp_path):
    """As any other interruption of a download."""

    def fail(*_: object) -> None:
        raise OwnError

    stop_at(server, "download")
    with (
        nothing_left_open(server),
        client_kind.client(base_url=server.url) as wan,
        pytest.raises(OwnError),
    ):
        wan.download(wan.generate(PROMPT), tmp_path / "v.mp4", on_progress=fail)
    check_resumes(client_kind, server, "download", tmp_path / "v.mp4")


@pytest.mark.usefixtures("bodies_as_they_were")
def test_an_ordinary_end_has_no_note_and_no_log_record(client_kind, server, clock, caplog):
    """A break out of ``watch``, or an error of this library."""
    server.script("submit", accepted())
    queued = poll_response("queued")
    server.script("poll", queued, queued, poll_response("error"))
    with (
        caplog.at_level(logging.INFO, "wan_ergonomic"),
        client_kind.client(base_url=server.url, clock=clock) as wan,
    ):
        for _ in wan.watch(wan.submit(PROMPT)):
            break
        with pytest.raises(WanError) as caught:
            wan.generate(PROMPT)
    assert not hasattr(caught.value, "__notes__")
    assert [record for record in caplog.records if record.name == "wan_ergonomic"] == []


OWN = [IncompleteDownloadError("mine"), LinkExpiredError("mine"), DownloadError("mine")]


@pytest.mark.parametrize("own", [*OWN, ValueError("mine")], ids=lambda own: type(own).__name__)
@pytest.mark.parametrize(
    "rest", [b"", chunk(b"more") * 3, b"zz\r\n"], ids=["silence", "more", "nonsense"]
)
def test_an_error_of_a_callback_is_raised_unchanged(wan, server, tmp_path, own, rest):
    """It is not taken for the storage's, whatever follows in the response, and not retried."""
    server.script("download", (Send(head(200, CHUNKED) + chunk(HALF) + rest), Hang()))
    calls: list[int] = []

    def fail(done, _) -> None:
        calls.append(done)
        raise own

    with pytest.raises(type(own)) as caught:
        wan.download(finished(server), tmp_path / "v.mp4", on_progress=fail)
    assert (caught.value is own, len(calls)) == (True, 1)
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
