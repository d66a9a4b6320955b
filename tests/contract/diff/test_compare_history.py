"""Releases that this vendor could publish, with the findings that a person expects."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.diff.catalogue.mutations import Draft, Json, contract
from tests.support.first_contract import FOLDER, OPTIONS
from wan_ergonomic import _spec
from wan_ergonomic.contract import Document, Finding, compare, read_source

Release = tuple[Callable[[Draft], object], list[tuple[str, str]]]


def differences(old: Json, new: Json) -> list[Finding]:
    """Return the findings of a comparison of two documents."""
    return [*compare([Document("", old, "old")], [Document("", new, "new")]).findings]


def onto_the_vendor_path(draft: Draft) -> None:
    """The create operation moves to the path of the poll operation."""
    paths, poll = draft.document["paths"], draft.path("poll")
    paths[poll]["post"] = paths.pop(draft.path("create"))["post"]


def onto_the_universal_path(draft: Draft) -> None:
    """The poll operation moves to the path of the create operation."""
    paths, create = draft.document["paths"], draft.path("create")
    paths[create]["get"] = paths.pop(draft.path("poll"))["get"]
    draft.operation("poll")["operationId"] = "_v2_video_generations_get"


def with_more_statuses(draft: Draft) -> None:
    """There are two new statuses."""
    for role in _spec.METHODS:
        draft.response_schema(role)["properties"]["status"]["enum"][1:1] = ["waiting", "cancelled"]


def usage_of(draft: Draft, role: str) -> Any:
    """Return the schema of the usage."""
    return draft.response_schema(role)["properties"]["meta"]["properties"]["usage"]


def with_another_cost(draft: Draft) -> None:
    """The property with the cost is renamed."""
    usage = usage_of(draft, "poll")
    (name,) = usage["required"]
    usage["properties"]["spent"] = usage["properties"].pop(name)
    usage["required"] = ["spent"]


def with_dollars(draft: Draft) -> None:
    """There is a property with the cost in dollars."""
    usage = usage_of(draft, "poll")
    usage["properties"]["usd_spent"] = {"type": "number"}
    usage["required"].append("usd_spent")


def before() -> Json:
    """Return the contract with all options that the releases change."""
    document = contract()
    Draft(document).request_schema()["properties"].update(copy.deepcopy(OPTIONS))
    return document


def with_components(draft: Draft) -> None:
    """Schemas move to the components, without any other change."""
    schemas = draft.document["components"]["schemas"] = {}
    for role, name in (("create", "CreateResponse"), ("poll", "PollResponse")):
        media = draft.response(role)["content"]["application/json"]
        schemas[name] = media["schema"]
        media["schema"] = {"$ref": f"#/components/schemas/{name}"}
        video = schemas[name]["properties"]["video"]
        schemas[f"{name}.Video"] = video
        schemas[name]["properties"]["video"] = {"$ref": f"#/components/schemas/{name}.Video"}


def with_security_for_all(draft: Draft) -> None:
    """The security requirement moves to the document, and the scheme is renamed."""
    for role in _spec.METHODS:
        del draft.operation(role)["security"]
    schemes = draft.document["components"]["securitySchemes"]
    schemes["bearer"] = schemes.pop(next(iter(schemes)))
    draft.document["security"] = [{"bearer": []}]


def with_720p(draft: Draft) -> None:
    """There is a new resolution, and it is the default."""
    resolution = draft.request_schema()["properties"]["resolution"]
    resolution["enum"].insert(1, "720P")
    resolution["default"] = "720P"


def with_201(draft: Draft) -> None:
    """The success status is 201."""
    responses = draft.operation("create")["responses"]
    responses["201"] = responses.pop("200")


def tidied(draft: Draft) -> None:
    """operationIds, tags and titles change."""
    draft.operation("create")["operationId"] = "createVideo"
    draft.operation("poll")["tags"] = ["Video"]
    draft.request_schema()["title"] = "Wan 2.2 T2V Plus"
    draft.document["info"]["version"] = "2.0.0"


def typed_error(draft: Draft) -> None:
    """The poll response describes the error as the create response does."""
    error = draft.response_schema("create")["properties"]["error"]
    draft.response_schema("poll")["properties"]["error"] = copy.deepcopy(error)


def nullable_seed(draft: Draft) -> None:
    """The seed can be null, and the prompt has a maximum length."""
    draft.request_schema()["properties"]["seed"]["nullable"] = True
    draft.request_schema()["properties"]["prompt"]["maxLength"] = 800


def closed(draft: Draft) -> None:
    """The request allows no additional properties, and the link is optional."""
    draft.request_schema()["additionalProperties"] = False
    draft.response_schema("poll")["properties"]["video"]["required"] = []


def for_every_model(draft: Draft) -> None:
    """One path has a oneOf with the schema of each model."""
    names = {"model": {"type": "string", "enum": ["kling/v1"]}, "image_url": {"type": "string"}}
    other = {"type": "object", "required": ["model", "image_url"], "properties": names}
    draft.media_type()["schema"] = {"oneOf": [other, draft.request_schema()]}
    draft.document["paths"]["/v2/other"] = {"post": {"responses": {"200": {"description": "a"}}}}


def one_page_for_three(draft: Draft) -> None:
    """The enum of models lists the other models of the family."""
    names = draft.request_schema()["properties"]["model"]["enum"]
    names += ["alibaba/wan2.1-t2v-plus", "alibaba/wan2.1-t2v-turbo"]


RELEASES: dict[str, Release] = {
    "onto the vendor's path": (onto_the_vendor_path, [("breaking", "operation-moved")]),
    "onto the universal path": (
        onto_the_universal_path,
        [("breaking", "operation-moved"), ("info", "api-operation-id-changed")],
    ),
    "more statuses": (with_more_statuses, [("warning", "response-property-enum-value-added")] * 4),
    "another name for the cost": (with_another_cost, [("breaking", "response-property-renamed")]),
    "dollars": (with_dollars, [("info", "response-required-property-added")]),
    "components": (with_components, []),
    "security for all": (with_security_for_all, []),
    "720P": (
        with_720p,
        [("warning", "request-property-default-value-changed"),
         ("info", "request-property-enum-value-added")],
    ),
    "201": (with_201, [("breaking", "response-success-status-changed")]),
    "no negative prompt": (
        lambda draft: draft.request_schema()["properties"].pop("negative_prompt"),
        [("breaking", "request-property-removed")],
    ),
    "names": (
        tidied,
        [("info", "api-operation-id-changed"), ("info", "api-tag-added"),
         ("docs", "api-info-version-changed"), ("docs", "request-body-title-changed")],
    ),
    "a typed error": (
        typed_error,
        [("info", "response-property-type-specialized"),
         *[("info", "response-required-property-added")] * 2],
    ),
    "a nullable seed": (
        nullable_seed,
        [("breaking", "request-property-max-length-set"),
         ("info", "request-property-became-nullable")],
    ),
    "closed": (
        closed,
        [("breaking", "request-body-additional-properties-closed"),
         ("breaking", "response-property-became-optional")],
    ),
    "every model": (for_every_model, []),
    "three models": (one_page_for_three, [("info", "request-property-enum-value-added")] * 2),
}  # fmt: skip


@pytest.mark.parametrize("name", RELEASES)
def test_a_release_has_the_findings_that_a_person_expects(name):
    """Each change is found once, with its severity."""
    edit, expected = RELEASES[name]
    old = before()
    text = Draft(old).response_schema("create")["properties"]["error"]["description"]
    Draft(old).response_schema("poll")["properties"]["error"] = {"description": text}
    new = copy.deepcopy(old)
    edit(Draft(new))
    found = [(finding.severity, finding.rule) for finding in differences(old, new)]
    assert sorted(expected) == sorted(found)


def test_several_releases_at_once_have_all_findings():
    """Releases of different parts have the same findings together as alone."""
    new, expected = before(), []
    for name in ("dollars", "720P", "no negative prompt", "a nullable seed", "components"):
        edit, alone = RELEASES[name]
        edit(Draft(new))
        expected += alone
    found = [(finding.severity, finding.rule) for finding in differences(before(), new)]
    assert sorted(expected) == sorted(found)


def test_corrections_by_the_vendor_break_nothing():
    """Between the published documents and the corrected contract there is no breaking change."""
    old = read_source(str(FOLDER / "upstream"))
    found = compare(old, [Document("", contract(), "contract.json")]).findings
    assert "breaking" not in {finding.severity for finding in found}
    assert {"api-security-added", "document-repaired"} <= {finding.rule for finding in found}
