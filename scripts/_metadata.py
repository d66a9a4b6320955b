"""Completes the metadata of a release: its README and its addresses.

The address of the repository is known where a release is made, not in the sources. With
WAN_REPOSITORY=https://host/owner/name, the index page links to it, and so do the links of README.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

VARIABLE = "WAN_REPOSITORY"
PAGES = {
    "Homepage": "",
    "Documentation": "/blob/{tag}/docs/pages/index.md",
    "Changelog": "/blob/{tag}/CHANGELOG.md",
    "Issues": "/issues",
    "Security": "/blob/{tag}/SECURITY.md",
}


class Metadata(MetadataHookInterface):
    """What hatchling asks for the fields that pyproject.toml calls dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set README, and the addresses if the repository is known."""
        text = Path(self.root, "README.md").read_text("utf-8")
        repository = os.environ.get(VARIABLE, "").strip().rstrip("/")
        if repository:
            tag = f"v{metadata['version']}"
            metadata["urls"] = {
                name: repository + path.format(tag=tag) for name, path in PAGES.items()
            }
            text = with_addresses(text, repository, tag).replace("REPOSITORY", repository)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


def with_addresses(text: str, repository: str, tag: str) -> str:
    """Return a page in Markdown whose relative links lead to the repository."""

    def absolute(link: re.Match[str]) -> str:
        view = "raw" if link[1] == "!" else "blob"
        return f"{link[1]}{link[2]}({repository}/{view}/{tag}/{link[3]})"

    return re.sub(r"(!?)(\[[^\]]*\])\((?!https?:|#)([^)\s]+)\)", absolute, text)
