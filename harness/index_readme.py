"""README.md as a package index shows it: no link leads to a file that is not there.

The build calls this. Once pyproject.toml names `Repository` among `[project.urls]`, relative links
lead there, to the tag of the version; until then they are plain text, and pictures are left out.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_RELATIVE = r"(?![a-z]+:|#)"
_LINK = re.compile(rf"(?<!!)\[((?:\\.|[^\[\]\\])+)\]\({_RELATIVE}([^)\s]+)\)")
_ATTRIBUTE = re.compile(rf'\b(src|srcset|href)="{_RELATIVE}([^"]+)"')
_PICTURE = re.compile(r"<picture>.*?</picture>\n*", re.DOTALL)


class CustomMetadataHook(MetadataHookInterface):
    """What hatchling looks for in this file."""

    def update(self, metadata: dict[str, Any]) -> None:
        """State the readme."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        repository = metadata.get("urls", {}).get("Repository")
        shown = on_index(text, repository, metadata.get("version", "main"))
        metadata["readme"] = {"content-type": "text/markdown", "text": shown}


def on_index(text: str, repository: str | None, version: str) -> str:
    """The text with its relative links replaced.

    Args:
        repository: its address, without a slash at the end; None if it has none.
        version: as in the tag `v1.0.0`.
    """
    if repository is None:
        return _LINK.sub(r"\1", _PICTURE.sub("", text))
    tag = version if version == "main" else f"v{version}"
    linked = _LINK.sub(rf"[\1]({repository}/blob/{tag}/\2)", text)
    return _ATTRIBUTE.sub(rf'\1="{repository}/raw/{tag}/\2"', linked)
