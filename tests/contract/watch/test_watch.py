"""What is published now, compared with what is vendored."""

from __future__ import annotations

import json
import shutil
import threading
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.first_contract import FOLDER
from wan_ergonomic._spec import path
from wan_ergonomic.contract import (
    ContractError,
    Policy,
    SourceGoneError,
    WatchResult,
    read_names,
    watch_published,
)
from wan_ergonomic.contract.changes._policy import Acceptance
from wan_ergonomic.contract.watch import _watch

SECURITY = {
    "access-token": {
        "scheme": "bearer",
        "bearerFormat": "<YOUR_AIMLAPI_KEY>",
        "type": "http",
        "description": "Bearer key",
    }
}


class Published:
    """A folder of published documents."""

    def __init__(self, folder, documents):
        self.folder = folder
        self.documents = documents
        self.save()

    def __str__(self):
        return str(self.folder)

    def save(self):
        """Write the documents to the folder."""
        self.folder.mkdir(exist_ok=True)
        for name, document in self.documents.items():
            (self.folder / f"{name}.json").write_text(json.dumps(document), "utf-8")

    def operation(self, name):
        """Return the only operation of a document."""
        ((item,),) = [self.documents[name]["paths"].values()]
        ((operation,),) = [item.values()]
        return operation

    def watched(self) -> WatchResult:
        """Save, and compare with what is vendored."""
        self.save()
        return watch_published([str(self)])


@pytest.fixture
def news(published, tmp_path):
    """The vendored upstream documents, to be changed and published."""
    documents = {role: json.loads(text) for role, text in published.items()}
    return Published(tmp_path / "news", documents)


def found(result):
    """Return rule, severity and place of each finding."""
    return [(f.rule, f.severity, f.place) for f in result.findings]


def test_a_version_that_moves_to_the_server_is_no_change(news):
    """What is called is the same, and the path is found again after correction."""
    for document in news.documents.values():
        ((at, item),) = document["paths"].items()
        start, _, rest = at[1:].partition("/")
        document["paths"] = {f"/{rest}": item}
        document["servers"] = [
            {**server, "url": f"{server['url'].rstrip('/')}/{start}"}
            for server in document["servers"]
        ]
    result = news.watched()
    assert (result.comparison.verdict, result.obstacle) == ("none", None)


def test_the_vendored_documents_have_not_changed(news):
    """Our corrections are not findings."""
    result = news.watched()
    assert (result.findings, result.overlays, result.obstacle) == ((), (), None)
    assert ([source.status for source in result.sources], result.error) == (["read"], None)


def test_a_change_points_into_the_upstream_document(news):
    """Although the corrected documents decide whether it counts."""
    schema = news.operation("create")["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["camera"] = {"type": "string"}
    schema["required"].append("camera")
    (finding,) = news.watched().findings
    assert (finding.severity, finding.new_document) == ("breaking", "create.json")
    place = path("create").replace("/", "~1")
    assert str(finding.new_pointer).startswith(f"/paths/{place}/post/requestBody")


def test_documenting_what_an_overlay_says_breaks_nobody(news):
    """The key was always needed; the overlay action that says so is no longer needed."""
    news.operation("create")["security"] = [{"access-token": []}]
    news.documents["create"]["components"] = {"securitySchemes": SECURITY}
    result = news.watched()
    assert result.findings == ()
    ((overlay, why),) = [(one.overlay, one.why) for one in result.overlays]
    assert (overlay, why) == ("20-fix-security.yaml", "no longer applies")


def test_requiring_another_key_is_breaking(news):
    """An overlay hides only the change that it makes itself."""
    news.operation("create")["security"] = [{"other": []}]
    scheme = {"type": "apiKey", "in": "header", "name": "X-Key"}
    news.documents["create"]["components"] = {"securitySchemes": {"other": scheme}}
    assert "breaking" in [finding.severity for finding in news.watched().findings]


def test_overlays_of_both_stages_are_tried(news):
    """Actions for the generated client can be no longer needed, too."""
    del news.operation("create")["requestBody"]["content"]["application/json"]["schema"]["title"]
    response = news.operation("poll")["responses"]["200"]["content"]["application/json"]
    news.operation("poll")["responses"]["200"]["content"] = {"text/plain": response}
    names = news.documents["poll"]["components"]["schemas"]["Video.v2.PollVideoResponseDTO"]
    del names["properties"]["status"]["enum"]
    del news.operation("create")["responses"]["200"]["content"]["application/json"]["schema"][
        "properties"
    ]["status"]["enum"]
    unneeded = [(one.overlay, "enum" in one.target) for one in news.watched().overlays]
    assert unneeded == [("60-sdk-openness.yaml", True)]


def test_reworded_text_is_reported_although_corrections_replace_it(news):
    """With severity docs."""
    news.documents["poll"]["info"]["title"] = "Another title"
    assert found(news.watched()) == [("api-info-title-changed", "docs", "document")]


def test_a_change_that_shows_only_after_correction_is_reported(news):
    """An overlay adds error responses; here the vendor documents more about them."""
    schema = {"type": "object", "properties": {"message": {"type": "string"}}}
    response = {"description": "No", "content": {"application/json": {"schema": schema}}}
    news.operation("poll")["responses"]["4XX"] = response
    (finding,) = news.watched().findings
    assert (finding.severity, finding.place) == ("info", "response/4XX/message")
    assert finding.new_document == "published, corrected"


def test_an_invalid_document_is_reported_even_if_it_can_be_repaired(news):
    """The repair may not be what the vendor meant."""
    schema = news.operation("create")["requestBody"]["content"]["application/json"]["schema"]
    schema["type"] = "strange"
    result = news.watched()
    assert found(result) == [
        ("document-invalid", "warning", "document"),
        ("request-body-type-generalized", "info", "request"),
    ]
    assert result.obstacle is None


def test_a_document_that_cannot_be_repaired_is_an_obstacle(news):
    """And a finding."""
    news.operation("create")["callbacks"] = ["not an object"]
    result = news.watched()
    assert found(result) == [("document-invalid", "warning", "document")]
    assert str(result.obstacle).startswith("Not valid OpenAPI at /paths/")


def test_documents_that_cannot_be_joined_are_compared_without_correction(news):
    """They contradict each other, which is the obstacle."""
    news.documents["create"]["servers"] = [{"url": "https://api.example.com"}]
    result = news.watched()
    assert found(result) == [("server-changed", "breaking", "server")]
    assert str(result.obstacle).startswith("Two documents disagree about the server: ")


def test_an_operation_that_is_gone_is_a_finding_and_an_obstacle(news):
    """The contract needs both operations."""
    result = watch_published([str(news.folder / "create.json")])
    assert [finding.role for finding in result.findings] == ["poll"]
    assert result.obstacle == "No GET operation is published."


@pytest.mark.parametrize(("other", "status"), [("none", "gone"), ("broken", "unclear")])
def test_the_operations_of_an_unread_source_are_not_compared(news, tmp_path, other, status):
    """They are neither removed nor unchanged; the result says what was not read."""
    (tmp_path / "broken").write_text("<!doctype html>")
    schema = news.operation("create")["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["camera"] = {"type": "string"}
    schema["required"].append("camera")
    news.save()
    result = watch_published([str(news.folder / "create.json"), str(tmp_path / other)])
    assert [finding.role for finding in result.findings] == ["create"]
    assert (result.overlays, result.obstacle) == ((), None)
    (unread,) = result.unread
    assert (unread.status, unread.documents) == (status, ())
    assert str(unread.error) == str(result.error)


@pytest.mark.parametrize(
    ("names", "error"),
    [(["a", "b"], SourceGoneError), (["a", "broken"], ContractError)],
)
def test_the_error_is_gone_only_if_every_unread_source_is(tmp_path, names, error):
    """Its message has the reason of each."""
    (tmp_path / "broken").write_text("<!doctype html>")
    result = watch_published([str(tmp_path / name) for name in names])
    assert type(result.error) is error
    assert all(name in str(result.error) for name in names)


def test_without_a_readable_source_nothing_is_compared(tmp_path):
    """There are no findings, and an error."""
    result = watch_published([str(tmp_path / "none")])
    assert (result.findings, [source.status for source in result.sources]) == ((), ["gone"])


def test_an_operation_published_twice_must_be_the_same(news, tmp_path):
    """Two different ones are an error: either could be the wrong one."""
    shutil.copytree(news.folder, tmp_path / "same")
    assert watch_published([str(news), str(tmp_path / "same")]).findings == ()
    news.operation("poll")["parameters"] = []
    news.save()
    with pytest.raises(ContractError, match="twice"):
        watch_published([str(news), str(tmp_path / "same")])


def test_a_published_operation_may_be_named(news):
    """Neither is recognised, as each has nothing in common with ours but its method."""
    news.documents["poll"]["paths"] = {"/v1/jobs": {"get": {"responses": {}}}}
    news.save()
    (gone,) = watch_published([str(news)]).findings
    assert gone.rule == "api-removed-without-deprecation"
    named = watch_published([str(news)], read_names(None, "GET /v1/jobs"))
    assert "operation-moved" in [rule for rule, _, _ in found(named)]


def test_accepted_findings_are_set_apart(news, tmp_path):
    """If a source was not read, no acceptance is called unneeded."""
    news.documents["poll"]["info"]["title"] = "Another title"
    news.save()
    until = date(2031, 2, 3)
    accepted = [
        Acceptance(rule=rule, place="poll document", reason="Known.", until=until)
        for rule in ("api-info-title-changed", "api-info-version-changed")
    ]
    policy = Policy(file="it.yaml", accepted=tuple(accepted))
    watched = news.watched().accepting(policy, until)
    assert watched.findings == ()
    assert watched.comparison.applied
    assert watched.comparison.applied.unneeded == (accepted[1],)
    sources = [str(news), str(tmp_path / "none")]
    incomplete = watch_published(sources).accepting(policy, until).comparison.applied
    assert incomplete
    assert incomplete.unneeded == ()


def test_documents_of_another_api_cannot_be_compared(tmp_path):
    """They document neither operation."""
    document = {"openapi": "3.0.0", "info": {}, "paths": {"/a": {"delete": {"responses": {}}}}}
    (tmp_path / "other.json").write_text(json.dumps(document))
    with pytest.raises(ContractError, match="no operation in common"):
        watch_published([str(tmp_path / "other.json")])


class Recording(SimpleHTTPRequestHandler):
    """Serves a folder, and records the paths of the requests."""

    paths: list[str]

    def log_message(self, *_):
        """Record the path."""
        self.paths.append(self.path)


@pytest.fixture
def site(tmp_path):
    """A web server for a folder."""
    paths: list[str] = []
    handler = type("Handler", (Recording,), {"paths": paths})
    folder = tmp_path / "site"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    server.folder, server.paths = folder, paths  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def locked(tmp_path, monkeypatch):
    """A function that writes the URL of each role into the lock."""
    folder = shutil.copytree(FOLDER, tmp_path / "openapi")
    monkeypatch.setattr(_watch, "openapi_folder", lambda: folder)

    def write(**urls):
        file = folder / "lock.json"
        lock = json.loads(file.read_text("utf-8"))
        for role, entry in lock["published"].items():
            entry.pop("url", None)
            if role in urls:
                entry["url"] = urls[role]
        file.write_text(json.dumps(lock))

    return write


def test_without_a_source_the_urls_in_the_lock_are_read(site, locked, page):
    """A page with both operations is fetched once."""
    (site.folder / "page.md").write_text(page, "utf-8")
    url = f"http://127.0.0.1:{site.server_port}/page.md"
    locked(create=url, poll=url)
    result = watch_published()
    assert ([source.source for source in result.sources], result.findings) == ([url], ())
    assert site.paths == ["/page.md"]
    assert len(watch_published([url, url]).sources) == 1


def test_a_page_with_status_404_is_gone(site, locked):
    """The site responds, so the network works."""
    url = f"http://127.0.0.1:{site.server_port}/page.md"
    locked(poll=url)
    assert [(one.source, one.status) for one in watch_published().unread] == [(url, "gone")]


def test_a_lock_without_a_url_is_an_error(locked):
    """Its message names the argument to add."""
    locked()
    with pytest.raises(ContractError, match=r"contains no URL\. Name a SOURCE"):
        watch_published()
