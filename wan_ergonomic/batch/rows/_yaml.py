"""YAML as PyYAML's safe loader reads it, with the types of YAML 1.2, and no key twice.

In YAML 1.1, which PyYAML reads otherwise, 16:9 is the number 969, and ``no`` is false.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

_PREFIX = "tag:yaml.org,2002:"
_TYPES = {
    "null": re.compile(r"(?:~|null|Null|NULL|)\Z"),
    "bool": re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"),
    "int": re.compile(r"[-+]?(?:0|[1-9]\d*)\Z", re.ASCII),
    "float": re.compile(r"[-+]?(?:\.\d+|(?:0|[1-9]\d*)(?:\.\d*)?)(?:[eE][-+]?\d+)?\Z", re.ASCII),
}
_KINDS = {f"{_PREFIX}{name}" for name in (*_TYPES, "str", "seq", "map")}


class _Loader(yaml.SafeLoader):
    # The first that matches wins; None is for any first character.
    yaml_implicit_resolvers = {  # noqa: RUF012 - as PyYAML declares it
        None: [(f"{_PREFIX}{name}", pattern) for name, pattern in _TYPES.items()]
    }
    yaml_constructors = {  # noqa: RUF012 - as PyYAML declares it
        tag: make
        for tag, make in yaml.SafeLoader.yaml_constructors.items()
        if tag is None or tag in _KINDS
    }

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML calls it so
        made = super().construct_mapping(node, deep=deep)
        if len(made) < len(node.value):
            raise ValueError(f"a key stands twice in the table on line {node.start_mark.line + 1}")
        return made


def load_yaml(text: str) -> Any:
    """Return the value of a YAML text.

    Raises:
        ValueError: It is not YAML, has a key twice, or a tag of another type.
    """
    try:
        loader = _Loader(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except (yaml.YAMLError, LookupError) as error:
        raise ValueError(" ".join(str(error).split())) from error
