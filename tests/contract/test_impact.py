"""Impact: every place in the contract has a row, and every name is defined on a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.diff.catalogue.findings import finding
from tests.support.first_contract import first_contract
from tests.support.options import has_fields
from wan_ergonomic import _spec
from wan_ergonomic._json import escape
from wan_ergonomic._options import Options
from wan_ergonomic._parsing._drift import _KNOWN_PROPERTIES
from wan_ergonomic._spec import Role
from wan_ergonomic.contract import impact as _impact
from wan_ergonomic.contract.document._pointer import look_up
from wan_ergonomic.contract.impact import PLACES, find_row, lines, touched

ROOT = Path(__file__).parents[2]
Place = tuple[str, Role, str]

# The tables of sizes and presets.
SIZES = ("PRESETS", "SIZES", "_MISSING_SIZES")


def option(name: str, *tables: str) -> tuple[str, ...]:
    """Return the names that a change of an option touches."""
    fields = (f"{holder}.{name}" for holder in ("PromptDefaults", "Options", "PromptOptions"))
    return *fields, *tables


def all_pointers(value: Any, pointer: str = "") -> Iterator[str]:
    """Yield the pointer of each value in a document, the document's own included."""
    yield pointer
    for key, below in _items(value):
        yield from all_pointers(below, f"{pointer}/{escape(key)}")


def _items(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


class Walk:
    """Walks through a document from its operations, and yields the place of each pointer."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.seen: set[tuple[str, str]] = set()

    def places(self) -> Iterator[Place]:
        """Yield each pointer with the role and place that a finding there would have."""
        parts = {"servers": "server", "security": "security"}
        yield "", "create", "document"
        for key, value in self.document.items():
            if key == "paths":
                yield from self._paths(value)
            elif key == "components":
                yield "/components", "create", "document"
                for name, held in value.items():
                    place = "security" if name == "securitySchemes" else "document"
                    yield from self._all(held, f"/components/{name}", "create", place)
            else:
                place = parts.get(key, "document")
                yield from self._all(value, f"/{escape(key)}", "create", place)

    def _paths(self, paths: dict[str, Any]) -> Iterator[Place]:
        yield "/paths", "create", "path"
        for path, item in paths.items():
            yield f"/paths/{escape(path)}", "create", "path"
            for key, value in item.items():
                pointer = f"/paths/{escape(path)}/{key}"
                roles = {method: role for role, method in _spec.METHODS.items()}
                if key in roles:
                    yield from self._operation(value, pointer, roles[key])
                else:
                    yield from self._all(value, pointer, "create", "path")

    def _operation(self, operation: Any, pointer: str, role: Role) -> Iterator[Place]:
        yield pointer, role, "operation"
        for key, value in operation.items():
            below = f"{pointer}/{key}"
            if key == "requestBody":
                yield from self._body(value, below, role, "request")
            elif key == "responses":
                yield below, role, "operation"
                for status, response in value.items():
                    where = f"{below}/{status}", role, f"response/{status}"
                    yield from self._body(response, *where)
            elif key == "parameters":
                yield below, role, "operation"
                for index, parameter in enumerate(value):
                    place = f"parameter/{parameter['in']}/{parameter['name']}"
                    yield from self._all(parameter, f"{below}/{index}", role, place)
            else:
                place = {"security": "security", "servers": "server"}.get(key, "operation")
                yield from self._all(value, below, role, place)

    def _body(self, holder: Any, pointer: str, role: Role, place: str) -> Iterator[Place]:
        for key, value in [(None, holder), *_items(holder)]:
            below = pointer if key is None else f"{pointer}/{escape(key)}"
            if key == "headers":
                for name, header in value.items():
                    there = f"{place}/header/{name.lower()}"
                    yield from self._all(header, f"{below}/{escape(name)}", role, there)
            if key == "schema":
                yield from self._schema(value, below, role, place)
            elif key == "content" or (key and "/" in key):
                yield from self._body(value, below, role, place)
            elif key is None:
                yield below, role, place
            else:
                yield from self._all(value, below, role, place)

    def _schema(self, schema: Any, pointer: str, role: Role, place: str) -> Iterator[Place]:
        if (pointer, place) in self.seen:
            return
        self.seen.add((pointer, place))
        yield pointer, role, place
        for key, value in _items(schema):
            below = f"{pointer}/{escape(key)}"
            if key == "$ref" and (target := look_up(self.document, value)):
                yield from self._schema(*target, role, place)
            if key == "properties":
                yield below, role, place
                for name, property_ in value.items():
                    there = f"{below}/{escape(name)}", role, f"{place}/{name}"
                    yield from self._schema(property_, *there)
            elif key in {"allOf", "anyOf", "oneOf"}:
                yield below, role, place
                for index, branch in enumerate(value):
                    yield from self._schema(branch, f"{below}/{index}", role, place)
            elif key in {"items", "additionalProperties"}:
                step = "[]" if key == "items" else "*"
                yield from self._schema(value, below, role, f"{place}/{step}")
            else:
                yield from self._all(value, below, role, place)

    def _all(self, value: Any, pointer: str, role: Role, place: str) -> Iterator[Place]:
        for below in all_pointers(value):
            yield f"{pointer}{below}", role, place


def unaccounted(document: dict[str, Any]) -> list[str]:
    """Return a sentence for each place without a row in the table."""
    places = {(role, place) for _, role, place in Walk(document).places()}
    return [
        f"{role}: no row of PLACES in impact.py matches {place}. Add one, with the names that "
        "depend on it (perhaps a new field), or with the reason why it is unused."
        for role, place in sorted(places)
        if find_row(role, place) is None
    ]


VENDORED: dict[str, Any] = dict(_spec.contract())
# A place in an option that the wrapper does not have yet.
NEW_OPTION = re.compile(
    rf"request/(?!({'|'.join(['model', 'prompt', *Options.__annotations__])})\b)"
)


@pytest.fixture(autouse=True)
def first_instead():
    """Today's documents: these tests are about them."""


@pytest.fixture
def first() -> dict[str, Any]:
    """The contract as it was at first, without options that are gone, to be changed."""
    contract = first_contract()
    properties = schema(operation(contract, "create")["requestBody"])["properties"]
    for name in properties.keys() - {"model", "prompt", *Options.__annotations__}:
        del properties[name]
    return contract


def operation(contract: dict[str, Any], role: Role) -> Any:
    """Return a role's operation, to be changed."""
    method = _spec.METHODS[role]
    return next(item[method] for item in contract["paths"].values() if method in item)


def schema(holder: Any) -> Any:
    """Return the schema of a body."""
    return holder["content"]["application/json"]["schema"]


def test_the_walk_reaches_every_pointer():
    """Otherwise the next test would check only a part of the contract."""
    reached = {pointer for pointer, _, _ in Walk(VENDORED).places()}
    assert reached == set(all_pointers(VENDORED))


def test_every_pointer_of_the_contract_has_a_row():
    """With names, or with the reason why there are none. An option gets its row with its field."""
    assert [line for line in unaccounted(VENDORED) if not NEW_OPTION.search(line)] == []


def test_every_row_matches_a_place():
    """Documented now, documented at first, or read without being documented."""
    read_beside: list[tuple[Role, str]]
    read_beside = [("poll", f"response/200{name}") for name in _KNOWN_PROPERTIES]
    read_beside.append(("poll", "response/default"))
    headers = ("x-request-id", "x-inference-id", "x-aimlapi-usd-spent", "retry-after", "server")
    read_beside += [("poll", f"response/200/header/{name}") for name in headers]
    walks = [*Walk(VENDORED).places(), *Walk(first_contract()).places()]
    places = {*read_beside, *((role, place) for _, role, place in walks)}
    alive = {find_row(role, place) for role, place in places}
    # There may be no option but those with rows of their own.
    dead = [row.place for row in PLACES if row not in alive and "{option}" not in row.place]
    assert dead == []


def test_every_name_of_the_table_is_defined():
    """So each name in a finding leads to a line."""
    names = {name for row in PLACES for name in row.names}
    spelled = {name.format(option=option) for name in names for option in Options.__annotations__}
    written = {name for name in spelled if not name.startswith(("Options.", "PromptDefaults."))}
    assert {line.name for line in lines(spelled)} == written


def test_each_row_has_names_or_a_reason():
    """A row without names says why no code depends on the place."""
    assert all(bool(row.names) != str(row.unused).endswith(".") for row in PLACES)


def test_a_moved_path_and_a_renamed_usage_field_need_no_new_row(first):
    """Regenerating is enough for them."""
    first["paths"] = {f"/v9{path}": item for path, item in first["paths"].items()}
    poll = operation(first, "poll")
    response = schema(poll["responses"]["200"])["properties"]
    response["meta"]["properties"]["usage"]["properties"] = {"units": {"type": "number"}}
    response["error"] = {"type": "object", "properties": {"code": {"type": "string"}}}
    del response["duration"]
    poll["parameters"][0]["name"] = "task"
    assert unaccounted(first) == []
    assert touched(finding(role="poll", place="path")) == ()
    there = finding(role="poll", place="response/200/meta/usage/units")
    assert touched(there) == ("Usage.credits",)


def test_a_schema_in_the_components_is_reached_through_its_operation(first):
    """A reference changes no place."""
    media = operation(first, "poll")["responses"]["200"]["content"]["application/json"]
    first["components"] = {"schemas": {"Response": media["schema"]}}
    media["schema"] = {"$ref": "#/components/schemas/Response"}
    found = dict.fromkeys((role, place) for _, role, place in Walk(first).places())
    assert ("poll", "response/200/video/url") in found
    assert unaccounted(first) == []


def test_a_new_option_needs_a_row_and_a_new_response_property_does_not(first):
    """An option needs a field; a response property is in ``raw`` at once."""
    schema(operation(first, "poll")["responses"]["200"])["properties"]["progress"] = {}
    assert unaccounted(first) == []
    schema(operation(first, "create")["requestBody"])["properties"]["camera"] = {}
    assert [line.partition(". ")[0] for line in unaccounted(first)] == [
        "create: no row of PLACES in impact.py matches request/camera"
    ]


@pytest.mark.parametrize(
    ("role", "place", "names"),
    [
        ("create", "request/camera", "PromptDefaults Options PromptOptions"),
        ("create", "parameter/header/X-Team", "WanClient.submit WanClient.generate"),
        ("poll", "parameter/query/anything", "WanClient.status WanClient.wait"),
        ("poll", "response/3XX", "WanClient.status WanClient.wait"),
        ("poll", "response/202/status", "Generation.status STATUSES"),
        ("poll", "response/200/error/[]/loc", "Generation.error Failure"),
        ("poll", "response/200/meta/usage/usd_spent", "Usage.usd"),
        ("poll", "response/200/progress", "Generation.raw"),
        ("poll", "response/200/header/x-aimlapi-usd-spent", "Generation.usage"),
        ("poll", "response/200/header/server", ""),
        ("poll", "response/200/header/x-request-id", "Generation.request_id"),
        ("poll", "response/200/header/x-inference-id", "Generation.inference_id"),
        ("poll", "response/429/header/retry-after", "ApiError"),
        ("create", "request", "WanClient.submit WanClient.generate"),
        ("create", "request/model", "Preview.body"),
        ("create", "request/prompt", "WanClient.submit WanClient.generate _READ_CHARACTERS"),
        ("create", "response/200", "Generation"),
        ("create", "response/200/id", "Generation.id"),
        ("create", "response/200/video", "Generation.video"),
        ("poll", "response/200/video/url", "Video.url"),
        ("poll", "response/200/video/duration", "Video.duration"),
        ("poll", "response/200/duration", "Video.duration"),
        ("poll", "response/200/error", "Generation.error Failure"),
        ("poll", "response/200/error/name", "Failure.name"),
        ("poll", "response/200/error/message", "Failure.message"),
        ("poll", "response/200/meta", "Generation.usage"),
        ("poll", "response/200/meta/usage", "Generation.usage"),
        ("create", "response/4XX", "ApiError"),
        ("create", "response/503", "ServerError"),
        ("create", "operation", "WanClient.submit WanClient.generate"),
        ("poll", "operation", "WanClient.status WanClient.wait"),
        ("poll", "security", "authorization KEY_VARIABLES"),
        ("poll", "path", ""),
        ("create", "document", ""),
        ("create", "server", "WanClient find_base_url"),
    ],
)
def test_a_finding_touches(role, place, names):
    """The names of the first row that matches."""
    assert touched(finding(role=role, place=place)) == tuple(names.split())


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        pytest.param(name, tables, marks=has_fields(name))
        for name, tables in {
            "watermark": (),
            "negative_prompt": ("_READ_CHARACTERS",),
            "resolution": SIZES,
            "aspect_ratio": SIZES,
            "enhance_prompt": ("PRESETS",),
            "seed": ("MAX_SEED",),
        }.items()
    ],
)
def test_a_finding_about_an_option_touches(name, tables):
    """Its types, its option of the command line, and the tables that depend on it."""
    assert touched(finding(role="create", place=f"request/{name}")) == option(name, *tables)


def test_what_regenerating_writes_has_no_line():
    """Nobody edits it; a new option belongs to the class of those of the command line."""
    assert lines(["Options", "PromptDefaults", "Options.new", "PromptDefaults.new"]) == []
    (line,), (there,) = lines(["PromptOptions.new"]), lines(["PromptOptions"])
    assert (line.file, line.line) == (there.file, there.line)


@has_fields("seed")
def test_options_are_matched_whole():
    """A longer name is a new option."""
    assert touched(finding(place="request/seeds")) == _impact._NEW_OPTION
    assert touched(finding(place="request/seed/nested"))[0] == "PromptDefaults.seed"


def test_a_line_is_where_the_name_is_defined():
    """In a class, in its base class, or at the top of a module."""
    found = lines(["WanClient.submit", "STATUSES", "Generation.id", "Endpoint", "STATUSES"])
    assert len(found) == 4
    for line in found:
        written = (ROOT / line.file).read_text("utf-8").splitlines()[line.line - 1]
        assert line.name.rpartition(".")[2] in written
    assert found == sorted(found, key=lambda line: (line.file, line.line))


@pytest.mark.parametrize("name", ["Nobody", "Nobody.knows", "WanClient.nothing", "WanClient.url"])
def test_an_undefined_name_is_an_error(name):
    """Local variables are not definitions."""
    with pytest.raises(KeyError):
        lines([name])
