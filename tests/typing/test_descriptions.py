"""What the vendor says of each option is shown where it is set.

The descriptions are those of today's contract, so they cannot fall behind it.
"""

from __future__ import annotations

import inspect

import pytest

from wan_ergonomic import AsyncWanClient, Options, PromptDefaults, WanClient

from .checkers import needs_pyright
from .editor import Editor
from .programs import KNOWN, has_listed_texts

CLIENTS = (WanClient, AsyncWanClient)
METHODS = ("generate", "submit", "preview", "price")
_START = "from wan_ergonomic import AsyncWanClient, PromptDefaults, WanClient\n"


def one_line(text: object) -> str:
    """Return a text with single spaces, however it is wrapped."""
    return " ".join(str(text).split())


def descriptions() -> list[str]:
    """Return each option with what the vendor says of it."""
    return [
        f"{name}: {one_line(each.get('description', ''))}".strip() for name, each in KNOWN.items()
    ]


def taking_options(client: type) -> set[str]:
    """Return the methods that take options by name."""
    found = {
        name: inspect.signature(method).parameters.values()
        for name, method in inspect.getmembers(client, inspect.isfunction)
        if not name.startswith("_")
    }
    return {name for name, each in found.items() if any(p.kind is p.VAR_KEYWORD for p in each)}


@pytest.mark.parametrize("client", CLIENTS)
def test_these_methods_take_options(client):
    """A new one belongs to the tests here."""
    assert taking_options(client) == {*METHODS}


@pytest.mark.parametrize(
    "thing",
    [Options, PromptDefaults, *(getattr(client, name) for client in CLIENTS for name in METHODS)],
    ids=lambda thing: thing.__qualname__,
)
def test_a_docstring_describes_every_option(thing):
    """In the vendor's words."""
    shown = one_line(inspect.getdoc(thing))
    assert [each for each in descriptions() if each not in shown] == []


@pytest.fixture(scope="module")
def editor(tmp_path_factory):
    """An editor with a line for each method, and one for each option."""
    calls = [f"{client.__name__}().{name}('')" for client in CLIENTS for name in METHODS]
    options = [f"WanClient().generate('', {name}=' ')" for name in KNOWN]
    program = "\n".join([_START, "PromptDefaults()", *calls, *options]) + "\n"
    with Editor(program, tmp_path_factory.mktemp("editor")) as editor:
        yield editor


# The line of PromptDefaults, and those of the methods; those of options follow.
FIRST = 2
HOVERED = ["PromptDefaults", *(name for _ in CLIENTS for name in METHODS)]


@needs_pyright
@pytest.mark.parametrize("number", range(len(HOVERED)), ids=lambda number: HOVERED[number])
def test_hovering_shows_the_description_of_every_option(editor, number):
    """Over a method of either client, and over the class of defaults."""
    shown = editor.hover(FIRST + number, HOVERED[number])
    assert [each for each in descriptions() if each not in shown] == []
    assert HOVERED[number] in shown


@needs_pyright
@pytest.mark.parametrize("name", KNOWN)
def test_hovering_over_an_option_shows_its_description(editor, name):
    """Where a call sets it, with the type of its values."""
    shown = editor.hover(FIRST + len(HOVERED) + [*KNOWN].index(name), f"{name}=")
    assert one_line(KNOWN[name].get("description", "")) in shown
    assert f"{name}: " in shown


@needs_pyright
@pytest.mark.parametrize("name", [*filter(has_listed_texts, KNOWN)])
def test_an_editor_completes_the_values_of_an_option(editor, name):
    """All of them, inside the quotes; one that would need escapes may look otherwise."""
    offered = editor.completed(FIRST + len(HOVERED) + [*KNOWN].index(name), "' '")
    values = [value for value in KNOWN[name]["enum"] if repr(value) == f"'{value}'"]
    assert {each.strip("'\"") for each in offered} >= {*values}
