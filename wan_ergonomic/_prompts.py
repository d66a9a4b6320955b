"""Builds the exact body of a request from a prompt and options, with warnings.

The contract decides which options exist and which values they take, so a new
value needs no change here. Unset options are not sent: the server's defaults stay
the server's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ._errors import ConfigurationError, PromptError
from ._limits import ignored, unsupported
from ._names import did_you_mean, why_absent
from ._options import OptionDefaults, Options
from ._price import Price
from ._spec import Schema, choices, fits, model, request_schema, server_defaults, types

# Every JSON parser keeps integers up to this one exactly.
_MAX_INTEGER = 2**53

_TYPE_NAMES: Mapping[str, str] = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "True or False",
}
# Punctuation that follows a word without a space.
_CLOSING = (*",.;:!?)]}…%", *"，。、；：！？）」』】")  # noqa: RUF001 - they are meant


class PromptWarning(UserWarning):
    """The model will ignore a part of the request, or does not support it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptDefaults(OptionDefaults):
    """Options for every prompt unless a call sets them; None leaves an option unset.

    What the vendor does not say: the model reads the first 500 characters of a negative prompt,
    makes 4:3 and 3:4 only at 1080P, and takes seeds from 0 to 2147483647.

    Attributes:
        prefix: Put before each prompt; "" is none, whatever the configuration file has.
        suffix: Put after each prompt; likewise.

    The options, as the vendor describes them:
        aspect_ratio: The aspect ratio of the generated video. One of 16:9, 9:16, 1:1, 4:3, 3:4. By
            default 16:9.
        enhance_prompt: Whether to enable prompt expansion. By default True.
        negative_prompt: The description of elements to avoid in the generated video.
        resolution: An enumeration where the short side of the video frame determines the
            resolution. One of 480P, 1080P. By default 1080P.
        seed: Varying the seed integer is a way to get different results for the same other request
            parameters. Using the same value for an identical request will produce similar results.
            If unspecified, a random number is chosen.
        watermark: Whether the video contains a watermark. By default False.
    """

    prefix: str | None = None
    suffix: str | None = None

    def __post_init__(self) -> None:
        for name in ("prefix", "suffix"):
            if not isinstance(getattr(self, name), str | None):
                raise PromptError(f"{name} must be text.")
        check_options(self.options())

    def options(self) -> dict[str, Any]:
        """Return the options that are set, by the contract's names."""
        values = {name: getattr(self, name) for name in Options.__annotations__}
        return {name: value for name, value in values.items() if value is not None}


PRESETS: Mapping[str, Mapping[str, Any]] = {
    "draft": {"resolution": "480P"},
    "literal": {"enhance_prompt": False},
    "portrait": {"aspect_ratio": "9:16"},
    "square": {"aspect_ratio": "1:1"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A request as it would be sent.

    Attributes:
        body: The exact body.
        server_fills: The defaults that the server adds, according to the contract.
        warnings: Which parts the model will ignore or does not support.
        price: What it costs by the vendor's catalogue, if this client has read that before; asking
            for it is ``client.price``.
    """

    body: Mapping[str, Any]
    server_fills: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    price: Price | None = None


def layer(*layers: PromptDefaults) -> PromptDefaults:
    """Combine defaults; the first one that sets an option wins."""
    unset = asdict(PromptDefaults())
    merged: dict[str, Any] = {}
    for defaults in reversed(layers):
        options = asdict(defaults).items()
        merged |= {name: value for name, value in options if value != unset[name]}
    return PromptDefaults(**merged)


def from_table(table: Mapping[str, Any], where: str) -> PromptDefaults:
    """Make defaults from a table of the configuration file.

    Raises:
        ConfigurationError: The table has an unknown option, or an invalid value.
    """
    known = list(asdict(PromptDefaults()))
    for name in table.keys() - set(known):
        raise ConfigurationError(
            f"{where} sets {name!r}, which does not exist.{did_you_mean(name, known)} "
            "Nothing was sent."
        )
    try:
        return PromptDefaults(**table)
    except PromptError as error:
        raise ConfigurationError(f"{where}: {error}") from error


def find_preset(
    name: str, own: Mapping[str, Mapping[str, Any]], file: Path | None = None
) -> PromptDefaults:
    """Return a preset by name; those of the user's file come before the built-in ones.

    Raises:
        ConfigurationError: There is no preset of that name, or it has an invalid value.
    """
    presets = {**PRESETS, **own}
    if not isinstance(name, str) or name not in presets:
        raise ConfigurationError(
            f"There is no preset {name!r}.{did_you_mean(str(name), presets)} "
            f"Presets: {', '.join(sorted(presets))}."
        )
    where = f" of {file}" if file and name in own else ""
    return from_table(presets[name], f"The preset {name!r}{where}")


def prepare(
    prompt: str,
    defaults: PromptDefaults,
    options: Mapping[str, Any],
    *,
    allow_unsupported: bool = False,
) -> Preview:
    """Return the request for a prompt.

    Args:
        prompt: What the video shows.
        defaults: The options that apply unless ``options`` sets them.
        options: The options of one call.
        allow_unsupported: Whether what the model does not support is a warning, not an error.

    Raises:
        PromptError: The prompt is blank, an option is unknown or has an invalid value, or the
            model does not support the request.
    """
    if not isinstance(prompt, str):
        raise PromptError(f"The prompt must be text, not {prompt!r}. Nothing was sent or spent.")
    if not prompt.strip():
        raise PromptError("The prompt is empty. Nothing was sent or spent.")
    start = " ".join(filter(None, ((defaults.prefix or "").strip(), prompt.strip())))
    end = (defaults.suffix or "").strip()
    space = " " if end and not end.startswith(_CLOSING) else ""
    given = {name: value for name, value in options.items() if value is not None}
    body = {
        "model": model(),
        "prompt": start + space + end,
        **check_options({**defaults.options(), **given}),
    }
    _check_text("prompt", body["prompt"])
    fills = {name: value for name, value in server_defaults().items() if name not in body}
    whole = {**fills, **body}
    problems = tuple(unsupported(whole))
    if problems and not allow_unsupported:
        raise PromptError(
            f"{' '.join(problems)} The API may charge for it all the same. Nothing was sent or "
            "spent. To send it anyway: allow_unsupported=True in Python, --allow-unsupported on "
            "the command line."
        )
    return Preview(body=body, server_fills=fills, warnings=(*problems, *ignored(whole)))


def check_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options in the contract's spelling.

    Raises:
        PromptError: An option is unknown or has an invalid value; names the nearest valid one.
    """
    described = request_schema()["properties"]
    known = [name for name in described if name not in {"model", "prompt"}]
    checked = {}
    for name, value in options.items():
        if name not in known:
            reason = why_absent(name)
            more = f": {reason}." if reason else f".{did_you_mean(name, known)}"
            raise PromptError(f"There is no option {name!r}{more} Nothing was sent or spent.")
        checked[name] = _check_value(name, value, described[name])
    return checked


def _check_value(name: str, value: Any, schema: Schema) -> Any:
    if not fits(value, schema):
        names = " or ".join(_TYPE_NAMES.get(kind, kind) for kind in sorted(types(schema)))
        raise PromptError(f"{name} must be {names}, not {value!r}. Nothing was sent or spent.")
    if isinstance(value, str):
        _check_text(name, value)
    if isinstance(value, int) and abs(value) > _MAX_INTEGER:
        raise PromptError(f"{name} must be within ±{_MAX_INTEGER}. Nothing was sent or spent.")
    listed = choices(schema)
    if not listed or value in listed:
        return value
    # People write 480p; the server accepts only 480P.
    spelled = {str(choice).lower(): choice for choice in listed}
    if (written := str(value).strip().lower()) in spelled:
        return spelled[written]
    raise PromptError(
        f"{name} cannot be {value!r}.{did_you_mean(str(value), listed)} "
        f"It is one of {', '.join(map(str, listed))}. Nothing was sent or spent."
    )


def _check_text(name: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise PromptError(
            f"{name} contains an unpaired surrogate at position {error.start} and cannot be "
            "encoded as UTF-8. Nothing was sent or spent."
        ) from error
