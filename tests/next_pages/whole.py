"""Both documents as one, as far as one can say what they say."""

from __future__ import annotations

import copy
from typing import Any

from .published import ROLES, Published


def as_one_document(published: Published) -> Any:
    """Return one document with both operations; None if the two disagree about what they share."""
    first, second = (copy.deepcopy(published.documents[role]) for role in ROLES)
    shared = {key: part for key, part in first.items() if key not in {"paths", "components"}}
    if shared != {key: second.get(key) for key in shared}:
        return None
    paths = first["paths"]
    for path, item in second["paths"].items():
        paths[path] = {**paths.get(path, {}), **item}
    for kind, named in second.get("components", {}).items():
        held = first.setdefault("components", {}).setdefault(kind, {})
        if any(held.setdefault(name, part) != part for name, part in named.items()):
            return None
    return first
