"""What is said of names that do not exist."""

import inspect

import pytest

from wan_ergonomic import PromptDefaults, PromptError, WanClient
from wan_ergonomic._names import _OF_CLIENTS, did_you_mean
from wan_ergonomic._prompts import prepare


@pytest.mark.parametrize(("name", "near"), [("resolutoin", "resolution"), ("RESOLUTION", "resol")])
def test_a_similar_name_is_suggested(name, near):
    """Whatever its case."""
    assert f"Did you mean '{near}" in did_you_mean(name, ["resolution", "seed"])


@pytest.mark.parametrize("name", ["mood", "4k", "cinematic", ""])
def test_nothing_is_suggested_if_nothing_is_similar(name):
    """A suggestion that is far from what was meant misleads."""
    assert did_you_mean(name, ["480P", "1080P", "draft", "seed"]) == ""
    assert did_you_mean(name, []) == ""


@pytest.mark.parametrize("name", [*_OF_CLIENTS, "prefix", "suffix"])
def test_an_option_of_the_client_is_named_as_one(name):
    """In a call it is refused, with the place that it belongs to."""
    with pytest.raises(PromptError, match=f"'{name}': it is an option of the client: WanClient"):
        prepare("A boat", PromptDefaults(), {name: "x"})
    places = (*inspect.signature(WanClient).parameters, *PromptDefaults.__dataclass_fields__)
    assert name in places


@pytest.mark.usefixtures("contract_as_it_was")
@pytest.mark.parametrize(("name", "reason"), [("duration", "five seconds"), ("model", "alibaba/")])
def test_an_option_of_other_models_has_a_reason(name, reason):
    """People know it from them."""
    with pytest.raises(PromptError, match=f"There is no option '{name}': .*{reason}"):
        prepare("A boat", PromptDefaults(), {name: 10})


@pytest.mark.usefixtures("contract_as_it_was")
def test_the_reason_is_not_given_for_what_is_merely_unknown():
    """There is nothing to say but that it does not exist."""
    with pytest.raises(PromptError, match=r"There is no option 'mood'\. Nothing was sent"):
        prepare("A boat", PromptDefaults(), {"mood": "blue"})
