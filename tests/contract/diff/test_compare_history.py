"""Releases that this vendor could well publish, each judged by a person first."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.diff.catalogue.mutations import Draft, Json, contract
from tests.support.first_contract import OPTIONS
from wan_ergonomic import _spec
from wan_ergonomic.contract import Document, Finding, compare, read_source

Release = tuple[Callable[[Draft], object], list[tuple[str, str]]]


def differences(old: Json, new: Json) -> list[Finding]:
    """Return what a comparison of two documents finds."""
    return compare([Document("", old, "old")], [Document("", new, "new")])


def onto_the_vendor_path(draft: Draft) -> None:
    """The universal path is given up for one of the vendor's own."""
    paths, answers = draft.document["paths"], draft.path("poll")
    paths[answers]["post"] = paths.pop(draft.path("create"))["post"]


def onto_the_universal_path(draft: Draft) -> None:
    """Polling, too, is done where videos are asked for."""
    paths, create = draft.document["paths"], draft.path("create")
    paths[create]["get"] = paths.pop(draft.path("poll"))["get"]
    draft.operation("poll")["operationId"] = "_v2_video_generations_get"


def with_more_statuses(draft: Draft) -> None:
    """Jobs wait, and can be given up."""
    for role in _spec.METHODS:
        draft.answer(role)["properties"]["status"]["enum"][1:1] = ["waiting", "cancelled"]


def usage_of(draft: Draft, role: str) -> Any:
    """Return what is said of the cost."""
    return draft.answer(role)["properties"]["meta"]["properties"]["usage"]


def with_another_cost(draft: Draft) -> None:
    """The cost is told by another name."""
    usage = usage_of(draft, "poll")
    (name,) = usage["required"]
    usage["properties"]["spent"] = usage["properties"].pop(name)
    usage["required"] = ["spent"]


def with_dollars(draft: Draft) -> None:
    """The cost in dollars is told beside."""
    usage = usage_of(draft, "poll")
    usage["properties"]["usd_spent"] = {"type": "number"}
    usage["required"].append("usd_spent")


def before() -> Json:
    """Return the contract, with the options that releases change as they once were."""
    document = contract()
    Draft(document).request()["properties"].update(copy.deepcopy(OPTIONS))
    return document


def with_components(draft: Draft) -> None:
    """What was written in place is now in the components, with nothing said anew."""
    schemas = draft.document["components"]["schemas"] = {}
    for role, name in (("create", "CreateResponse"), ("poll", "PollResponse")):
        media = draft.success(role)["content"]["application/json"]
        schemas[name] = media["schema"]
        media["schema"] = {"$ref": f"#/components/schemas/{name}"}
        video = schemas[name]["properties"]["video"]
        schemas[f"{name}.Video"] = video
        schemas[name]["properties"]["video"] = {"$ref": f"#/components/schemas/{name}.Video"}


def with_security_for_all(draft: Draft) -> None:
    """The key is asked for once for all, and the scheme is called otherwise."""
    for role in _spec.METHODS:
        del draft.operation(role)["security"]
    schemes = draft.document["components"]["securitySchemes"]
    schemes["bearer"] = schemes.pop(next(iter(schemes)))
    draft.document["security"] = [{"bearer": []}]


def with_720p(draft: Draft) -> None:
    """There is one more size, and it is what one gets."""
    resolution = draft.request()["properties"]["resolution"]
    resolution["enum"].insert(1, "720P")
    resolution["default"] = "720P"


def answered_201(draft: Draft) -> None:
    """What was asked for has been created."""
    responses = draft.operation("create")["responses"]
    responses["201"] = responses.pop("200")


def tidied(draft: Draft) -> None:
    """Names for people and programs are reworked."""
    draft.operation("create")["operationId"] = "createVideo"
    draft.operation("poll")["tags"] = ["Video"]
    draft.request()["title"] = "Wan 2.2 T2V Plus"
    draft.document["info"]["version"] = "2.0.0"


def typed_error(draft: Draft) -> None:
    """What an error is, is said when polling as well."""
    error = draft.answer("create")["properties"]["error"]
    draft.answer("poll")["properties"]["error"] = copy.deepcopy(error)


def nullable_seed(draft: Draft) -> None:
    """Options may be null, and a prompt may be no longer than it is."""
    draft.request()["properties"]["seed"]["nullable"] = True
    draft.request()["properties"]["prompt"]["maxLength"] = 800


def closed(draft: Draft) -> None:
    """What is not known is refused, and a link may be missing."""
    draft.request()["additionalProperties"] = False
    draft.answer("poll")["properties"]["video"]["required"] = []


def for_every_model(draft: Draft) -> None:
    """One path takes what each of the models takes."""
    names = {"model": {"type": "string", "enum": ["kling/v1"]}, "image_url": {"type": "string"}}
    other = {"type": "object", "required": ["model", "image_url"], "properties": names}
    draft.body()["schema"] = {"oneOf": [other, draft.request()]}
    draft.document["paths"]["/v2/other"] = {"post": {"responses": {"200": {"description": "a"}}}}


def one_page_for_three(draft: Draft) -> None:
    """A page is shared by the models of a family."""
    names = draft.request()["properties"]["model"]["enum"]
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
    "201": (answered_201, [("breaking", "response-success-status-changed")]),
    "no negative prompt": (
        lambda draft: draft.request()["properties"].pop("negative_prompt"),
        [("breaking", "request-property-removed")],
    ),
    "names": (
        tidied,
        [("info", "api-operation-id-changed"), ("info", "api-tag-added"),
         ("docs", "api-info-version-changed"), ("docs", "request-body-title-changed")],
    ),
    "a typed error": (typed_error, [("info", "response-property-type-specialized")]),
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
def test_a_release_is_judged_as_a_person_would(name):
    """Each thing that changed is found once, and is as bad as it is."""
    edit, expected = RELEASES[name]
    old = before()
    said = Draft(old).answer("create")["properties"]["error"]["description"]
    Draft(old).answer("poll")["properties"]["error"] = {"description": said}
    new = copy.deepcopy(old)
    edit(Draft(new))
    found = [(finding.severity, finding.rule) for finding in differences(old, new)]
    assert sorted(expected) == sorted(found)


def test_all_releases_at_once_lose_nothing():
    """Of releases that do not get in each other's way, each gives all that it gives alone."""
    new, expected = before(), []
    for name in ("dollars", "720P", "no negative prompt", "a nullable seed", "components"):
        edit, alone = RELEASES[name]
        edit(Draft(new))
        expected += alone
    found = [(finding.severity, finding.rule) for finding in differences(before(), new)]
    assert sorted(expected) == sorted(found)


def test_what_the_overlays_correct_is_no_breakage_when_the_vendor_corrects_it():
    """Between what was published and what was made of it, nothing is lost, and flaws are gone."""
    old = read_source(str(_spec.openapi_folder() / "upstream"))
    found = compare(old, [Document("", contract(), "contract.json")])
    assert "breaking" not in {finding.severity for finding in found}
    assert {"api-security-added", "document-repaired"} <= {finding.rule for finding in found}
