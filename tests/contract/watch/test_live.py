"""The live document that the vendor's catalogue names, as a third witness."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.web import Web, serving
from wan_ergonomic._spec import METHODS, model, path
from wan_ergonomic.contract import WatchResult, watch_published, with_live
from wan_ergonomic.contract.document._join import join
from wan_ergonomic.contract.source import _retries

KEY_HEADERS = {"authorization", "cookie", "x-api-key"}


@pytest.fixture
def web(monkeypatch) -> Iterator[Web]:
    """A web server, and no delays."""
    monkeypatch.setattr(_retries, "BACKOFF", 0.001)
    with serving() as server:
        yield server


@pytest.fixture
def documents(published):
    """The vendored documents, parsed."""
    return {role: json.loads(text) for role, text in published.items()}


def whole(documents):
    """Return both documents as one."""
    joined, _ = join([(documents[role], METHODS[role], path(role)) for role in METHODS])
    return copy.deepcopy(joined)


class Vendor:
    """A catalogue and a live document on a server, and a folder in place of the page."""

    def __init__(self, web: Web, folder: Path, documents) -> None:
        self.web = web
        self.folder = folder
        self.documents = documents
        self.address = self.publish(whole(documents))
        self.offer({"id": model(), "info": {"docsJson": self.address}})

    @property
    def base(self) -> str:
        """The address of the API."""
        return f"http://127.0.0.1:{self.web.server_port}"

    def publish(self, document) -> str:
        """Publish a live document."""
        return self.web.put("/docs/it.json", json.dumps(document).encode())

    def offer(self, *models) -> None:
        """Put models into the catalogue."""
        self.say({"data": models})

    def say(self, catalogue) -> None:
        """Set what the catalogue responds."""
        body = catalogue if isinstance(catalogue, bytes) else json.dumps(catalogue).encode()
        self.web.put("/v1/models", body)

    def watched(self) -> WatchResult:
        """Compare both with what is vendored."""
        for role, document in self.documents.items():
            (self.folder / f"{role}.json").write_text(json.dumps(document), "utf-8")
        return with_live(watch_published([str(self.folder)]), self.base)

    def sentences(self) -> list[str]:
        """Return what is said about the live document."""
        live = self.watched().live
        assert live is not None
        return list(live.sentences())

    def trouble(self) -> str:
        """Return why the live document could not be compared."""
        result = self.watched()
        (source,) = result.unread
        assert (result.findings, str(source.error)) == ((), str(result.error))
        return str(source.error)


@pytest.fixture
def vendor(web, tmp_path, documents) -> Vendor:
    """A vendor whose page and live document are what is vendored."""
    return Vendor(web, tmp_path, documents)


def require_a_camera(document) -> None:
    """Make a change that breaks every sender."""
    operation = document["paths"][path("create")]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    body["properties"]["camera"] = {"type": "string"}
    body["required"].append("camera")


def test_a_live_document_that_says_the_same_agrees(vendor):
    """It is a source of the report, and the report says what was compared."""
    result = vendor.watched()
    assert (result.findings, result.error, result.obstacle) == ((), None, None)
    assert [source.source for source in result.sources] == [str(vendor.folder), vendor.address]
    assert vendor.sentences() == [
        f"{vendor.address} was compared, too. It documents: GET {path('poll')}, POST "
        f"{path('create')}.",
        "It and the page agree about every change.",
    ]


def test_the_catalogue_is_asked_for_our_model_without_a_key(vendor, monkeypatch):
    """Neither the catalogue nor the document's address gets one."""
    for name in ("WAN_API_KEY", "AIMLAPI_API_KEY"):
        monkeypatch.setenv(name, "a-key-that-is-secret")
    vendor.watched()
    asked, read = vendor.web.requests
    assert asked == f"/v1/models?id={model().replace('/', '%2F')}&include=pricing"
    assert read == "/docs/it.json"
    for headers in vendor.web.headers:
        assert not KEY_HEADERS & {name.lower() for name in headers}
        assert "a-key-that-is-secret" not in str(headers)


def test_a_change_that_only_the_live_document_has_is_a_finding(vendor):
    """It points into the live document, and the report says that the page does not have it."""
    live = whole(vendor.documents)
    require_a_camera(live)
    vendor.publish(live)
    result = vendor.watched()
    (finding,) = result.findings
    assert (finding.severity, finding.new_document) == ("breaking", vendor.address)
    assert vendor.sentences()[1:] == [f"Only the live document has this: {finding.message}"]
    assert result.live is not None
    assert result.live.as_json()["only_live"] == [
        {"rule": finding.rule, "role": "create", "place": "request/camera"}
    ]


def test_a_change_of_the_page_that_the_live_document_lacks_is_said(vendor):
    """One of them is ahead of the other. The finding is the page's."""
    require_a_camera(vendor.documents["create"])
    (finding,) = vendor.watched().findings
    assert finding.new_document == "create.json"
    assert vendor.sentences()[1:] == [f"The live document does not have this: {finding.message}"]


def test_a_change_that_both_have_is_one_finding(vendor):
    """Two witnesses agree."""
    require_a_camera(vendor.documents["create"])
    vendor.publish(whole(vendor.documents))
    assert len(vendor.watched().findings) == 1
    assert vendor.sentences()[1:] == ["It and the page agree about every change."]


def test_reworded_descriptions_of_the_live_document_are_ignored(vendor):
    """It and the page are different texts."""
    live = whole(vendor.documents)
    live["info"]["title"] = "Another title"
    live["paths"][path("create")]["post"]["description"] = "In other words"
    vendor.publish(live)
    assert vendor.watched().findings == ()


@pytest.mark.parametrize("role", METHODS)
def test_an_operation_that_the_live_document_lacks_is_not_removed(vendor, role):
    """It documents an endpoint; the other operation may have another document."""
    other = next(each for each in METHODS if each != role)
    vendor.publish(vendor.documents[other])
    require_a_camera(vendor.documents["create"])
    result = vendor.watched()
    assert [finding.rule for finding in result.findings] == ["new-required-request-property"]
    said = vendor.sentences()
    assert (
        said[1] == f"It has no {METHODS[role].upper()} operation of ours, so that was not compared."
    )
    assert len(said) == 3


def test_a_live_document_without_our_operations_cannot_be_compared(vendor):
    """The error says what it documents."""
    document = {"openapi": "3.0.0", "info": {}, "paths": {"/a": {"delete": {"responses": {}}}}}
    vendor.publish(document)
    assert vendor.trouble() == (
        f"{vendor.address} has neither of our operations. It documents: DELETE /a."
    )


def test_a_live_document_in_which_ours_cannot_be_recognised_is_not_compared(vendor):
    """The page is compared all the same."""
    live = whole(vendor.documents)
    item = live["paths"].pop(path("create"))
    live["paths"] |= {"/v9/a/generations": item, "/v9/b/generations": item}
    vendor.publish(live)
    assert "more than one POST operation" in vendor.trouble()


def test_an_obstacle_in_the_live_document_is_said(vendor):
    """It is no obstacle for regenerating, which reads the page."""
    live = whole(vendor.documents)
    live["paths"][path("create")]["post"]["callbacks"] = ["not an object"]
    vendor.publish(live)
    assert vendor.watched().obstacle is None
    assert vendor.sentences()[1].startswith("It cannot be used, even after correction: Not valid")


CATALOGUES = {
    "filtered": lambda model: {"data": [model]},
    "whole": lambda model: {"object": "list", "data": [{"id": "a"}, 7, None, model]},
    "a list": lambda model: [model],
    "under another name": lambda model: {"models": [model]},
    "one object": lambda model: {"data": model},
    "bare": lambda model: model,
    "under an alias": lambda entry: {
        "data": [{"id": "b", "aliases": [model()], "info": entry["info"]}]
    },
    "under its one alias": lambda entry: {
        "data": [{"id": "b", "aliases": model(), "info": entry["info"]}]
    },
    "flat": lambda entry: {"data": [{"id": model(), "docsJson": entry["info"]["docsJson"]}]},
}


@pytest.mark.parametrize("form", CATALOGUES.values(), ids=CATALOGUES)
@pytest.mark.parametrize("form_of_address", ["{}", " {}\n", "/docs/it.json", "../docs/it.json"])
def test_a_catalogue_may_have_any_of_these_forms(vendor, form, form_of_address):
    """So may the address in it."""
    address = form_of_address.format(vendor.address)
    vendor.say(form({"id": model(), "info": {"docsJson": address}}))
    assert vendor.sentences()[0].startswith(f"{vendor.address} was compared")


def test_an_id_counts_more_than_an_alias(vendor):
    """Another model may have ours among its names."""
    ours = {"id": model(), "info": {"docsJson": vendor.address}}
    vendor.offer({"id": "x", "aliases": [model()], "info": {"docsJson": "/none"}}, ours)
    assert len(vendor.sentences()) == 2


@pytest.mark.parametrize("info", [None, {}, {"docsJson": None}, {"docsJson": " "}, "x", []])
def test_a_catalogue_that_names_no_live_document_is_no_failure(vendor, info):
    """There is no third witness then, which is said."""
    vendor.offer({"id": model(), "info": info})
    result = vendor.watched()
    assert (result.error, len(result.sources)) == (None, 1)
    assert vendor.sentences() == [f"{vendor.base}/v1/models names no live document of {model()}."]
    assert result.live is not None
    assert result.live.as_json() == {
        "catalogue": f"{vendor.base}/v1/models?id={model().replace('/', '%2F')}&include=pricing",
        "document": None,
        "compared": False,
        "remarks": vendor.sentences(),
        "only_live": [],
        "only_page": [],
    }


@pytest.mark.parametrize(
    ("catalogue", "reason"),
    [
        (b"", "is not a catalogue of models: not JSON"),
        (b"{", "is not a catalogue of models: not JSON"),
        (b"[" * 100_000, "is not a catalogue of models: not JSON"),
        (b"<html>", "is an HTML page"),
        ({"data": []}, "does not list alibaba"),
        ({"data": [{"id": "another"}, {"aliases": ["x", 7, None]}]}, "does not list alibaba"),
        ({"data": 7}, "does not list alibaba"),
        ({"data": None}, "does not list alibaba"),
        ({"error": "none"}, "does not list alibaba"),
        (7, "does not list alibaba"),
        ([[[]]], "does not list alibaba"),
    ],
)
def test_a_catalogue_that_cannot_be_read_is_an_unread_source(vendor, catalogue, reason):
    """The comparison is incomplete, and the reason is given."""
    vendor.say(catalogue)
    assert reason.replace("alibaba", model()) in vendor.trouble()


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (7, "not by a URL"),
        (["https://a"], "not by a URL"),
        ({"url": "https://a"}, "not by a URL"),
        ("http://docs.example/a", "was not fetched: use https"),
        ("ftp://docs.example/a", "was not fetched: use https"),
        ("file:///etc/passwd", "was not fetched: use https"),
        ("etc:passwd", "is not a valid link"),
        ("https://[a", "is not a valid link"),
        ("https://docs.invalid/a?token=secret", "https://docs.invalid/a could not be fetched"),
        ("/gone", "There is nothing at"),
    ],
)
def test_an_address_that_cannot_be_read_is_an_unread_source(vendor, address, reason):
    """It leads to no file, and no secret of it is shown."""
    vendor.offer({"id": model(), "info": {"docsJson": address}})
    message = vendor.trouble()
    assert reason in message
    assert "secret" not in message


def test_a_catalogue_elsewhere_does_not_lead_to_this_machine():
    """It could make us read what only this machine can reach."""
    from wan_ergonomic.contract import ContractError
    from wan_ergonomic.contract.source._catalogue import _checked

    for here in ("http://127.0.0.1/a", "https://localhost/a", "http://[::1]/a"):
        with pytest.raises(ContractError, match="may not lead to this machine"):
            _checked(here, "https://api.example/v1/models")
        assert _checked(here, "http://127.0.0.1:9/v1/models") == here
    assert _checked("https://docs.example/a", "https://api.example/") == "https://docs.example/a"


def test_a_document_at_another_origin_is_read(vendor, documents):
    """The address in the report shows where it was."""
    with serving() as other:
        address = other.put("/it.json", json.dumps(whole(documents)).encode())
        vendor.offer({"id": model(), "info": {"docsJson": address}})
        assert vendor.sentences()[0].startswith(f"{address} was compared")


def test_what_is_down_for_the_moment_is_fetched_again(vendor):
    """Both of them; the report says what was tried."""
    catalogue = json.dumps({"data": [{"id": model(), "info": {"docsJson": vendor.address}}]})
    vendor.web.put("/v1/models", status=503)
    vendor.web.add("/v1/models", catalogue.encode())
    vendor.web.put("/docs/it.json", status=429)
    vendor.web.add("/docs/it.json", json.dumps(whole(vendor.documents)).encode())
    result = vendor.watched()
    assert result.error is None
    assert [retry.partition(";")[0] for retry in result.retries] == [
        f"{vendor.base}/v1/models: 503",
        f"{vendor.address}: 429",
    ]


def test_attempts_are_said_although_there_is_no_live_document(vendor):
    """The catalogue was not read at once."""
    vendor.web.put("/v1/models", status=503)
    vendor.web.add("/v1/models", json.dumps([{"id": model()}]).encode())
    retry, reason = vendor.sentences()
    assert retry.startswith(f"{vendor.base}/v1/models: 503; tried again after ")
    assert "names no live document" in reason


def test_a_catalogue_that_stays_down_is_an_unread_source(vendor):
    """With each attempt."""
    vendor.web.put("/v1/models", status=503)
    assert "could not be fetched in 4 attempts: 503" in vendor.trouble()
    assert len(vendor.watched().retries) == 3


def test_without_a_page_the_live_document_is_compared_alone(vendor, tmp_path):
    """The comparison is incomplete, and its findings are reported."""
    live = whole(vendor.documents)
    require_a_camera(live)
    vendor.publish(live)
    result = with_live(watch_published([str(tmp_path / "none")]), vendor.base)
    assert [finding.place for finding in result.findings] == ["request/camera"]
    assert [source.status for source in result.sources] == ["gone", "read"]
    assert result.error is not None
