"""The catalogue of models, with their prices."""

from __future__ import annotations

from starlette.datastructures import QueryParams

from wan_ergonomic import _spec

from .._scenario import Body
from ._prices import pricing_of
from ._scenario import AccountScenario

# Models of other kinds, which a client must pass over. They are made up.
_OTHERS = (
    ("example/chat-1", "chat-completion", {
        "kind": "fixed",
        "units": [
            {"name": "input", "measure": "token", "price": 0.5, "per": 1_000_000},
            {"name": "output", "measure": "token", "price": 1.5, "per": 1_000_000},
        ],
    }),
    ("example/music-1", "audio", {"kind": "variable"}),
)  # fmt: skip


def catalogue(query: QueryParams, scenario: AccountScenario, url: str) -> Body:
    """Return the models that a query selects; ``url`` is the sandbox's own."""
    models = [_model(url, *other) for other in _OTHERS]
    if scenario.in_catalogue:
        pricing = scenario.pricing(pricing_of(scenario.rates))
        models.insert(0, _model(url, _spec.model(), "video", pricing))
    wanted = query.get("id")
    return {
        "data": [
            model if "pricing" in query.getlist("include") else _without_pricing(model)
            for model in models
            if wanted is None or wanted in (model["id"], *model["aliases"])
        ]
    }


def _without_pricing(model: Body) -> Body:
    return {name: value for name, value in model.items() if name != "pricing"}


def _model(url: str, name: str, kind: str, pricing: Body | None) -> Body:
    developer, _, short = name.rpartition("/")
    model: Body = {
        "id": name,
        "aliases": [short],
        "type": kind,
        "info": {
            "name": short,
            "developer": developer,
            "docsUrl": f"{url}/",
            "docsJson": f"{url}/openapi.json",
        },
        "tags": [kind],
    }
    return model if pricing is None else model | {"pricing": pricing}
