"""The wrapper and the contract, the other way round: all that is promised has a place here.

Each of these fails on the day that the vendor documents something new, and so
says which line is yet to be written. Whether the wrapper still works with the
contract is test_contract_fit.py's question.
"""

import copy
import re
from typing import Any, get_args

import pytest

from wan_ergonomic import _spec
from wan_ergonomic._generation import STATUSES
from wan_ergonomic._prompts import Options
from wan_ergonomic._spec import Role
from wan_ergonomic.generated_client.models import __all__ as model_names


def missing_options() -> set[str]:
    """Return the create document's options that no call can set."""
    return set(_spec.request_schema()["properties"]) - {"model", "prompt", *Options.__annotations__}


def test_every_option_can_be_set():
    """Each property of the create document, but those that a client fills in itself."""
    assert missing_options() == set()


def test_an_option_that_cannot_be_set_is_noticed(monkeypatch):
    """The test above fails on the day that the vendor adds a property."""
    document = copy.deepcopy(dict(_spec.contract()))
    monkeypatch.setattr(_spec, "contract", lambda: document)
    properties: Any = _spec.request_schema()["properties"]
    properties["frame_rate"] = {"type": "integer"}
    assert missing_options() == {"frame_rate"}


@pytest.mark.parametrize("role", get_args(Role))
def test_every_promised_status_has_a_meaning(role):
    """The contract's enum is part of the one table of statuses."""
    listed = _spec.response_schema(role)["properties"]["status"].get("enum", [])
    assert set(listed) <= set(STATUSES)


# What an error holds is known only since the vendor says so, and named as it comes.
NAMED = [name for name in model_names if "Error" not in name]


@pytest.mark.parametrize("name", NAMED)
def test_models_have_names_a_person_would_choose(name):
    """One to three words, among them no path, no status code and no `Type0`."""
    assert re.fullmatch(r"([A-Z][a-z]+){1,3}", name)
    assert not re.search(r"Api|Get|Post|Response|Type", name)
