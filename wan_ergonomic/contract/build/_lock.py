"""The lock: where the vendored documents came from, hashes, and the tools that built the client."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic._spec import METHODS, Role
from wan_ergonomic.contract.document._document import Document

from . import _generator

UPSTREAM = "openapi/upstream"


@dataclass(frozen=True)
class Provenance:
    """Where and when a source was read.

    Attributes:
        url: Where it was published, if that is known.
        retrieved: The ISO date on which it was read.
        host: The URL that documented servers without a host are relative to.
    """

    url: str | None
    retrieved: str
    host: str | None = None


def read_lock(root: Path) -> dict[str, Any]:
    """Return the project's lock; empty if there is none.

    Raises:
        ContractError: It is not JSON.
    """
    try:
        lock: dict[str, Any] = json.loads((root / "openapi" / "lock.json").read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ContractError(
            f"openapi/lock.json is not JSON: {error}. Restore it from version control."
        ) from error
    return lock


def make_lock(
    stage: Path,
    chosen: Mapping[Role, tuple[Document, str]],
    old: Mapping[str, Any],
    seen: Provenance | None,
) -> dict[str, Any]:
    """Return the lock of what was built in a staging folder.

    Args:
        stage: The folder, with the upstream documents and what was built from them.
        chosen: Each role's document, and the path of its operation there.
        old: The lock as it was.
        seen: Where and when a new source was read; None for what is vendored.
    """
    published = {}
    for role, (_, path) in chosen.items():
        sha256 = digest(stage / UPSTREAM / f"{role}.json")
        entry = dict(old.get("published", {}).get(role, {}))
        # The date stays that of the first time that these bytes were read.
        if seen and (entry.get("sha256") != sha256 or seen.url not in {None, entry.get("url")}):
            entry = {"retrieved": seen.retrieved, **({"url": seen.url} if seen.url else {})}
        published[role] = {**entry, "method": METHODS[role].upper(), "path": path, "sha256": sha256}
    made = ("contract.json", "client.json")
    return {
        "published": published,
        "built": {name: {"sha256": digest(stage / "openapi" / name)} for name in made},
        "tools": _generator.versions(),
    }


def digest(file: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
