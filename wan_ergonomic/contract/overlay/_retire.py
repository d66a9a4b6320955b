"""Removes actions from the text of an overlay file.

Only their lines are cut, so that comments and the other actions stay byte for byte.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any


def without(text: str, indexes: Collection[int]) -> str | None:
    """Return the text of an overlay without some of its actions.

    Args:
        text: An overlay, as YAML.
        indexes: The actions to remove, from 0.

    Returns:
        The shorter text, or None if no action is left in it.
    """
    import yaml

    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    actions = next(value for key, value in root.value if key.value == "actions")
    if len(indexes) >= len(actions.value):
        return None
    if actions.flow_style:
        return _without_in_flow(text, actions.value, indexes)
    lines = text.splitlines(keepends=True)
    for index in sorted(indexes, reverse=True):
        action = actions.value[index]
        start = action.start_mark.line
        while lines[start][actions.start_mark.column] != "-":
            start -= 1
        last = _last(action).end_mark
        del lines[start : last.line + (last.column > 0)]
    return "".join(lines)


def _last(node: Any) -> Any:
    """Return the last node written within a node; only blanks and comments follow it."""
    while isinstance(node.value, list) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return node


def _without_in_flow(text: str, actions: list[Any], indexes: Collection[int]) -> str:
    """Do the same for actions in flow style: ``[{…}, {…}]``."""
    kept = [
        text[action.start_mark.index : action.end_mark.index]
        for index, action in enumerate(actions)
        if index not in indexes
    ]
    start, end = actions[0].start_mark.index, actions[-1].end_mark.index
    return text[:start] + ", ".join(kept) + text[end:]
