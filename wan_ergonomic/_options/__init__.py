"""The options of a call, and the values that each can have.

scripts/regenerate.py writes this file from openapi/contract.json: do not edit it.
"""

# Types are objects here, not strings: a class that inherits them has no names to resolve strings.
from dataclasses import dataclass
from typing import Literal, NewType, TypedDict

OptionValue = NewType("OptionValue", str)
"""Text for an option that is known only when the program runs, and is checked when it is used.

Type checkers accept only the values that are documented, and this: ``OptionValue(text)``.
"""


class Options(TypedDict, total=False):
    """The options of one call, beside its prompt; the descriptions are the vendor's.

    aspect_ratio: The aspect ratio of the generated video. One of 16:9, 9:16, 1:1, 4:3, 3:4. By
        default 16:9.
    enhance_prompt: Whether to enable prompt expansion. By default True.
    negative_prompt: The description of elements to avoid in the generated video.
    resolution: An enumeration where the short side of the video frame determines the resolution.
        One of 480P, 1080P. By default 1080P.
    seed: Varying the seed integer is a way to get different results for the same other request
        parameters. Using the same value for an identical request will produce similar results. If
        unspecified, a random number is chosen.
    watermark: Whether the video contains a watermark. By default False.
    """

    aspect_ratio: Literal["16:9", "9:16", "1:1", "4:3", "3:4"] | OptionValue | None
    """The aspect ratio of the generated video. One of 16:9, 9:16, 1:1, 4:3, 3:4. By default
    16:9."""

    enhance_prompt: bool | None
    """Whether to enable prompt expansion. By default True."""

    negative_prompt: str | None
    """The description of elements to avoid in the generated video."""

    resolution: Literal["480P", "1080P"] | OptionValue | None
    """An enumeration where the short side of the video frame determines the resolution. One of
    480P, 1080P. By default 1080P."""

    seed: int | None
    """Varying the seed integer is a way to get different results for the same other request
    parameters. Using the same value for an identical request will produce similar results. If
    unspecified, a random number is chosen."""

    watermark: bool | None
    """Whether the video contains a watermark. By default False."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionDefaults:
    """The options that ``PromptDefaults`` can set; None leaves one unset."""

    aspect_ratio: Literal["16:9", "9:16", "1:1", "4:3", "3:4"] | OptionValue | None = None
    """The aspect ratio of the generated video. One of 16:9, 9:16, 1:1, 4:3, 3:4. By default
    16:9."""

    enhance_prompt: bool | None = None
    """Whether to enable prompt expansion. By default True."""

    negative_prompt: str | None = None
    """The description of elements to avoid in the generated video."""

    resolution: Literal["480P", "1080P"] | OptionValue | None = None
    """An enumeration where the short side of the video frame determines the resolution. One of
    480P, 1080P. By default 1080P."""

    seed: int | None = None
    """Varying the seed integer is a way to get different results for the same other request
    parameters. Using the same value for an identical request will produce similar results. If
    unspecified, a random number is chosen."""

    watermark: bool | None = None
    """Whether the video contains a watermark. By default False."""
