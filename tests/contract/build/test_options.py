"""The options of a contract as Python types, and their descriptions in docstrings."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from tests.support.first_contract import first_contract
from tests.support.project import ROOT
from wan_ergonomic import ContractError, Options, PromptDefaults, WanClient, _options, _spec
from wan_ergonomic.contract.build import _options as build
from wan_ergonomic.contract.build._install import differences
from wan_ergonomic.contract.build._options import (
    DESCRIBED,
    OPTIONS,
    as_module,
    options_of,
    with_descriptions,
    write_options,
)

TEXT = {"type": "string"}


def module(**options: Any) -> dict[str, Any]:
    """Return what the module with these options defines."""
    names: dict[str, Any] = {"__name__": "options"}
    exec(compile(as_module(options), "options.py", "exec", dont_inherit=True), names)  # noqa: S102
    return names


def hint(**schema: Any) -> str:
    """Return the type of an option with this schema, as it is written."""
    made = module(it=schema)
    assert get_type_hints(made["Options"]) == get_type_hints(made["OptionDefaults"])
    (found,) = {
        str(each)
        for each in re.findall(r"^    it: (.*?) \| None", as_module({"it": schema}), re.MULTILINE)
    }
    return found


def contract_with(**options: Any) -> dict[str, Any]:
    """Return the first contract with these options instead of its own."""
    contract = first_contract()
    (create,) = (item["post"] for item in contract["paths"].values() if "post" in item)
    schema = create["requestBody"]["content"]["application/json"]["schema"]
    kept = {name: schema["properties"][name] for name in ("model", "prompt")}
    schema["properties"] = {**kept, **options}
    return contract


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (TEXT, "str"),
        ({"type": "integer"}, "int"),
        ({"type": "number"}, "float"),
        ({"type": "boolean"}, "bool"),
        ({"type": "array"}, "list[Any]"),
        ({"type": "object"}, "dict[str, Any]"),
        ({"type": ["string", "integer", "null"]}, "int | str"),
        ({**TEXT, "nullable": True}, "str"),
        ({}, "Any"),
        ({"type": "tensor"}, "Any"),
        ({**TEXT, "enum": ["a", "b"]}, "Literal['a', 'b'] | OptionValue"),
        ({**TEXT, "enum": ["a", None], "nullable": True}, "Literal['a'] | OptionValue"),
        ({**TEXT, "enum": ["\"\\\n'"]}, "Literal['\"\\\\\\n\\''] | OptionValue"),
        ({"enum": ["a", 1]}, "Literal['a', 1] | int | OptionValue"),
        ({"type": "integer", "enum": [5, 10]}, "Literal[5, 10] | int"),
        ({"type": "boolean", "enum": [True]}, "Literal[True] | bool"),
        ({"type": "number", "enum": [0.5, 1]}, "float"),
        # The enum has no value of its type.
        ({**TEXT, "enum": [1]}, "str"),
    ],
)
def test_the_type_of_an_option_is_that_of_its_schema(schema, expected):
    """With its values; a number may be another, a text must say that it was not known before."""
    assert hint(**schema) == expected


def test_every_option_can_be_left_out_or_none():
    """In a call and in the defaults."""
    made = module(size=TEXT, sound={"type": "boolean"})
    assert made["Options"].__optional_keys__ == {"size", "sound"}
    assert all(str(each).endswith(" | None") for each in get_type_hints(made["Options"]).values())
    assert [field.name for field in fields(made["OptionDefaults"])] == ["size", "sound"]
    assert made["OptionDefaults"]().size is None


def test_without_options_there_are_empty_types():
    """The vendor may document none."""
    made = module()
    assert (made["Options"].__annotations__, fields(made["OptionDefaults"])) == ({}, ())
    assert made["Options"].__doc__.endswith("the vendor's.\n\n    ")


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"description": "The size."}, "it: The size."),
        ({"description": " The\n  size\t*here*"}, "it: The size *here*."),
        ({"description": "The size!", "enum": ["S", "L"]}, "it: The size! One of S, L."),
        ({"enum": [1, None], "default": 1}, "it: One of 1. By default 1."),
        ({"default": False}, "it: By default False."),
        ({"description": None}, "it: The vendor does not describe it."),
        ({"description": 'A \\_"""size"""\\'}, 'it: A \\_"""size"""\\.'),
        ({"description": 'The "size"'}, 'it: The "size".'),
        ({"description": "a\u200bb\ud800c\x00d"}, "it: a\u200bb?c\x00d."),
    ],
)
def test_a_docstring_says_what_the_vendor_says(schema, expected):
    """Whatever is in it, on one line or several; the file can be encoded as UTF-8."""
    source = as_module({"it": schema})
    source.encode()
    assert expected in str(inspect.getdoc(module(it=schema)["Options"]))
    # The text after the field is what an editor shows for it.
    (options, defaults) = (
        each for each in ast.parse(source).body if isinstance(each, ast.ClassDef)
    )
    for name in (options, defaults):
        last = name.body[-1]
        assert isinstance(last, ast.Expr)
        assert f"it: {ast.literal_eval(last.value)}" == expected


def test_a_long_description_is_wrapped():
    """At a hundred columns, between words, and indented below its name."""
    long = {"description": "word-by-word " * 30 + "x" * 120}
    source = as_module({"it": long})
    lines = source.splitlines()
    assert {len(line) for line in lines if "word" in line} <= {*range(101)}
    first = next(number for number, line in enumerate(lines) if line.startswith("    it: word"))
    assert lines[first + 1].startswith("        word")
    assert " ".join(source.split()).count(long["description"]) == 3


def test_only_names_that_can_be_arguments_are_types():
    """The others have no place in Python, or are arguments already; they are in a fixed order."""
    names = ["zoom", "camera-motion", "class", "_hidden", "timeout", "prefix", "options", "angle"]
    names += ["str", "Any"]
    assert [*options_of(contract_with(**dict.fromkeys(names, TEXT)))] == ["angle", "zoom"]


def test_no_argument_or_field_is_taken_for_an_option():
    """An option of such a name would make the signature invalid."""
    methods = (WanClient.generate, WanClient.submit, WanClient.preview, WanClient.price)
    taken = {name for method in methods for name in inspect.signature(method).parameters}
    taken |= {name for name in dir(PromptDefaults) if name[0] != "_"} - Options.__optional_keys__
    assert taken | {"model"} == build._TAKEN


def test_a_request_without_a_body_has_no_options():
    """Whether the wrapper can use such a contract is for the contract tests to say."""
    contract = contract_with(zoom=TEXT)
    (create,) = (item["post"] for item in contract["paths"].values() if "post" in item)
    create["requestBody"]["content"] = {"text/plain": {"schema": TEXT}}
    assert options_of(contract) == {}
    del create["requestBody"]
    assert options_of(contract) == {}


SOURCE = '''\
def make(**options):
    """Make it.

    Args:
        **options: For this call, as the vendor describes them:
            old: Gone
                by now.

    Raises:
        ValueError: It is old.
    """


class Defaults:
    """They are, as the vendor describes them:
    """
'''


def test_lists_of_options_are_replaced_and_nothing_else_is():
    """Each is what is indented below its line."""
    described = {"size": {"description": "How large"}, "zoom": {}}
    written = with_descriptions(SOURCE, described)
    lists = [
        "            size: How large.\n            zoom: The vendor does not describe it.\n",
        "        size: How large.\n        zoom: The vendor does not describe it.\n",
    ]
    old = "            old: Gone\n                by now.\n"
    expected = SOURCE.replace(old, lists[0])
    assert written == expected.replace('them:\n    """', f'them:\n{lists[1]}    """')
    assert with_descriptions(written, described) == written
    assert with_descriptions(written, {}) == SOURCE.replace(old, "")


def test_a_module_that_is_not_there_is_not_written(tmp_path):
    """Tests regenerate copies without the package."""
    write_options(tmp_path / "none", tmp_path / "stage", contract_with(zoom=TEXT))
    files = [file for file in (tmp_path / "stage").rglob("*") if file.is_file()]
    assert files == [tmp_path / "stage" / OPTIONS / "__init__.py"]
    assert "    zoom: str | None = None\n" in files[0].read_text("utf-8")


def test_what_the_formatter_rejects_is_an_error(monkeypatch, tmp_path):
    """It says why."""
    monkeypatch.setattr(build, "_MODULE", "class {typing}{listed}{typed}{defaulted}")
    with pytest.raises(ContractError, match=r"cannot be written as Python: .*pars"):
        write_options(tmp_path, tmp_path, contract_with())


def test_types_and_docstrings_are_those_of_the_contract(tmp_path):
    """Written by hand, neither would follow the vendor's next document."""
    write_options(ROOT, tmp_path, _spec.contract())
    assert differences(ROOT, tmp_path, [OPTIONS, *DESCRIBED]) == []
    assert Path(_options.__file__).is_relative_to(ROOT / OPTIONS)


@pytest.mark.parametrize("name", DESCRIBED)
def test_each_of_these_modules_lists_the_options(name):
    """Otherwise it need not be written."""
    source = (ROOT / name).read_text("utf-8")
    assert with_descriptions(source, {"zoom": {"description": "How near"}}).count("zoom: ") >= 1
