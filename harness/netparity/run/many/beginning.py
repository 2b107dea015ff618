"""How a pass over many images begins and is resumed: its stored settings, its runners."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from netparity.errors import InputError, SetupError
from netparity.protocol.base import Frozen
from netparity.results.folder import RunFolder
from netparity.runners import Runner
from netparity.runners.environments import Environments
from netparity.watch import Watch

SETTINGS_FILE = "settings.json"

S = TypeVar("S", bound=Frozen)


def reopen(folder: Path, otherwise: str) -> RunFolder:
    """The folder of a pass that was begun.

    Args:
        otherwise: what it means that there are no settings, and what to give instead.

    Raises:
        InputError: if it is not one.
    """
    if not (folder / SETTINGS_FILE).is_file():
        raise InputError(f"{folder} holds no {SETTINGS_FILE}, so {otherwise}")
    return RunFolder(folder.absolute())


def read_settings(kind: type[S], store: RunFolder, otherwise: str) -> S:
    """The settings that a pass was begun with.

    Args:
        otherwise: what to do if their file is damaged.

    Raises:
        InputError: if it is.
    """
    path = store.path / SETTINGS_FILE
    try:
        return kind.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(f"{path} is damaged: {error}; {otherwise}") from error


def write_settings(settings: Frozen, store: RunFolder) -> None:
    """Store the settings; from now on the pass can be resumed."""
    store.write_text(SETTINGS_FILE, settings.model_dump_json(indent=1) + "\n")


def why_unavailable(runner: Runner, environments: Environments, watch: Watch) -> str | None:
    """Make a runner ready; why it cannot run here, or None."""
    try:
        runner.prepare(environments, watch)
    except SetupError as error:
        return f"{error}\n{error.fix}"
    found = runner.availability(environments)
    return None if found.available else f"{found.reason}; {found.fix}"
