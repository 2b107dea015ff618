"""Installing PyTorch's build for the CPU, wherever it is offered, and never CUDA's libraries.

PyTorch's own index has a build for the CPU under the version `2.13.0+cpu`. The ordinary index has,
for Linux on x86-64, one for CUDA alone, which depends on 3 GB of NVIDIA's libraries. So no hash can
be pinned: which file fits depends on the machine.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from configparser import Error, RawConfigParser
from contextlib import suppress
from pathlib import Path

from netparity.errors import SetupError
from netparity.system.launch import Command, LaunchError, launch

_RESOLVE_TIMEOUT_SECONDS = 300.0
_OF_CUDA = ("nvidia-", "cuda-")


def install_torch(
    packages: Sequence[str],
    install: Callable[..., None],
    resolve: Callable[..., str],
    fix: str,
) -> None:
    """Install PyTorch's packages by their versions, without what they depend on.

    Tried are PyTorch's own index, then the index and the folders that are configured.

    Args:
        install: uv's `pip install` into the environment, with further arguments.
        resolve: the same with `--dry-run`; returns what uv says it would install.
        fix: the commands that help with any failure.

    Raises:
        SetupError: if only builds for CUDA are offered, or none.
    """
    try:
        install("--no-deps", "--torch-backend", "cpu", *packages)
        return
    except SetupError:
        planned = resolve(*packages)
    if any(line.strip(" +").startswith(_OF_CUDA) for line in planned.splitlines()):
        raise SetupError(
            f"PyTorch's index (download.pytorch.org) cannot be reached, and the index that is "
            f"configured has {packages[0]} for CUDA only, with 3 GB of NVIDIA's libraries",
            "name a folder or an index that has the build for the CPU in UV_FIND_LINKS or "
            f"UV_INDEX\n{fix}",
        )
    install("--no-deps", *packages)


def resolved(command: Command, log: Path) -> str:
    """What a command that only resolves versions adds to a log; empty if it cannot be started.

    If it fails, the installation that follows fails with uv's own message.
    """
    before = log.stat().st_size if log.exists() else 0
    try:
        launch(command, Path("/"), log, _RESOLVE_TIMEOUT_SECONDS)
        added = log.read_bytes()[before:]
    except (OSError, LaunchError):
        return ""
    return added.decode(errors="replace")


def uv_variables(given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Tell uv of an index and folders that are configured for pip alone, as mirrors usually are."""
    files = pip_settings(given)
    values = {
        "UV_DEFAULT_INDEX": given.get("PIP_INDEX_URL") or files.get("index-url"),
        "UV_FIND_LINKS": given.get("PIP_FIND_LINKS") or files.get("find-links"),
        "UV_INDEX": given.get("PIP_EXTRA_INDEX_URL"),
    }
    if values["UV_INDEX"]:
        # As pip does; uv by itself looks no further than the first index that has a package.
        values["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    found = {
        name: " ".join(value.split())
        for name, value in values.items()
        if value and name not in given
    }
    # uv repeats a request 3 times by default, with growing pauses.
    return {"UV_HTTP_RETRIES": given.get("UV_HTTP_RETRIES", "2"), **found}


def pip_settings(given: Mapping[str, str]) -> dict[str, str]:
    """The section `global` of pip's configuration files, which uv does not read.

    Their places are those of pip's documentation, "Configuration files"; later ones win.
    """
    home = Path(given.get("HOME") or Path.home())
    folders = given.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":")
    paths = [Path(folder, "pip", "pip.conf") for folder in folders if folder]
    paths += [Path("/etc/pip.conf"), home / ".pip" / "pip.conf"]
    paths += [Path(given.get("XDG_CONFIG_HOME") or home / ".config", "pip", "pip.conf")]
    if named := given.get("PIP_CONFIG_FILE"):
        paths.append(Path(named))
    parser = RawConfigParser()
    with suppress(Error, OSError, UnicodeDecodeError):
        parser.read(paths)
    return dict(parser["global"]) if parser.has_section("global") else {}
