"""Whether the wrapper fits a contract is what some tests say, in a run of their own."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.first_contract import FOLDER
from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract.build._fit import TESTS, check_fit, check_parts

NOTES_ITS_FOLDER = """
def test_folder(tmp_path_factory):
    open("folder", "w").write(str(tmp_path_factory.getbasetemp()))
"""


def test_without_tests_nothing_is_said_of_the_wrapper(tmp_path):
    """An installed package has none."""
    assert "was not checked" in check_fit(tmp_path)


def test_a_run_shares_no_folder_with_other_runs(tmp_path):
    """Else a folder that another run removes at the same time is an error; it is removed itself."""
    file = tmp_path / TESTS[0]
    file.parent.mkdir(parents=True)
    file.write_text(NOTES_ITS_FOLDER, "utf-8")
    assert check_fit(tmp_path).startswith("The wrapper fits: 1 passed")
    folder = Path((tmp_path / "folder").read_text("utf-8"))
    assert [part for part in folder.parts if part.startswith("pytest-of-")] == []
    assert not folder.parent.exists()


def first(method: str) -> tuple[Any, Any]:
    """Return a contract, and one of its operations."""
    contract = json.loads((FOLDER / "contract.json").read_text("utf-8"))
    return contract, next(item[method] for item in contract["paths"].values() if method in item)


def schema(holder: Any) -> Any:
    """Return the schema of a body."""
    return holder["content"]["application/json"]["schema"]


def test_what_the_wrapper_needs_is_in_the_first_contract():
    """Of another one, what is missing is named."""
    check_parts(first("get")[0])


@pytest.mark.parametrize("lost", ["model", "prompt"])
def test_a_request_needs_a_model_and_a_prompt(lost):
    """The wrapper sends both."""
    contract, operation = first("post")
    del schema(operation["requestBody"])["properties"][lost]
    with pytest.raises(
        ContractError, match=rf"request body of POST /\S+ is not .* '{lost}', which"
    ):
        check_parts(contract)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "other",
    [
        {"content": {"text/plain": {}}},
        {"content": {"application/json": {"schema": {"oneOf": [{"type": "object"}]}}}},
        {"content": {"application/json": {"schema": True}}},
        {},
    ],
)
def test_a_response_needs_an_id_and_a_status(method, other):
    """Each is an object in JSON, not one of several."""
    contract, operation = first(method)
    operation["responses"]["200"] = other
    with pytest.raises(ContractError, match=r"The response 200 of .* has 'id' and 'status', which"):
        check_parts(contract)
    del operation["responses"]["200"]
    with pytest.raises(ContractError, match="The response 2XX of"):
        check_parts(contract)
