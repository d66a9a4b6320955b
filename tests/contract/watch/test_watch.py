"""What is published now, against what is vendored: like is compared with like."""

from __future__ import annotations

import json
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from wan_ergonomic._spec import path
from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract.watch import _watch
from wan_ergonomic.contract.watch._watch import watch

SECURITY = {
    "access-token": {
        "scheme": "bearer",
        "bearerFormat": "<YOUR_AIMLAPI_KEY>",
        "type": "http",
        "description": "Bearer key",
    }
}


class Published:
    """A folder of documents as somebody publishes them."""

    def __init__(self, folder, documents):
        self.folder = folder
        self.documents = documents
        self.save()

    def __str__(self):
        return str(self.folder)

    def save(self):
        """Write them down."""
        self.folder.mkdir(exist_ok=True)
        for name, document in self.documents.items():
            (self.folder / f"{name}.json").write_text(json.dumps(document), "utf-8")

    def operation(self, name):
        """The one operation of a document."""
        ((item,),) = [self.documents[name]["paths"].values()]
        ((operation,),) = [item.values()]
        return operation

    def watched(self):
        """What a watch finds here."""
        self.save()
        return watch([str(self)])


@pytest.fixture
def news(published, tmp_path):
    """What is vendored, to be changed and published."""
    documents = {role: json.loads(text) for role, text in published.items()}
    return Published(tmp_path / "news", documents)


def said(watched):
    """The rule, severity and place of each finding."""
    return [(f.rule, f.severity, f.place) for f in watched.findings]


def test_what_is_vendored_has_not_changed(news):
    """Nor is any correction of ours a change."""
    watched = news.watched()
    assert (watched.findings, watched.overlays, watched.obstacle) == ((), (), None)
    assert [look.status for look in watched.sources] == ["read"]


def test_a_change_points_into_what_the_vendor_wrote(news):
    """Before and after, though it is the corrected documents that decide."""
    schema = news.operation("create")["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["camera"] = {"type": "string"}
    schema["required"].append("camera")
    (finding,) = news.watched().findings
    assert (finding.severity, finding.new_document) == ("breaking", "create.json")
    place = path("create").replace("/", "~1")
    assert str(finding.new_pointer).startswith(f"/paths/{place}/post/requestBody")


def test_documenting_what_an_overlay_said_breaks_nobody(news):
    """The key was needed all along; the overlay that said so has had its day."""
    news.operation("create")["security"] = [{"access-token": []}]
    news.documents["create"]["components"] = {"securitySchemes": SECURITY}
    watched = news.watched()
    assert watched.findings == ()
    ((overlay, why),) = [(one.overlay, one.why) for one in watched.overlays]
    assert (overlay, why) == ("20-fix-security.yaml", "no longer applies")


def test_demanding_another_key_does_break(news):
    """An overlay hides only what it said."""
    news.operation("create")["security"] = [{"other": []}]
    scheme = {"type": "apiKey", "in": "header", "name": "X-Key"}
    news.documents["create"]["components"] = {"securitySchemes": {"other": scheme}}
    assert "breaking" in [finding.severity for finding in news.watched().findings]


def test_an_overlay_of_either_stage_is_tried(news):
    """What the generated client rests on can have had its day as well."""
    del news.operation("create")["requestBody"]["content"]["application/json"]["schema"]["title"]
    response = news.operation("poll")["responses"]["200"]["content"]["application/json"]
    news.operation("poll")["responses"]["200"]["content"] = {"text/plain": response}
    names = news.documents["poll"]["components"]["schemas"]["Video.v2.PollVideoResponseDTO"]
    del names["properties"]["status"]["enum"]
    del news.operation("create")["responses"]["200"]["content"]["application/json"]["schema"][
        "properties"
    ]["status"]["enum"]
    retired = [(one.overlay, "enum" in one.target) for one in news.watched().overlays]
    assert retired == [("60-sdk-openness.yaml", True)]


def test_reworded_text_is_shown_though_corrections_replace_it(news):
    """It fails nothing, and a person may want to read it."""
    news.documents["poll"]["info"]["title"] = "Another title"
    assert said(news.watched()) == [("api-info-title-changed", "docs", "document")]


def test_what_only_shows_after_correction_is_reported(news):
    """Refusals are in an overlay; what the vendor says of them beyond that is news."""
    schema = {"type": "object", "properties": {"message": {"type": "string"}}}
    refusal = {"description": "No", "content": {"application/json": {"schema": schema}}}
    news.operation("poll")["responses"]["4XX"] = refusal
    (finding,) = news.watched().findings
    assert (finding.severity, finding.place) == ("info", "response/4XX/message")
    assert finding.new_document == "what is published, corrected"


def test_a_document_that_became_invalid_is_reported_though_it_can_be_repaired(news):
    """The vendor may have meant something else."""
    schema = news.operation("create")["requestBody"]["content"]["application/json"]["schema"]
    schema["type"] = "strange"
    watched = news.watched()
    assert said(watched) == [("document-invalid", "warning", "document")]
    assert watched.obstacle is None


def test_a_document_that_correction_leaves_invalid_is_an_obstacle(news):
    """It is a finding too, where it is written."""
    news.operation("create")["callbacks"] = ["not an object"]
    watched = news.watched()
    assert said(watched) == [("document-invalid", "warning", "document")]
    assert str(watched.obstacle).startswith("Not valid OpenAPI at /paths/")


def test_documents_that_contradict_each_other_are_compared_as_they_are(news):
    """They cannot be made into one contract, but what changed can be said."""
    news.documents["create"]["servers"] = [{"url": "https://api.example.com"}]
    watched = news.watched()
    assert said(watched) == [("server-changed", "breaking", "server")]
    assert watched.obstacle == "The published documents disagree about 'servers'."


def test_an_operation_that_is_gone_is_found(news):
    """And what is left cannot be made into a contract."""
    watched = watch([str(news.folder / "create.json")])
    assert [finding.role for finding in watched.findings] == ["poll"]
    assert watched.obstacle == "No GET operation is published."


@pytest.mark.parametrize("other", ["none", "broken"])
def test_what_an_unread_source_may_hold_is_not_missed(news, tmp_path, other):
    """The sources that were read are compared; the others are named, never taken as unchanged."""
    (tmp_path / "broken").write_text("<!doctype html>")
    schema = news.operation("create")["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["camera"] = {"type": "string"}
    schema["required"].append("camera")
    news.save()
    watched = watch([str(news.folder / "create.json"), str(tmp_path / other)])
    assert [finding.role for finding in watched.findings] == ["create"]
    assert (watched.overlays, watched.obstacle) == ((), None)
    (unread,) = watched.unread
    assert (unread.status, unread.documents) == ("gone" if other == "none" else "unclear", ())
    assert unread.reason


def test_with_nothing_read_nothing_is_compared(tmp_path):
    """Neither a change nor no change."""
    watched = watch([str(tmp_path / "none")])
    assert (watched.findings, [look.status for look in watched.sources]) == ((), ["gone"])


def test_one_operation_published_twice_must_be_the_same(news, tmp_path):
    """Whichever was taken could be the wrong one."""
    shutil.copytree(news.folder, tmp_path / "same")
    assert watch([str(news), str(tmp_path / "same")]).findings == ()
    news.operation("poll")["parameters"] = []
    news.save()
    with pytest.raises(ContractError, match="twice"):
        watch([str(news), str(tmp_path / "same")])


def test_documents_of_something_else_are_no_answer(tmp_path):
    """Somebody gave the wrong page."""
    document = {"openapi": "3.0.0", "info": {}, "paths": {"/a": {"delete": {"responses": {}}}}}
    (tmp_path / "other.json").write_text(json.dumps(document))
    with pytest.raises(ContractError, match="no operation in common"):
        watch([str(tmp_path / "other.json")])


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder, and counts the requests."""

    asked: list[str]

    def log_message(self, *_):
        """Write down the path alone."""
        self.asked.append(self.path)


@pytest.fixture
def site(tmp_path):
    """A web server for a folder."""
    asked: list[str] = []
    handler = type("Handler", (Quiet,), {"asked": asked})
    folder = tmp_path / "site"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    server.folder, server.asked = folder, asked  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def locked(project, monkeypatch):
    """A function that makes the lock say where each role was published."""
    monkeypatch.setattr(_watch, "openapi_folder", lambda: project / "openapi")

    def write(**urls):
        file = project / "openapi" / "lock.json"
        lock = json.loads(file.read_text("utf-8"))
        for role, entry in lock["published"].items():
            entry.pop("url", None)
            if role in urls:
                entry["url"] = urls[role]
        file.write_text(json.dumps(lock))

    return write


def test_without_a_source_the_lock_says_where_to_look(site, locked, page):
    """A page that holds both operations is fetched once."""
    (site.folder / "page.md").write_text(page, "utf-8")
    url = f"http://127.0.0.1:{site.server_port}/page.md"
    locked(create=url, poll=url)
    watched = watch()
    assert ([look.source for look in watched.sources], watched.findings) == ([url], ())
    assert site.asked == ["/page.md"]
    assert len(watch([url, url]).sources) == 1


def test_a_page_that_is_not_there_any_more_is_gone(site, locked):
    """The vendor's site answers, so it is more than a bad night."""
    url = f"http://127.0.0.1:{site.server_port}/page.md"
    locked(poll=url)
    assert [(look.source, look.status) for look in watch().unread] == [(url, "gone")]


def test_a_lock_without_an_address_is_said(locked):
    """There is nothing to compare with."""
    locked()
    with pytest.raises(ContractError, match="does not say where"):
        watch()
