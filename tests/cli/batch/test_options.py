"""The options of a batch's command line, under those of its rows."""

import pytest

from tests.support.options import has_fields, known
from wan_ergonomic import PromptError
from wan_ergonomic.cli.batch._open import defaults_of
from wan_ergonomic.cli.session._options import PromptOptions, PromptSettings


class OlderOptions(PromptOptions):
    """A command line with an option that the contract has lost."""

    def chosen(self):
        """Return that option."""
        return {"fog": True}


def test_an_option_that_the_contract_has_lost_is_named():
    """As for one video: it is no field of the defaults, and no mistake of the program."""
    with pytest.raises(PromptError, match="There is no option 'fog'"):
        defaults_of(OlderOptions(), PromptSettings())


@has_fields("seed")
def test_options_of_the_command_line_are_defaults_of_each_row():
    """With the text around each prompt."""
    found = defaults_of(PromptOptions(seed=7), PromptSettings(prefix="A film of"))
    assert (found.options(), found.prefix, found.suffix) == (known(seed=7), "A film of", None)
