"""System packages on Debian and Ubuntu: installed where that is allowed, else named."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path

from netparity.errors import SetupError
from netparity.system.cache import cache_folder
from netparity.system.launch import Command, LaunchError, ask, capture, launch
from netparity.watch import SILENT, Watch

_TIMEOUT_SECONDS = 1800.0
_ASK_SECONDS = 60.0
_WAITING = "DPkg::Lock::Timeout=600"  # seconds, for another apt-get such as the daily upgrades


def install_command(packages: Sequence[str]) -> str:
    """The command that a user types to install them."""
    command = "apt-get install --no-install-recommends " + " ".join(packages)
    if os.geteuid() == 0:
        return command
    return f"sudo {command}" if shutil.which("sudo") else f"su -c {shlex.quote(command)}"


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
            ["install", "-y", "-q", "-o", _WAITING, "--no-install-recommends", *packages],
        ):
            # sudo drops the environment, so the variable is set behind it.
            quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
            command = Command([*prefix, *quiet, "apt-get", *arguments])
            if arguments[0] == "install":
                _announce(packages, watch)
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


def _announce(packages: Sequence[str], watch: Watch) -> None:
    if sizes := _sizes(packages):
        watch.message(f"system packages, with what they need: {sizes}")


def _sizes(packages: Sequence[str]) -> str:
    """What apt-get will download and unpack for them, in words; empty if it does not say."""
    simulated = ["apt-get", "install", "--assume-no", "--no-install-recommends", *packages]
    try:
        _, printed = ask(Command(simulated, {"LC_ALL": "C"}), Path("/"), _ASK_SECONDS)
    except OSError:
        return ""
    # "Need to get 1,204 kB/221 MB of archives": what is left, and the whole.
    download = re.search(r"^Need to get ([\d.,]+ \w+)", printed, re.MULTILINE)
    disk = re.search(r"^After this operation, ([\d.,]+ \w+) of additional", printed, re.MULTILINE)
    if download is None or disk is None:
        return ""
    return f"{download[1]} to download, {disk[1]} on disk"
