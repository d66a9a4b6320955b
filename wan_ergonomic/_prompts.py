"""From a person's words to the exact body of a request, and what to say about it.

The contract decides which options exist and which values they take, so a new
value needs no line here. What nobody set is not sent: the server's defaults
stay the server's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from typing import Any, TypedDict

from ._errors import ConfigurationError, PromptError
from ._spec import Schema, fits, model, request_schema, server_defaults, types

# What the model's maker documents and the gateway's schema does not say: text
# beyond these lengths is cut without a word, and these sizes do not exist.
_READ_CHARACTERS: Mapping[str, int] = {"prompt": 800, "negative_prompt": 500}
_MAX_SEED = 2**31 - 1
# What any reader of JSON keeps exactly.
_MAX_INTEGER = 2**53
_MISSING_SIZES = frozenset({("480P", "4:3"), ("480P", "3:4")})

_TYPES_IN_WORDS: Mapping[str, str] = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "True or False",
}


class PromptWarning(UserWarning):
    """The model will not do all that a request asks for."""


class Options(TypedDict, total=False):
    """What one call may set, beside its prompt; see ``PromptDefaults``."""

    negative_prompt: str | None
    resolution: str | None
    aspect_ratio: str | None
    watermark: bool | None
    seed: int | None
    enhance_prompt: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptDefaults:
    """What is said with every prompt unless a call says otherwise; None leaves it to the server.

    Attributes:
        prefix: Put before each prompt.
        suffix: Put after each prompt.
        negative_prompt: What to avoid; the model reads its first 500 characters.
        resolution: ``480P`` or ``1080P``, the short side of the picture.
        aspect_ratio: ``16:9``, ``9:16``, ``1:1``, and at 1080P also ``4:3`` and ``3:4``.
        watermark: Whether the video carries one.
        seed: 0 to 2147483647; the same one with the same request gives a similar video.
        enhance_prompt: Whether the server rewrites the prompt; it does unless told not to.
    """

    prefix: str = ""
    suffix: str = ""
    negative_prompt: str | None = None
    resolution: str | None = None
    aspect_ratio: str | None = None
    watermark: bool | None = None
    seed: int | None = None
    enhance_prompt: bool | None = None

    def __post_init__(self) -> None:
        for name in ("prefix", "suffix"):
            if not isinstance(getattr(self, name), str):
                raise PromptError(f"{name} must be text.")
        check_options(self.options())

    def options(self) -> dict[str, Any]:
        """Return what is set, by the create document's names."""
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
        server_fills: What the contract says the server adds to it.
        warnings: What the model will not do as asked.
    """

    body: Mapping[str, Any]
    server_fills: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def layer(*layers: PromptDefaults) -> PromptDefaults:
    """Combine defaults, the first one winning wherever it sets something."""
    unset = asdict(PromptDefaults())
    merged: dict[str, Any] = {}
    for defaults in reversed(layers):
        said = asdict(defaults).items()
        merged |= {name: value for name, value in said if value != unset[name]}
    return PromptDefaults(**merged)


def from_table(table: Mapping[str, Any], where: str) -> PromptDefaults:
    """Make defaults from a configuration file's table.

    Raises:
        ConfigurationError: It sets what does not exist, or sets it to what is not allowed.
    """
    known = list(asdict(PromptDefaults()))
    for name in table.keys() - set(known):
        raise ConfigurationError(
            f"{where} sets {name!r}, which does not exist.{nearest(name, known)}"
        )
    try:
        return PromptDefaults(**table)
    except PromptError as error:
        raise ConfigurationError(f"{where}: {error}") from error


def find_preset(name: str, own: Mapping[str, Mapping[str, Any]]) -> PromptDefaults:
    """Return a preset by name, the user's own before the built-in ones.

    Raises:
        ConfigurationError: There is none of that name, or it sets what is not allowed.
    """
    presets = {**PRESETS, **own}
    if not isinstance(name, str) or name not in presets:
        raise ConfigurationError(
            f"There is no preset {name!r}.{nearest(str(name), presets)} "
            f"Presets: {', '.join(sorted(presets))}."
        )
    return from_table(presets[name], f"The preset {name!r}")


def prepare(prompt: str, defaults: PromptDefaults, options: Mapping[str, Any]) -> Preview:
    """Return the request that a prompt becomes.

    Raises:
        PromptError: The prompt is blank, or an option does not exist or cannot have its value.
    """
    if not isinstance(prompt, str):
        raise PromptError(f"The prompt must be text, not {prompt!r}. Nothing was sent or spent.")
    if not prompt.strip():
        raise PromptError("The prompt is empty. Nothing was sent or spent.")
    parts = (defaults.prefix.strip(), prompt.strip(), defaults.suffix.strip())
    given = {name: value for name, value in options.items() if value is not None}
    body = {
        "model": model(),
        "prompt": " ".join(filter(None, parts)),
        **check_options({**defaults.options(), **given}),
    }
    _check_text("prompt", body["prompt"])
    fills = {name: value for name, value in server_defaults().items() if name not in body}
    return Preview(body=body, server_fills=fills, warnings=tuple(_warnings({**fills, **body})))


def check_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options as the contract spells them.

    Raises:
        PromptError: One does not exist, or cannot have its value; says the nearest that can.
    """
    described = request_schema()["properties"]
    known = [name for name in described if name not in {"model", "prompt"}]
    checked = {}
    for name, value in options.items():
        if name not in known:
            raise PromptError(
                f"There is no option {name!r}.{nearest(name, known)} Nothing was sent or spent."
            )
        checked[name] = _check_value(name, value, described[name])
    return checked


def _check_value(name: str, value: Any, schema: Schema) -> Any:
    if not fits(value, schema):
        words = " or ".join(_TYPES_IN_WORDS.get(kind, kind) for kind in sorted(types(schema)))
        raise PromptError(f"{name} must be {words}, not {value!r}. Nothing was sent or spent.")
    if isinstance(value, str):
        _check_text(name, value)
    if isinstance(value, int) and abs(value) > _MAX_INTEGER:
        raise PromptError(f"{name} must lie within ±{_MAX_INTEGER}. Nothing was sent or spent.")
    choices = schema.get("enum")
    if choices is None or value in choices:
        return value
    # A person may write 480p; the server is strict about case.
    spelled = {str(choice).lower(): choice for choice in choices}
    if (said := str(value).strip().lower()) in spelled:
        return spelled[said]
    raise PromptError(
        f"{name} cannot be {value!r}.{nearest(str(value), choices)} "
        f"It is one of {', '.join(map(str, choices))}. Nothing was sent or spent."
    )


def _check_text(name: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise PromptError(
            f"{name} holds half of a character at position {error.start} and cannot be sent."
        ) from error


def nearest(name: str, choices: Iterable[Any]) -> str:
    """Say which of the choices was probably meant, as a sentence with a space before it."""
    by_text = {str(choice).lower(): choice for choice in choices}
    match = get_close_matches(name.lower(), by_text, n=1, cutoff=0.0)
    return f" Did you mean {str(by_text[match[0]])!r}?" if match else ""


def _warnings(body: Mapping[str, Any]) -> Iterator[str]:
    for name, limit in _READ_CHARACTERS.items():
        length = len(body.get(name, ""))
        if length > limit:
            yield (
                f"{name} has {length} characters; the model reads the first {limit} "
                f"and silently drops the other {length - limit}."
            )
    size = (body.get("resolution"), body.get("aspect_ratio"))
    if size in _MISSING_SIZES:
        yield f"The model has no {size[1]} picture at {size[0]}; at 1080P it does."
    seed = body.get("seed", 0)
    if not 0 <= seed <= _MAX_SEED:
        yield f"seed is {seed}; the model takes 0 to {_MAX_SEED}."
