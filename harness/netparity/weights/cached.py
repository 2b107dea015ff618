"""The weights in the cache: the canonical file of each set, and its conversions."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from netparity.errors import StoreError
from netparity.networks import Network
from netparity.system.cache import cache_folder, exclusive, replacing
from netparity.system.drafts import drafting, remove_abandoned
from netparity.watch import Watch
from netparity.weights import canonical, stamps

CANONICAL = "canonical.safetensors"


def folder_of(sha256: str) -> Path:
    """The cache folder of the weights with this hash."""
    return cache_folder("weights", sha256[:20])


def converted_file(path: Path, title: str, write: Callable[[Path], None], watch: Watch) -> Path:
    """A file that is written on first use, and again if it is not as it was written.

    Args:
        title: its format in words.
        write: writes the file.

    Raises:
        StoreError: if it cannot be written.
    """
    with exclusive(path, watch):
        if not stamps.is_sound(path):
            remove_abandoned(cache_folder("weights"))
            with watch.task(f"converting weights to {title}"), replacing(path) as draft:
                write(draft)
            stamps.record(path)
    return path


def remove_changed(folder: Path) -> list[Path]:
    """Hash every converted file in a folder, and remove those that have changed on the disk."""
    changed = [path for path in stamps.stamped_files(folder) if not stamps.is_unchanged(path)]
    for path in changed:
        stamps.remove(path)
    return changed


def canonical_hash(
    index: Path,
    source: str,
    model: Network,
    watch: Watch,
    make: Callable[[], canonical.Tensors],
) -> str:
    """The hash of the weights that `index` names; they are made and stored on first use.

    Raises:
        StoreError: if they cannot be stored.
    """
    with exclusive(index, watch):
        known = _recorded_hash(index)
        if known is not None and canonical.is_intact(folder_of(known) / CANONICAL, model, known):
            return known
        remove_abandoned(cache_folder("weights"))
        # The folder is named for the hash, which is known only after the last number is written.
        try:
            with drafting(index.with_suffix(".safetensors")) as draft:
                sha256 = canonical.write(draft, make(), model, source)
                with draft.open("rb") as file:
                    os.fsync(file.fileno())
                os.replace(draft, folder_of(sha256) / CANONICAL)
        except OSError as error:
            raise StoreError(
                f"the weights {source} cannot be written to the cache {index.parent.parent}: "
                f"{error.strerror or error}"
            ) from error
        with replacing(index) as draft:
            draft.write_text(sha256)
    return sha256


def _recorded_hash(index: Path) -> str | None:
    """The hash in an index file; None if the file is missing or damaged."""
    try:
        text = index.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return text if re.fullmatch(r"[0-9a-f]{64}", text) else None
