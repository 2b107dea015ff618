"""netparity cache: what lies in the cache, and what killed writers have left there."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from netparity.commands.own_command import as_typed_here
from netparity.commands.shared import Verbose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netparity.system.cache_contents import Draft


def cache(
    clean: Annotated[
        bool, typer.Option("--clean", help="Remove the drafts that killed writers have left.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")] = False,
    verbose: Verbose = False,
) -> None:
    """Say where the cache is, what it holds, and what killed writers have left in it."""
    from netparity.system import cache_contents
    from netparity.system.cache import cache_folder
    from netparity.system.drafts import remove_abandoned

    folder = cache_folder()
    removed = sum(remove_abandoned(folder / part) for part in cache_contents.WITH_DRAFTS if clean)
    parts, drafts = list(cache_contents.parts()), cache_contents.drafts()
    if as_json:
        found = {
            "folder": str(folder),
            "parts": [asdict(part) for part in parts],
            "drafts": [{**asdict(draft), "path": str(draft.path)} for draft in drafts],
            "removed_bytes": removed,
        }
        typer.echo(json.dumps(found, indent=1))
        return
    typer.echo(folder)
    for part in parts:
        typer.echo(f"  {part.name:<20}{part.entries:>6} entries  {_size(part.size_bytes):>10}")
    if clean:
        typer.echo(f"removed drafts of {_size(removed)}")
    for line in _about(drafts):
        typer.echo(as_typed_here(line))


def _about(drafts: Sequence[Draft]) -> list[str]:
    """What is said of the drafts: each by its path, and how to remove those that are abandoned."""
    lines = []
    for draft in drafts:
        state = "left by a killed writer" if draft.abandoned else "being written"
        lines.append(f"draft, {state}: {draft.path} ({_size(draft.size_bytes)})")
    if any(draft.abandoned for draft in drafts):
        lines.append("fix: netparity cache --clean")
    return lines


def _size(count: int) -> str:
    """A number of bytes in words."""
    for unit, bytes_ in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= bytes_:
            return f"{count / bytes_:.1f} {unit}"
    return f"{count} bytes"
