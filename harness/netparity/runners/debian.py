"""System packages on Debian and Ubuntu: installed where that is allowed, else named."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence

from netparity.errors import SetupError
from netparity.system.cache import cache_folder
from netparity.system.launch import Command, LaunchError, capture, launch
from netparity.watch import SILENT, Watch

_TIMEOUT_SECONDS = 1800.0


def install_command(packages: Sequence[str]) -> str:
    """The command that a user types to install them."""
    return "sudo apt-get install --no-install-recommends " + " ".join(packages)


def install(packages: Sequence[str], watch: Watch = SILENT) -> None:
    """Install packages as root, or with sudo if it needs no password.

    Raises:
        SetupError: if that is impossible or fails; `fix` is the command to type.
    """
    names = ", ".join(packages)
    fix = f"install them with: {install_command(packages)}"
    if shutil.which("apt-get") is None:
        raise SetupError(f"system packages are missing: {names} (as Debian calls them)", fix)
    prefix = _privilege()
    if prefix is None:
        raise SetupError(f"system packages are missing: {names}", fix)
    log = cache_folder("logs") / "apt-get.log"
    with watch.task(f"installing {names}"):
        for arguments in (
            ["update", "-q"],
            ["install", "-y", "-q", "--no-install-recommends", *packages],
        ):
            # sudo drops the environment, so the variable is set behind it.
            quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
            command = Command([*prefix, *quiet, "apt-get", *arguments])
            try:
                ended = launch(command, cache_folder(), log, _TIMEOUT_SECONDS)
            except LaunchError as error:
                raise SetupError(str(error), fix) from error
            if ended.exit_status != 0 and arguments[0] == "install":
                raise SetupError(f"apt-get {ended.words} for {names}; log: {log}", fix)


def _privilege() -> list[str] | None:
    """What precedes a command to run it as root; None if that is not allowed."""
    if os.geteuid() == 0:
        return []
    try:
        capture(Command(["sudo", "-n", "true"]), cache_folder())
    except LaunchError:
        return None
    return ["sudo", "-n"]
