"""What the generator makes of the client's document."""

import ast
import importlib
import pkgutil

import generated_client.models
from generated_client.models.generation_request import GenerationRequest
from generated_client.types import UNSET

from .test_documents import schema, vendored


def test_it_has_the_two_operations_and_no_other():
    """One module for each, under one name."""
    names = [
        module.name
        for module in pkgutil.walk_packages(generated_client.__path__, "generated_client.")
        if ".api." in module.name and not module.ispkg
    ]
    assert names == [
        "generated_client.api.generations.create_generation",
        "generated_client.api.generations.fetch_generation",
    ]


def test_every_module_can_be_imported():
    """What was generated is whole."""
    for module in pkgutil.walk_packages(generated_client.__path__, "generated_client."):
        importlib.import_module(module.name)


def test_it_says_that_it_is_typed(root):
    """Type checkers read a package's types only if it has this file."""
    assert (root / "generated_client" / "py.typed").read_bytes() == b""


def test_the_request_takes_the_published_properties(root):
    """Each property of the create document, under its own name."""
    (create,) = (p["post"] for p in vendored("contract.json")["paths"].values() if "post" in p)
    source = (root / "generated_client/models/generation_request.py").read_text("utf-8")
    (cls,) = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    fields = {
        str(a.target.id)
        for a in cls.body
        if isinstance(a, ast.AnnAssign) and isinstance(a.target, ast.Name)
    }
    assert fields - {"additional_properties"} == set(schema(create["requestBody"])["properties"])


def test_what_nobody_set_is_not_sent():
    """Every default is the server's."""
    request = GenerationRequest(model="alibaba/wan2.2-t2v-plus", prompt="A boat")
    assert (request.seed, request.watermark) == (UNSET, UNSET)
    assert request.to_dict() == {"model": "alibaba/wan2.2-t2v-plus", "prompt": "A boat"}


def test_models_have_names_a_person_would_choose():
    """No path, no status code and no `Type0` in them."""
    assert set(generated_client.models.__all__) == {
        "AspectRatio",
        "CreatedError",
        "CreatedGeneration",
        "CreatedMeta",
        "CreatedUsage",
        "CreatedVideo",
        "FetchedGeneration",
        "FetchedMeta",
        "FetchedUsage",
        "FetchedVideo",
        "GenerationRequest",
        "Model",
        "Resolution",
    }
