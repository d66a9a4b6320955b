"""The targets of fuzzing: each parser, with the inputs that the fuzzer begins with.

A target may return or raise a ``WanError``; any other exception is a defect. No target
uses the network. ``scripts/fuzz.py`` runs the fuzzer, and the tests run the targets on
the crashes that it found. Imports are inside the targets, and some are private, so that
a target runs only the code of its own parser.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]


class Target(NamedTuple):
    """A parser as a function of bytes, and the inputs that the fuzzer begins with."""

    run: Callable[[bytes], object]
    seeds: list[bytes]


def published() -> list[bytes]:
    """Return the vendored documents."""
    return [path.read_bytes() for path in sorted((ROOT / "openapi").glob("*/*.json"))]


def responses() -> Target:
    """Parse a response of each operation."""
    from wan_ergonomic._generation import Generation
    from wan_ergonomic._parsing import parse_generation

    def run(data: bytes) -> None:
        for before in (None, Generation(id="a")):
            seen = parse_generation(data, {}, "poll" if before else "create", before)
            expires = seen.video and seen.video.expires_at
            repr((seen, expires, seen.state, [str(one) for one in seen.drift]))

    whole = {
        "id": "a",
        "status": "completed",
        "video": {"url": "https://h/v?X-Amz-Date=20260101T000000Z&X-Amz-Expires=9", "duration": 5},
        "error": {"name": "n", "data": [{"path": ["p"], "message": "m"}]},
        "meta": {"usage": {"credits_used": 1, "usd_spent": 0.1}},
    }
    return Target(run, [json.dumps(whole | more).encode() for more in ({}, {"video": ["u"]})])


def error_responses() -> Target:
    """Parse an error response; its first line is its Retry-After header, too."""
    from wan_ergonomic._parsing import parse_error

    def run(data: bytes) -> None:
        header = data[:200].partition(b"\n")[0].decode("latin-1")
        for status in (403, 422, 503):
            str(parse_error(status, {"retry-after": header}, data))

    issue = {"path": ["prompt"], "message": "too long"}
    error = {"message": "no", "data": {"kind": "err_insufficent_credits"}}
    bodies: list[Any] = [{"error": error}, {"error": {"data": [issue]}}, {"message": [issue]}]
    plain = [b"Thu, 01 Jan 2026 00:00:00 GMT", b"<html><title>Bad gateway</title></html>", b"120"]
    return Target(run, [*(json.dumps(body).encode() for body in bodies), *plain])


def pages() -> Target:
    """Read a page without following its links, and find our operations in it."""
    from wan_ergonomic.contract import ContractError
    from wan_ergonomic.contract.document._document import Document, describe
    from wan_ergonomic.contract.source import _contradictions, _fetch, _pairs, _read

    def run(data: bytes) -> None:
        text = data.decode("utf-8-sig", "replace")
        _fetch._HTML.match(text)
        content = _fetch.Content(text, "page.md", "page.md")
        found = list(_read._scan(content, ContractError))
        documents = [each for each in found if isinstance(each, Document)]
        _contradictions.contradictions(documents)
        describe(documents)
        _pairs.select(documents, {"create": None, "poll": "/v2/poll"})

    fenced = b"# A model\n\n" + b"".join(b"> ```json\n%s\n```\n\n" % text for text in published())
    linked = b'{% openapi-operation spec="a" path="/a" method="post" %}\n[it](it.json)\n'
    return Target(run, [fenced, linked + b"{% endopenapi-operation %}\n", *published()])


def documents() -> Target:
    """Parse a document in JSON or YAML, and build the client's document from it."""
    from wan_ergonomic.contract.build import _build
    from wan_ergonomic.contract.document import _document, _join
    from wan_ergonomic.contract.overlay import _overlay
    from wan_ergonomic.contract.source import _parse

    corrections = _overlay.load_overlays(ROOT / "openapi" / "overlays")

    def run(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        for name in ("it.json", "it.yaml"):
            found = _parse.parse_document(text, name)
            if isinstance(found, _document.Document):
                parts = [(found.data, verb.lower(), path) for verb, path in found.operations()]
                joined, _ = _join.join(parts[:3])
                _join.dump(_build.build(joined, corrections, strict=False).client)

    yaml = b"openapi: 3.0.0\npaths:\n  /a: &a {get: {x: &b [1, 0x1f, ~], responses: {200: *b}}}\n"
    return Target(run, [yaml + b"  /b:\n    <<: [*a]\n    post: {}\n", *published()])


def overlays() -> Target:
    """Parse an overlay, and apply it to the contract."""
    from wan_ergonomic.contract.document import _yaml
    from wan_ergonomic.contract.overlay import _apply, _overlay

    document = json.loads((ROOT / "openapi" / "contract.json").read_bytes())
    folder = Path(tempfile.mkdtemp())

    def run(data: bytes) -> None:
        (folder / "it.yaml").write_bytes(data)
        found = _overlay.load_overlays(folder)
        for stage in ("contract", "client"):
            _apply.survey(document, found, stage)
        _apply.apply(document, found, "contract")

    texts = [path.read_text("utf-8") for path in sorted((ROOT / "openapi" / "overlays").glob("*"))]
    # JSON is YAML, and can be damaged in one place.
    return Target(
        run, [*map(str.encode, texts), *(json.dumps(_yaml.load(t)).encode() for t in texts)]
    )


def comparison() -> Target:
    """Compare a document with the vendored one, in both directions, and with itself."""
    from wan_ergonomic.contract import Document, compare
    from wan_ergonomic.contract.source import _parse

    text = (ROOT / "openapi" / "contract.json").read_text("utf-8")
    known = Document(text, json.loads(text), "contract.json")

    def run(data: bytes) -> None:
        found = _parse.parse_document(data.decode("utf-8", "replace"), "it.json")
        if isinstance(found, Document):
            for old, new in ((known, found), (found, known), (found, found)):
                [str(finding) for finding in compare([old], [new]).findings]

    return Target(run, [text.encode(), *published()])


def recordings() -> Target:
    """Check a recording against the contract."""
    from wan_ergonomic import _spec
    from wan_ergonomic.conformance import verify

    def run(data: bytes) -> None:
        json.dumps(verify(io.BytesIO(data), "traffic.har").as_json())

    def exchange(role: Any, **body: Any) -> dict[str, Any]:
        url = f"{_spec.server_url()}{_spec.path(role)}?generation_id=a"
        request = {"method": _spec.METHODS[role], "url": url, **body}
        response = {"status": 200, "headers": {}, "body": {"id": "a", "status": "queued"}}
        return {"request": request, "response": response}

    entries = [exchange("create", body={"model": "m", "prompt": "x"}), exchange("poll")]
    content = {"size": 2, "text": "e30=", "encoding": "base64", "mimeType": "application/json"}
    entries[0]["response"]["content"] = content
    lines = [json.dumps(entry).encode() for entry in entries]
    return Target(run, [b"\n".join(lines), json.dumps({"log": {"entries": entries}}).encode()])


TARGETS: dict[str, Callable[[], Target]] = {
    target.__name__: target
    for target in (responses, error_responses, pages, documents, overlays, comparison, recordings)
}


def outcome(target: Target, data: bytes) -> str:
    """Run a target on one input, and return the outcome. A defect raises its exception."""
    from wan_ergonomic import WanError

    try:
        target.run(data)
    except WanError as error:
        return f"{type(error).__name__}: {error}"
    return "parsed"
