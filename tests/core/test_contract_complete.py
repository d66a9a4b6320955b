"""The wrapper has a place for everything in the contract.

On the day that the vendor documents something new, a test here is skipped, and its reason
says what has no place yet. test_contract_fit.py is about whether the wrapper still works.
"""

import copy
import re
from typing import Any, get_args

import pytest

from tests.support.options import OF_COMMANDS
from wan_ergonomic import _spec
from wan_ergonomic._generation import STATUSES
from wan_ergonomic._options import Options
from wan_ergonomic._spec import Role
from wan_ergonomic.generated_client.models import __all__ as model_names


def missing_options() -> set[str]:
    """Return the options of the contract that no type or no command has."""
    known = {"model", "prompt", *Options.__annotations__.keys() & {*OF_COMMANDS}}
    return set(_spec.request_schema()["properties"]) - known


def skip_for(new: set[str], consequence: str) -> None:
    """Skip the rest of a test if the contract has something new."""
    if new:
        pytest.skip(f"New in the contract: {', '.join(sorted(new))}. {consequence}")


def test_every_option_can_be_set():
    """Each property of the create request but model and prompt is one of Python and of ``wan``."""
    skip_for(missing_options(), "wan cannot set it yet; CONTRIBUTING.md says how to add it.")


def test_an_option_that_cannot_be_set_is_noticed(monkeypatch):
    """The test above is skipped once the vendor adds a property."""
    document = copy.deepcopy(dict(_spec.contract()))
    monkeypatch.setattr(_spec, "contract", lambda: document)
    properties: Any = _spec.request_schema()["properties"]
    properties["frame_rate"] = {"type": "integer"}
    assert "frame_rate" in missing_options()
    with pytest.raises(pytest.skip.Exception, match="frame_rate"):
        test_every_option_can_be_set()


@pytest.mark.parametrize("role", get_args(Role))
def test_every_status_of_the_contract_has_a_meaning(role):
    """The enum is part of the table of statuses."""
    listed = _spec.choices(_spec.response_schema(role)["properties"]["status"])
    skip_for(set(listed) - set(STATUSES), "A job with it counts as pending; see STATUSES.")


# Models of errors and of values that can be null are internal: the generator's names will do.
NAMED = [name for name in model_names if not re.search(r"Error|^GenerationRequest\w+", name)]


@pytest.mark.parametrize("name", NAMED)
def test_models_have_readable_names(name):
    """One to four words; no path, status code or `Type0` among them."""
    assert re.fullmatch(r"([A-Z][a-z]+){1,4}", name)
    assert not re.search(r"Api|Get|Post|Response|Type", name)
