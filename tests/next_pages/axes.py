"""What the vendor may change on its next page: one function for each thing, ``AXES`` by group.

A function changes the documents in place. It works on whatever is vendored, so that it
works again after a regeneration. Of one group, a page has at most one.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

from . import schemas
from .published import JSON, ROLES, Published

Axis = Callable[[Published, Random], object]

TEXT = {"type": "string"}
KEY = {"type": "http", "scheme": "bearer"}


# Where the operations are.


def one_path(page: Published, _: Random) -> None:
    """Polling is published at the path of creating."""
    _move_poll(page, page.path("create"))


def create_moves(page: Published, rng: Random) -> None:
    """Creating gets another path."""
    page.move("create", rng.choice(["/v3/videos", "/v2/generate/video/alibaba/generation"]))


def both_move(page: Published, _: Random) -> None:
    """Each gets a path of its own."""
    page.move("create", "/v3/videos")
    _move_poll(page, "/v3/videos/seen")


def poll_moves(page: Published, rng: Random) -> None:
    """Polling gets another path."""
    _move_poll(page, rng.choice(["/v3/videos", "/v2/video/generations/status"]))


def _move_poll(page: Published, path: str) -> None:
    """Move polling to a path that has no place for the id."""
    _id_of(page)["in"] = "query"
    page.move("poll", path)


def id_renamed(page: Published, rng: Random) -> None:
    """The id is a parameter of another name."""
    _id_of(page)["name"] = rng.choice(["id", "task_id", "generationId"])


def id_in_the_path(page: Published, _: Random) -> None:
    """The id is a part of the path."""
    _id_of(page).update({"in": "path", "name": "id"})
    page.move("poll", f"{page.path('create')}/{{id}}")


def _id_of(page: Published) -> Any:
    parameters = page.operation("poll")["parameters"]
    return max(parameters, key=lambda p: (bool(p.get("required")), p["name"].lower()[-2:] == "id"))


def more_parameters(page: Published, _: Random) -> None:
    """Polling takes an optional parameter, too, listed first."""
    more = {"name": "verbose", "in": "query", "schema": {"type": "boolean"}}
    page.operation("poll")["parameters"].insert(0, more)


# What they are called.


def shared_id(page: Published, _: Random) -> None:
    """Both have the same operation id."""
    for role in ROLES:
        page.operation(role)["operationId"] = "_v2_video_generations"


def no_ids(page: Published, _: Random) -> None:
    """Neither has an operation id."""
    for role in ROLES:
        page.operation(role).pop("operationId", None)


def tags(page: Published, _: Random) -> None:
    """Operations and documents have tags, summaries and descriptions."""
    for role in ROLES:
        words = {"summary": f"To {role} a video", "description": "See *below*.", "tags": ["Video"]}
        page.operation(role).update(words)
        page.documents[role]["tags"] = [{"name": "Video", "description": "Makes them."}]


def titles(page: Published, rng: Random) -> None:
    """Documents and schemas have other titles."""
    title = rng.choice(["Wan 2.2", "alibaba/wan2.2-t2v-plus", "Video.v2.DTO"])
    for role in ROLES:
        page.documents[role]["info"] = {"title": title, "version": "2.0", "contact": {"name": "A"}}
        page.response(role)["title"] = title
    page.request()["title"] = title


# Where their schemas are.


def components(page: Published, _: Random) -> None:
    """Each schema is a component; so is the video within it."""
    _as_component(page, "create", "Video.v2.CreateVideoDTO", request=True)
    for role in ROLES:
        name = f"Video.v2.{role.title()}ResponseDTO"
        properties = page.response(role)["properties"]
        _store(page, role)["VideoStatus"] = dict(page.resolved(role, properties["status"]))
        properties["status"] = {"$ref": "#/components/schemas/VideoStatus"}
        _as_component(page, role, name)


def shared_component(page: Published, _: Random) -> None:
    """Both responses are one component."""
    shared = page.response("poll")
    for role in ROLES:
        _store(page, role).update(_store(page, "poll"))
        _store(page, role)["VideoDTO"] = shared
        page.holder(role)["schema"] = {"$ref": "#/components/schemas/VideoDTO"}


def inline(page: Published, _: Random) -> None:
    """No schema is a component."""
    request = page.holder("create", request=True)
    request["schema"] = schemas.inlined(page.documents["create"], request)
    for role in ROLES:
        page.holder(role)["schema"] = schemas.inlined(page.documents[role], page.holder(role))
        page.documents[role].get("components", {}).pop("schemas", None)


def _store(page: Published, role: Any) -> dict[str, Any]:
    components = page.documents[role].setdefault("components", {})
    stored: dict[str, Any] = components.setdefault("schemas", {})
    return stored


def _as_component(page: Published, role: Any, name: str, *, request: bool = False) -> None:
    holder = page.holder(role, request=request)
    _store(page, role)[name] = page.resolved(role, holder["schema"])
    holder["schema"] = {"$ref": f"#/components/schemas/{name}"}


# What they respond.


def typed_error(page: Published, _: Random) -> None:
    """The error of a poll is an object with a name and a message."""
    page.response("poll")["properties"]["error"] = _error()


def text_error(page: Published, _: Random) -> None:
    """Errors are text."""
    for role in ROLES:
        page.response(role)["properties"]["error"] = {**TEXT, "nullable": True}


def untyped_error(page: Published, _: Random) -> None:
    """Neither error has a type."""
    for role in ROLES:
        page.response(role)["properties"]["error"] = {"nullable": True, "description": "If any."}


def no_error(page: Published, _: Random) -> None:
    """Errors are no longer documented."""
    for role in ROLES:
        page.response(role)["properties"].pop("error", None)


def _error() -> dict[str, Any]:
    properties = {"name": {**TEXT}, "message": {**TEXT}}
    return {
        "type": "object",
        "nullable": True,
        "properties": properties,
        "required": ["name", "message"],
        "description": "Description of the error, if any.",
    }


def renamed_usage(page: Published, rng: Random) -> None:
    """Both responses name the cost alike."""
    name = rng.choice(["credits_used", "tokens_used", "units_spent"])
    for role in ROLES:
        page.rename_usage(role, name)


def swapped_usage(page: Published, _: Random) -> None:
    """Each response names the cost in another way."""
    page.rename_usage("create", "tokens_used")
    page.rename_usage("poll", "credits_used")


def dollars_beside_usage(page: Published, _: Random) -> None:
    """The cost in dollars is beside the one in credits."""
    for role in ROLES:
        if usage := page.usage(role):
            usage["properties"] |= {"usd_spent": {"type": "number"}}
            usage["required"] = [*usage.get("required", []), "usd_spent"]


def no_meta(page: Published, _: Random) -> None:
    """The cost is no longer documented."""
    for role in ROLES:
        page.response(role)["properties"].pop("meta", None)


def no_duration(page: Published, _: Random) -> None:
    """Neither the poll nor its video has a duration."""
    properties = page.response("poll")["properties"]
    properties.pop("duration", None)
    video = page.resolved("poll", properties.get("video", {}))
    video.get("properties", {}).pop("duration", None)


def more_of_a_video(page: Published, _: Random) -> None:
    """A video has more properties, and a response has progress."""
    properties = page.response("poll")["properties"]
    properties["progress"] = {"type": "integer", "minimum": 0, "maximum": 100}
    video = page.resolved("poll", properties.get("video", {})).get("properties", {})
    video |= {"content_type": {**TEXT}, "file_size": {"type": "integer", "nullable": True}}


def video_as_text(page: Published, _: Random) -> None:
    """A video is its URL."""
    properties = page.response("poll")["properties"]
    properties["video"] = {"type": "string", "format": "uri", "nullable": True}


def listed_videos(page: Published, _: Random) -> None:
    """Videos come as a list."""
    properties = page.response("poll")["properties"]
    video = page.resolved("poll", properties.get("video", {}))
    properties["video"] = {"type": "array", "items": {**video, "nullable": False}}


def more_is_required(page: Published, rng: Random) -> None:
    """A response has more properties, each of which it always has."""
    more = {
        "created_at": {"type": "string", "format": "date-time"},
        "object": {"type": "string", "enum": ["video"]},
        "progress": {"type": "integer", "minimum": 0},
        "request": {"type": "object", "properties": {"id": TEXT}, "required": ["id"]},
    }
    names = rng.sample(sorted(more), 2)
    for role in ROLES:
        response = page.response(role)
        response["properties"] |= {name: copy.deepcopy(more[name]) for name in names}
        response["required"] = [*response.get("required", []), *names]


def more_statuses(page: Published, _: Random) -> None:
    """There are more statuses; the wrapper has no meaning for one of them."""
    for status in _statuses(page):
        status["enum"] = [*status.get("enum", []), "in_progress", "upscaling"]


def any_status(page: Published, _: Random) -> None:
    """The statuses are no longer listed."""
    for status in _statuses(page):
        status.pop("enum", None)


def statuses_as_constants(page: Published, _: Random) -> None:
    """Each status has a text of its own."""
    for status in _statuses(page):
        if listed := status.pop("enum", None):
            status["oneOf"] = _constants(listed)


def nullable_status(page: Published, _: Random) -> None:
    """A status may be null, and null is listed."""
    for status in _statuses(page):
        status["nullable"] = True
        if "enum" in status:
            status["enum"] = [*status["enum"], None]


def _constants(values: list[Any]) -> list[dict[str, Any]]:
    return [{"type": "string", "enum": [value], "title": f"As {value}"} for value in values]


def _statuses(page: Published) -> list[Any]:
    return [page.resolved(r, page.response(r)["properties"]["status"]) for r in ROLES]


def created_201(page: Published, _: Random) -> None:
    """A submission is answered with 201."""
    responses = page.operation("create")["responses"]
    responses["201"] = responses.pop(min(responses))


def two_successes(page: Published, _: Random) -> None:
    """A submission is answered with 200 or 201."""
    responses = page.operation("create")["responses"]
    responses["200"] = responses.get("200") or responses["201"]
    responses["201"] = copy.deepcopy(responses["200"])


def error_responses(page: Published, _: Random) -> None:
    """Error responses are described, each with the gateway's schema."""
    for role in ROLES:
        for code in ("400", "401", "429", "500"):
            page.operation(role)["responses"][code] = _failure()


def default_response(page: Published, _: Random) -> None:
    """All other responses are described as one."""
    for role in ROLES:
        page.operation(role)["responses"]["default"] = _failure()


def all_described(page: Published, _: Random) -> None:
    """4XX and 5XX are described, as an overlay does today."""
    for role in ROLES:
        for code in ("4XX", "5XX"):
            page.operation(role)["responses"][code] = _failure()


def _failure() -> dict[str, Any]:
    properties = {"message": {}, "statusCode": {}, "error": {"type": "object"}}
    schema = {"type": "object", "properties": properties}
    return {"description": "It failed", "content": {JSON: {"schema": schema}}}


def response_descriptions(page: Published, _: Random) -> None:
    """Every response has a description."""
    for role in ROLES:
        for response in page.operation(role)["responses"].values():
            response["description"] = "Successfully generated video"


def no_response_descriptions(page: Published, _: Random) -> None:
    """No response has a description."""
    for role in ROLES:
        for response in page.operation(role)["responses"].values():
            response.pop("description", None)


# What they show.


def media_examples(page: Published, _: Random) -> None:
    """Bodies have examples beside their schemas, one of several kinds."""
    page.holder("create", request=True)["example"] = schemas.example(page.request())
    for role in ROLES:
        shown = {"value": {"id": "a", "status": "queued"}, "summary": "At first"}
        page.holder(role)["examples"] = {"first": shown}


def schema_examples(page: Published, _: Random) -> None:
    """Schemas and properties have examples."""
    page.request()["example"] = schemas.example(page.request())
    for role in ROLES:
        page.response(role)["example"] = {"id": "a", "status": "queued", "meta": None}
        page.response(role)["properties"]["id"]["example"] = "60ac7c34-3224-4b14-8e7d-0aa0db708325"


# How they are guarded.


def security_everywhere(page: Published, _: Random) -> None:
    """Documents and operations require the key, under one name."""
    for role in ROLES:
        _guard(page, role, {**KEY})
        page.operation(role)["security"] = [{"access-token": []}]


def id_not_required(page: Published, _: Random) -> None:
    """The page does not say that polling needs the id."""
    parameter = _id_of(page)
    if parameter["in"] != "path":
        parameter.pop("required", None)


def body_not_required(page: Published, _: Random) -> None:
    """The page does not say that creating needs a body."""
    page.operation("create")["requestBody"].pop("required", None)


def security_of_documents(page: Published, _: Random) -> None:
    """Each document requires the key; its scheme differs in words and in `in`."""
    _guard(page, "create", {**KEY, "in": "header"})
    _guard(page, "poll", {**KEY, "bearerFormat": "<KEY>", "description": "Bearer key"})


def security_of_operations(page: Published, _: Random) -> None:
    """Each operation requires the key, and no document does."""
    for role in ROLES:
        _guard(page, role, {**KEY, "bearerFormat": "JWT"})
        page.documents[role].pop("security")
        page.operation(role)["security"] = [{"access-token": []}]


def renamed_scheme(page: Published, _: Random) -> None:
    """The scheme has another name."""
    for role in ROLES:
        _guard(page, role, {**KEY}, "bearer")
        page.operation(role).pop("security", None)


def no_security(page: Published, _: Random) -> None:
    """Neither says that it needs the key."""
    for role in ROLES:
        page.documents[role].pop("security", None)
        page.operation(role).pop("security", None)


def _guard(page: Published, role: Any, scheme: dict[str, Any], name: str = "access-token") -> None:
    document = page.documents[role]
    document.setdefault("components", {})["securitySchemes"] = {name: scheme}
    document["security"] = [{name: []}]


# Where the server is.


def server_slash(page: Published, rng: Random) -> None:
    """One document's server ends with a slash."""
    server = page.documents[rng.choice(ROLES)]["servers"][0]
    server["url"] = server["url"].rstrip("/") + "/"


def server_variables(page: Published, _: Random) -> None:
    """The server's URL has a variable."""
    for role in ROLES:
        host = {"default": "api", "enum": ["api", "eu"], "description": "The region"}
        server = {"url": "https://{host}.aimlapi.com", "variables": {"host": host}}
        page.documents[role]["servers"] = [server]


def server_path(page: Published, _: Random) -> None:
    """The version is a part of the server's URL, where both paths begin with it."""
    paths = [page.path(role) for role in ROLES]
    if all(path.startswith("/v2/") for path in paths):
        for role, path in zip(ROLES, paths, strict=True):
            page.move(role, path.removeprefix("/v2"))
            for server in page.documents[role]["servers"]:
                server["url"] = server["url"].rstrip("/") + "/v2"


def more_servers(page: Published, _: Random) -> None:
    """A second server is named, and the first is described."""
    for role in ROLES:
        first = {**page.documents[role]["servers"][0], "description": "Production"}
        page.documents[role]["servers"] = [first, {"url": "https://staging.example"}]


# What a request takes.


def new_option(page: Published, rng: Random) -> None:
    """There is an option more."""
    more = {
        "duration": {"type": "integer", "enum": [5, 10], "default": 5},
        "frame_rate": {"type": "number", "minimum": 1, "maximum": 60},
        "style": {"type": "string", "enum": ["anime", "film"], "description": "The look."},
        "audio": {"type": "boolean", "default": False},
    }
    name = rng.choice(sorted(more))
    page.request()["properties"][name] = more[name]


def wide_option(page: Published, rng: Random) -> None:
    """There is an option that is no single value, or no plain text."""
    link = {"type": "string", "format": "uri"}
    named = {"path": TEXT, "model": TEXT, "scale": {"type": "number"}}
    part = {"type": "object", "properties": named}
    more: dict[str, Any] = {
        "image_urls": {"type": "array", "items": link, "maxItems": 4},
        "loras": {"type": "array", "items": {**part, "required": ["path"]}},
        "camera": part,
        "first_frame": {"anyOf": [link, {"type": "array", "items": link}]},
        "webhook_url": link,
        "start_at": {"type": "string", "format": "date-time"},
        "idempotency_key": {"type": "string", "format": "uuid"},
    }
    name = rng.choice(sorted(more))
    page.request()["properties"][name] = more[name]


def option_called_otherwise(page: Published, rng: Random) -> None:
    """There is an option whose name is no usual one in Python."""
    name = rng.choice(["cameraMotion", "frame-rate", "format", "from", "type"])
    page.request()["properties"][name] = {"type": "string", "enum": ["slow", "fast"]}


def lost_option(page: Published, rng: Random) -> None:
    """There is an option less."""
    options = sorted(page.request()["properties"].keys() - {"model", "prompt"})
    if options:
        del page.request()["properties"][rng.choice(options)]


def no_options(page: Published, _: Random) -> None:
    """There is no option."""
    properties = page.request()["properties"]
    page.request()["properties"] = {name: properties[name] for name in ("model", "prompt")}


def more_values(page: Published, _: Random) -> None:
    """Options have more values."""
    more = {"resolution": ["720P"], "aspect_ratio": ["21:9"]}
    for name, values in more.items():
        schema = page.request()["properties"].get(name, {})
        schema["enum"] = [*schema.get("enum", []), *values]
        schema.setdefault("type", "string")


def fewer_values(page: Published, _: Random) -> None:
    """Options have fewer values."""
    for name in ("resolution", "aspect_ratio"):
        schema = page.request()["properties"].get(name, {})
        if listed := schema.get("enum"):
            schema |= {"enum": listed[-1:], "default": listed[-1]}


def values_as_constants(page: Published, _: Random) -> None:
    """Each value of an option has a text of its own."""
    for name in ("resolution", "aspect_ratio"):
        schema = page.request()["properties"].get(name, {})
        if listed := schema.pop("enum", None):
            schema["oneOf"] = _constants(listed)
            schema.pop("type", None)


def several_models(page: Published, rng: Random) -> None:
    """The page is for several models."""
    model = page.request()["properties"]["model"]
    if listed := model.get("enum"):
        model["enum"] = ["alibaba/wan9-t2v", *listed][:: rng.choice([1, -1])]


def any_model(page: Published, _: Random) -> None:
    """The page does not say which models there are."""
    page.request()["properties"]["model"].pop("enum", None)


def other_defaults(page: Published, _: Random) -> None:
    """Options have other defaults, or none."""
    for schema in page.request()["properties"].values():
        match schema.get("default"):
            case bool(value):
                schema["default"] = not value
            case str():
                del schema["default"]


def limits(page: Published, _: Random) -> None:
    """Options have the limits that are known of the model."""
    known = {
        "prompt": {"minLength": 1, "maxLength": 800},
        "negative_prompt": {"maxLength": 500},
        "seed": {"minimum": 0, "maximum": 2147483647},
    }
    for name, bounds in known.items():
        page.request()["properties"].get(name, {}).update(bounds)


def limits_as_fractions(page: Published, _: Random) -> None:
    """A serializer writes 0 as 0.0."""
    if seed := page.request()["properties"].get("seed"):
        seed |= {"minimum": 0.0, "maximum": 2147483647.0}


def defaults_of_null(page: Published, _: Random) -> None:
    """Options that have no default may be null, and are by default."""
    for name, schema in page.request()["properties"].items():
        if name not in {"model", "prompt"} and "default" not in schema:
            schema |= {"nullable": True, "default": None}


def nullable_options(page: Published, _: Random) -> None:
    """Options may be null."""
    for name, schema in page.request()["properties"].items():
        if name not in {"model", "prompt"}:
            schema["nullable"] = True


def closed_request(page: Published, _: Random) -> None:
    """A request has no other properties."""
    page.request()["additionalProperties"] = False


# How the documents are written.


def version_3_0_3(page: Published, _: Random) -> None:
    """OpenAPI 3.0.3."""
    for role in ROLES:
        page.documents[role]["openapi"] = "3.0.3"


def version_3_1(page: Published, _: Random) -> None:
    """OpenAPI 3.1, which writes null as a type."""
    for role in ROLES:
        page.documents[role] = schemas.as_3_1(page.documents[role])


def key_order(page: Published, _: Random) -> None:
    """The members of every object come in reverse order."""
    for role in ROLES:
        page.documents[role] = schemas.reversed_members(page.documents[role])


def nothing_to_correct(page: Published, rng: Random) -> None:
    """The vendor has corrected everything that our overlays of the contract correct."""
    for axis in (response_descriptions, security_everywhere, typed_error, all_described):
        axis(page, rng)


GROUPS: dict[str, tuple[Axis, ...]] = {
    "id": (id_renamed, more_parameters),
    "where": (one_path, create_moves, poll_moves, both_move, id_in_the_path),
    "names": (shared_id, no_ids, tags),
    "titles": (titles,),
    "error": (typed_error, text_error, untyped_error, no_error, nothing_to_correct),
    "usage": (renamed_usage, swapped_usage, dollars_beside_usage, no_meta),
    "video": (no_duration, more_of_a_video, video_as_text, listed_videos),
    "always": (more_is_required,),
    "status": (more_statuses, any_status, statuses_as_constants, nullable_status),
    "codes": (created_201, two_successes, error_responses, default_response, all_described),
    "descriptions": (response_descriptions, no_response_descriptions),
    "options": (new_option, wide_option, option_called_otherwise, lost_option, no_options),
    "values": (more_values, fewer_values, values_as_constants, other_defaults),
    "models": (several_models, any_model),
    "limits": (
        *(limits, limits_as_fractions, defaults_of_null),
        *(nullable_options, closed_request),
    ),
    "examples": (media_examples, schema_examples),
    "security": (
        *(security_everywhere, security_of_documents, security_of_operations),
        *(renamed_scheme, no_security),
    ),
    "server": (server_slash, server_variables, server_path, more_servers),
    "required": (id_not_required, body_not_required),
    # These come last: they move, and rewrite, what the others have changed.
    "schemas": (components, shared_component, inline),
    "version": (version_3_0_3, version_3_1),
    "order": (key_order,),
}
AXES: tuple[Axis, ...] = tuple(axis for group in GROUPS.values() for axis in group)

# Everything that is known of the page that the vendor publishes today.
KNOWN: tuple[Axis, ...] = (
    *(one_path, shared_id, tags, typed_error, renamed_usage, no_duration),
    *(response_descriptions, media_examples, schema_examples, security_of_documents),
)
