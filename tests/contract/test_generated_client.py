"""What the generator makes of the client's document."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from wan_ergonomic import _spec, generated_client
from wan_ergonomic.contract.source._account import account_operations, read_account
from wan_ergonomic.generated_client.models import __all__ as model_names
from wan_ergonomic.generated_client.models.generation_request import GenerationRequest
from wan_ergonomic.generated_client.types import UNSET


@pytest.fixture(autouse=True)
def first_instead():
    """Today's documents: these tests are about them."""


def modules() -> Iterator[pkgutil.ModuleInfo]:
    """Yield each module of the generated client."""
    return pkgutil.walk_packages(generated_client.__path__, f"{generated_client.__name__}.")


def test_it_has_the_described_operations_and_no_other():
    """One module for each: the two published ones, and those of the account."""
    names = {
        module.name.partition(".api.")[2]
        for module in modules()
        if ".api." in module.name and not module.ispkg
    }
    account = {f"account.{name}" for name in account_operations(read_account())}
    assert names == {"generations.create_generation", "generations.fetch_generation"} | account


def test_every_module_can_be_imported():
    """What was generated is whole."""
    for module in modules():
        importlib.import_module(module.name)


def test_it_says_that_it_is_typed(root):
    """Type checkers read a package's types only if it has this file."""
    assert (root / "generated_client" / "py.typed").read_bytes() == b""


def test_the_request_takes_the_published_properties(root):
    """Each property of the create document, whatever its field is called in Python."""
    source = (root / "generated_client/models/generation_request.py").read_text("utf-8")
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    taken = {
        str(ast.literal_eval(call.args[0]))
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "pop"
    }
    assert taken == set(_spec.request_schema()["properties"])


def test_what_nobody_set_is_not_sent():
    """Every default is the server's."""
    least: dict[str, Any] = {"model": _spec.model(), "prompt": "A boat"}
    request = GenerationRequest(**least)
    fields = [field.name for field in attrs.fields(GenerationRequest) if field.init]
    assert {name for name in fields if getattr(request, name) is not UNSET} == least.keys()
    assert request.to_dict() == least


def test_the_bodies_have_their_names():
    """The overlays name what is sent and what is returned."""
    named = {"GenerationRequest", "CreatedGeneration", "FetchedGeneration"}
    assert set(model_names) >= named
