"""The tree of nodes of a YAML or JSON text, with the place of each node.

PyYAML makes it, without resolving types. An anchor may be defined again, as in YAML 1.2.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from typing import Any, TypeAlias

# PyYAML's type stubs do not give a node its ``id``.
Node: TypeAlias = Any

# The tag given to a scalar that has neither quotes nor a tag of its own.
PLAIN = "plain"

_MAX_DEPTH = 1000
_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@lru_cache(maxsize=2)
def compose_json(text: str) -> Node | None:
    """Return the root of a JSON or YAML text. JSON is first written as YAML requires."""
    try:
        json.loads(text)
    except (RecursionError, ValueError):
        return compose(text)
    return compose(_JSON_STRING.sub(_as_yaml, text.replace("\t", " ")))


def _as_yaml(string: re.Match[str]) -> str:
    """Return a JSON string with an escape for each character that YAML may treat differently."""
    text = json.loads(string[0])
    safe = (c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text)
    return f'"{"".join(safe)}"'


def compose(text: str) -> Node | None:
    """Return the root of a YAML text; None for an empty one.

    Raises:
        ValueError: It is not YAML, or is nested too deeply.
    """
    import yaml

    if _is_deep(text):
        raise ValueError("it is nested too deeply")
    # The parser in C, where it is available. It resolves no types.
    base: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        try:
            root = _tree(base(text))
        except yaml.composer.ComposerError as error:
            if "duplicate anchor" not in str(error):
                raise
            root = _tree(_redefining(base)(text))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise ValueError(reason.replace(' in "<unicode string>", line', " on line")) from error
    return root


def _tree(loader: Any) -> Node | None:
    loader.yaml_implicit_resolvers = {None: [(PLAIN, re.compile(""))]}
    root: Node | None = loader.get_single_node()
    return root


@cache
def _redefining(base: Any) -> Any:
    """Return a loader that allows an anchor to be defined again, as YAML does. It is slower."""
    from yaml.composer import Composer
    from yaml.events import AliasEvent

    # The loader in C composes by itself; the one in Python is a composer already.
    bases = (base,) if issubclass(base, Composer) else (Composer, base)

    class Loader(*bases):  # type: ignore[misc]
        def __init__(self, text: str) -> None:
            base.__init__(self, text)
            Composer.__init__(self)

        def compose_node(self, parent: Any, index: Any) -> Any:
            event = self.peek_event()
            if not isinstance(event, AliasEvent):
                self.anchors.pop(getattr(event, "anchor", None), None)
            return super().compose_node(parent, index)

    return Loader


def _is_deep(text: str) -> bool:
    """Whether a text may be nested so deeply that the parser in C would end the process."""
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        # Brackets in strings count, too: they come in pairs, or are few.
        depth = depth + 1 if bracket in "[{" else max(depth - 1, 0)
        if depth > _MAX_DEPTH:
            return True
    return re.search(rf"^[ ?:-]{{{_MAX_DEPTH}}}", text, re.MULTILINE) is not None
