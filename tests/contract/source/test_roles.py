"""Which operation is ours: one answer for comparing, regenerating and watching."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tests.support.project import WANTED
from wan_ergonomic.contract import ContractError, Document, compare
from wan_ergonomic.contract.source._roles import pair_operations, select

CREATE = WANTED["create"][1]


def source(data: Any) -> list[Document]:
    """Return a source of one document."""
    return [Document(json.dumps(data), data, "it.json")]


@pytest.fixture
def ours(root) -> dict[str, Any]:
    """The vendored contract, to be changed."""
    data: dict[str, Any] = json.loads((root / "openapi" / "contract.json").read_text("utf-8"))
    return data


def of_another_model(operation: dict[str, Any]) -> dict[str, Any]:
    """Return the same operation for another model."""
    text = json.dumps(operation).replace("alibaba/wan2.2-t2v-plus", "vendor/other")
    other: dict[str, Any] = json.loads(text)
    other["operationId"] = "other"
    return other


def test_comparing_and_regenerating_find_the_same_operation(ours):
    """Our POST has moved, beside another model's POST: the one that takes our model is ours."""
    new = copy.deepcopy(ours)
    moved = new["paths"].pop(CREATE)
    new["paths"] |= {"/v3/other": {"post": of_another_model(moved["post"])}, "/v3/ours": moved}
    paired = {role: after for role, _, after in pair_operations(source(ours), source(new))}
    assert paired["create"]
    assert paired["create"].path == "/v3/ours"
    assert select(source(new), {"create": CREATE})["create"][1] == "/v3/ours"
    moves = [found for found in compare(source(ours), source(new)) if "moved" in str(found)]
    assert len(moves) == 1


def test_two_operations_that_may_be_ours_are_not_guessed_at(ours):
    """Neither comparing nor regenerating chooses; both name the candidates and the next step."""
    new = copy.deepcopy(ours)
    moved = new["paths"].pop(CREATE)
    new["paths"] |= {"/v3/a": copy.deepcopy(moved), "/v3/b": moved}
    complaint = r"may be ours for 'create': /v3/a, /v3/b\. Give a source that documents only"
    with pytest.raises(ContractError, match=complaint):
        select(source(new), {"create": CREATE})
    with pytest.raises(ContractError, match=complaint):
        compare(source(ours), source(new))


def test_the_path_decides_between_operations_that_are_alike(ours):
    """Of two that take and return the same, the one whose path has the known words is ours."""
    new = copy.deepcopy(ours)
    moved = new["paths"].pop(CREATE)
    new["paths"] |= {"/v3/video/generations": copy.deepcopy(moved), "/v3/images": moved}
    assert select(source(new), {"create": CREATE})["create"][1] == "/v3/video/generations"
