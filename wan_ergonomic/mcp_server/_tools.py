"""The tools: their names, what an agent is told about them, and the arguments that they take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wan_ergonomic._names import did_you_mean
from wan_ergonomic._options import Options
from wan_ergonomic._spec import choices, fits, request_schema, types

from ._results import ToolError
from ._videos import POLL_SECONDS, Videos

INSTRUCTIONS = (
    "Makes videos from text with the model Wan 2.2 Plus on AIML API. A submission costs money, and "
    "takes minutes. Ask price_video first. submit_video returns at once with a job; call "
    "poll_video with it after poll_again_in_seconds until its state is completed, then save_video. "
    'Each result says in "spent" whether the call has spent money, and in "next" what to do. Never '
    "submit a prompt again because a call timed out or failed: list_videos has what was submitted. "
    "Only submit_video spends."
)

_JOB = {"type": "string", "minLength": 1, "description": "The job that submit_video returned."}
_TYPE_NAMES = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One tool.

    Attributes:
        name: What it is called by.
        description: What it does, for the agent.
        properties: The JSON schema of each argument.
        required: The arguments that there must be.
        call: Does it; takes the arguments by their names.
        spends: Whether it may cost money.
        writes: Whether it may change a file, or anything at the API.
    """

    name: str
    description: str
    properties: Mapping[str, Any]
    call: Callable[..., dict[str, Any]]
    required: tuple[str, ...] = ()
    spends: bool = False
    writes: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of all arguments."""
        return {
            "type": "object",
            "properties": dict(self.properties),
            "required": list(self.required),
            "additionalProperties": False,
        }

    def run(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Do it with arguments of an agent.

        Raises:
            ToolError: One is missing, unknown, or of another type.
            WanError: It failed.
        """
        given = {name: value for name, value in arguments.items() if value is not None}
        for name in self.required:
            if name not in given:
                raise ToolError(f"{self.name} needs {name}. Nothing was sent or spent.")
        for name, value in given.items():
            self._check(name, value)
        return self.call(**given)

    def _check(self, name: str, value: Any) -> None:
        if name not in self.properties:
            raise ToolError(
                f"{self.name} takes no {name!r:.60}.{did_you_mean(name, self.properties)} Nothing "
                "was sent or spent."
            )
        schema = self.properties[name]
        least, most = schema.get("minimum"), schema.get("maximum")
        if not fits(value, schema):
            kinds = " or ".join(_TYPE_NAMES.get(kind, "text") for kind in sorted(types(schema)))
            raise ToolError(
                f"{name} must be {kinds}, not {value!r:.60}. Nothing was sent or spent."
            )
        if least is not None and not least <= value <= most:
            raise ToolError(
                f"{name} must be from {least} to {most}, not {value!r:.60}. Nothing was sent or "
                "spent."
            )


def tools_of(videos: Videos) -> tuple[Tool, ...]:
    """Return the tools in the order of their use."""
    return (
        Tool(
            name="price_video",
            description=(
                "What a video costs with these options, by the vendor's catalogue, and what may "
                "still be spent. Free."
            ),
            properties=_options(),
            call=videos.price,
        ),
        Tool(
            name="submit_video",
            description=(
                "Starts a video, which costs money, and returns at once with its job. Refused "
                "where it would exceed what may be spent. With a request_id of your own, the same "
                "one is submitted only once, however often you call this."
            ),
            properties={
                "prompt": {"type": "string", "description": "What the video shows."},
                "request_id": {
                    "type": "string",
                    "description": "A name of your own for this submission, such as a UUID.",
                },
                **_options(),
            },
            required=("prompt",),
            call=videos.submit,
            spends=True,
            writes=True,
        ),
        Tool(
            name="poll_video",
            description=(
                "The state of a job: submitting, pending, completed, failed, rejected or in doubt. "
                "Looks for a submission in doubt in the account's log. Free."
            ),
            properties={
                "job": _JOB,
                "wait_seconds": {
                    "type": "number",
                    "minimum": 0,
                    "maximum": POLL_SECONDS,
                    "description": "How long to wait for its end; 0 polls once.",
                },
            },
            required=("job",),
            call=videos.poll,
        ),
        Tool(
            name="save_video",
            description=(
                "Saves the video of a completed job in the server's folder; returns the path. "
                "Continues a download that broke off. Free."
            ),
            properties={
                "job": _JOB,
                "name": {
                    "type": "string",
                    "description": "A plain file name such as boat.mp4; no folder.",
                },
            },
            required=("job",),
            call=videos.save,
            writes=True,
        ),
        Tool(
            name="list_videos",
            description=(
                "The newest jobs of this machine, also those of earlier sessions, and what may "
                "still be spent. Free."
            ),
            properties={
                "limit": {"type": "integer", "minimum": 1, "maximum": 100},
                "unfinished": {
                    "type": "boolean",
                    "description": "Only those whose video is not saved yet.",
                },
            },
            call=videos.list,
        ),
    )


def _options() -> dict[str, Any]:
    """Return the schema of each option of a video, from the contract."""
    known = request_schema()["properties"]
    return {name: _plain(known[name]) for name in Options.__annotations__ if name in known}


def _plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a property's schema that every reader of JSON Schema understands."""
    kinds = sorted(types(schema) - {"null"})
    parts = {
        "type": kinds[0] if len(kinds) == 1 else kinds,
        "enum": choices(schema),
        "description": schema.get("description"),
        "default": schema.get("default"),
    }
    return {name: value for name, value in parts.items() if value not in (None, [])}
