"""What the videos of a batch are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wan_ergonomic._errors import ConfigurationError
from wan_ergonomic._files import Template, safe_name, slug
from wan_ergonomic._names import did_you_mean

from ._fields import option_schemas
from ._row import Row

DEFAULT_NAMES = "{n:04} {slug}"


class NameTemplate:
    """How the file of each video is called, before its suffix: ``{n:04} {slug}``.

    Fields are ``{n}``, the number of the row; ``{slug}``, the first words of its prompt;
    ``{name}``, what the list calls it, or else the slug; ``{seed}``, its seed, if it has one; and
    each variable and option of the row. ``{n:04}`` pads a whole number with zeros. Whatever a
    file's name cannot hold becomes a hyphen.

    Attributes:
        text: The template as it was given.
    """

    def __init__(self, text: str = DEFAULT_NAMES) -> None:
        """Parse a template.

        Args:
            text: The template.

        Raises:
            ConfigurationError: It is empty, or a brace or a field in it is malformed.
        """
        self.text = text
        try:
            self._template = Template(text)
        except ValueError as error:
            raise ConfigurationError(
                f"The template {text!r} for names cannot be used: {error}. Nothing was sent."
            ) from error
        if not text.strip():
            raise ConfigurationError(
                f"The template for names is empty. The default is {DEFAULT_NAMES!r}. "
                "Nothing was sent."
            )

    def __repr__(self) -> str:
        return f"NameTemplate({self.text!r})"

    def stem(self, row: Row, n: int, seed: int | None) -> str:
        """Return a video's file name without its suffix: the same for the same arguments.

        It is at most 100 bytes in UTF-8, valid on Linux, macOS and Windows, and no path. Two rows
        may have the same.

        Args:
            row: The row.
            n: Its number in the list.
            seed: The seed that was sent for it; None if there was none.

        Raises:
            ConfigurationError: The row has no such field; names those that it has.
        """
        values = self._values(row, n, seed)
        for name in self._template.names:
            if name not in values:
                raise ConfigurationError(
                    f"The template {self.text!r} for names has the field {{{name}}}, which the row "
                    f"on line {row.line} does not have.{did_you_mean(name, values)} "
                    f"Fields: {', '.join(sorted(values))}. Nothing was sent."
                )
        return safe_name(self._template.fill(values)) or f"{n:04}"

    def _values(self, row: Row, n: int, seed: int | None) -> Mapping[str, Any]:
        short = slug(row.prompt)
        own = {"name": row.name or short, "slug": short, "seed": seed, "n": n}
        # An option that is not set is empty, so that a template is right for every row.
        return {**dict.fromkeys(option_schemas()), **row.variables, **row.options, **own}
