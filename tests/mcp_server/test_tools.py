"""The tools: their arguments are those of the contract, and checked before anything is done."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.support.options import OPTIONS, small

pytest.importorskip("mcp", reason="the extra `mcp` is not installed")

from wan_ergonomic import Options
from wan_ergonomic._spec import choices
from wan_ergonomic.mcp_server import Tool, tools_of
from wan_ergonomic.mcp_server._results import ToolError
from wan_ergonomic.mcp_server._tools import _plain


@pytest.fixture
def tools(make) -> dict[str, Tool]:
    """The tools by their names."""
    return {tool.name: tool for tool in tools_of(make(max_usd=1.0))}


def echo(**given: Any) -> dict[str, Any]:
    """Return the arguments."""
    return given


TOOL = Tool(
    name="a_tool",
    description="x",
    properties={
        "job": {"type": "string"},
        "limit": {"type": "integer", "minimum": 1, "maximum": 100},
        "flag": {"type": "boolean"},
        "either": {"type": ["number", "string"]},
    },
    required=("job",),
    call=echo,
)


def test_the_tools_are_in_the_order_of_their_use(tools):
    """Only one of them spends."""
    names = ["price_video", "submit_video", "poll_video", "save_video", "list_videos"]
    assert list(tools) == names
    assert [name for name, tool in tools.items() if tool.spends] == ["submit_video"]
    assert [name for name, tool in tools.items() if not tool.writes] == [
        *("price_video", "poll_video", "list_videos")
    ]


def test_each_schema_is_valid_and_says_what_it_takes(tools):
    """Every argument is described but a plain limit."""
    for tool in tools.values():
        Draft202012Validator.check_schema(tool.schema)
        assert tool.description.endswith(".")


def test_the_options_are_those_of_the_contract(tools):
    """With its values; the model is not an option."""
    found = set(tools["submit_video"].properties) - {"prompt", "request_id"}
    assert found == set(tools["price_video"].properties) == Options.__optional_keys__
    for name, schema in OPTIONS.items():
        described = tools["submit_video"].properties[name]
        assert described.get("enum", []) == choices(schema)


def test_a_small_video_fits_its_schema(tools):
    """As an agent would send it."""
    Draft202012Validator(tools["submit_video"].schema).validate({"prompt": "A boat", **small()})


@pytest.mark.parametrize(
    ("schema", "plain"),
    [
        ({"type": ["string", "null"], "enum": ["a", None]}, {"type": "string", "enum": ["a"]}),
        ({"type": "integer", "nullable": True, "default": 0}, {"type": "integer", "default": 0}),
        ({"type": ["integer", "string"]}, {"type": ["integer", "string"]}),
        ({"description": "x", "x-order": 1}, {"description": "x"}),
    ],
)
def test_a_schema_of_any_version_becomes_plain(schema, plain):
    """Agents know JSON Schema, not OpenAPI."""
    assert _plain(schema) == plain


def test_arguments_that_are_null_are_left_out():
    """Agents send null for what they do not set."""
    assert TOOL.run({"job": "x", "limit": None}) == {"job": "x"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "a_tool needs job."),
        ({"job": None}, "a_tool needs job."),
        ({"job": 7}, "job must be text, not 7."),
        ({"job": "x", "limit": "7"}, "limit must be a whole number, not '7'."),
        ({"job": "x", "either": True}, "either must be a number or text, not True."),
        ({"job": "x", "limit": 0}, "limit must be from 1 to 100, not 0."),
        ({"job": "x", "limit": 101}, "limit must be from 1 to 100, not 101."),
        ({"job": "x", "flag": 1}, "flag must be true or false, not 1."),
        ({"job": "x", "limits": 1}, "a_tool takes no 'limits'. Did you mean 'limit'?"),
    ],
)
def test_a_wrong_argument_is_named(given, message):
    """Nothing was sent or spent."""
    with pytest.raises(ToolError) as caught:
        TOOL.run(given)
    assert str(caught.value) == f"{message} Nothing was sent or spent."


@pytest.mark.usefixtures("bodies_as_they_were")
def test_the_tools_call_what_they_say(tools, sandbox):
    """Price, submit, poll, save and list, in a row."""
    assert tools["price_video"].run(small())["usd"] > 0
    job = tools["submit_video"].run({"prompt": "A boat", **small()})["job"]
    assert tools["poll_video"].run({"job": job, "wait_seconds": 20})["state"] == "completed"
    assert tools["save_video"].run({"job": job, "name": "boat.mp4"})["bytes"] > 0
    assert tools["list_videos"].run({"limit": 1, "unfinished": False})["jobs"][0]["job"] == job
    assert sandbox.billed == 1
