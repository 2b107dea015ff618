"""Has a framework make one of its networks, once; the files are kept in the cache."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from netparity.errors import InputError, SetupError, UsageError
from netparity.networks.catalogue.names import known_name
from netparity.networks.input_size import InputSize
from netparity.runners.base import python_variables
from netparity.runners.environments import Environments
from netparity.runners.frameworks import FRAMEWORKS, Framework
from netparity.system.cache import cache_folder, exclusive
from netparity.system.launch import Command, LaunchError, launch
from netparity.system.logs import log_tail
from netparity.system.resources import extractor_folder
from netparity.watch import SILENT, Watch
from netparity.weights.made_network import ANSWER, MadeNetwork, made_in

SEED = 0
"""Of the random weights of every network that is made by name."""

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_TIMEOUT_SECONDS = 3600.0
_LOG_LINES = 4
_NEAREST = 5


class _OtherSpellingError(UsageError):
    """The framework has no network of the name, but one whose name differs in case or marks."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def make_network(
    name: str,
    environments: Environments,
    watch: Watch = SILENT,
    input_size: InputSize | None = None,
    weights: Path | None = None,
) -> MadeNetwork:
    """The network of this name; it is made and stored on first use.

    Args:
        name: with its prefix, in any case.
        input_size: height and width; None for the framework's own.
        weights: a file that the framework loads; None for random weights.

    Raises:
        UsageError: if the framework has no network of the name.
        SetupError: if its environment cannot be made.
        InputError: if the network cannot be made; the message names the log.
    """
    prefix, _, own_name = name.partition(":")
    prefix = prefix.lower()
    try:
        return _make(prefix, own_name, environments, watch, input_size, weights)
    except _OtherSpellingError as other:
        return _make(prefix, other.name, environments, watch, input_size, weights)


def _make(
    prefix: str,
    own_name: str,
    environments: Environments,
    watch: Watch,
    input_size: InputSize | None,
    weights: Path | None,
) -> MadeNetwork:
    name, framework = f"{prefix}:{own_name}", FRAMEWORKS[prefix]
    if not _NAME.fullmatch(own_name):
        raise UsageError(
            f"network {name[:60]!r}: expected a name of {framework.title} after {prefix}:, made of "
            "letters, digits and _"
        )
    try:
        python = environments.ensure(framework.stack, watch)
    except SetupError as error:
        raise SetupError(f"{name}: {error}; {error.fix}", error.fix) from error
    key = _key(framework, environments, python, own_name, input_size, weights)
    folder = cache_folder("networks") / f"{prefix}-{own_name}-{key}"
    with exclusive(folder, watch):
        made = made_in(folder, name, SEED, weights)
        if made is None:
            request = {
                "name": own_name,
                "seed": SEED,
                "input_size": input_size,
                "weights": None if weights is None else str(weights),
                "folder": str(folder),
            }
            with watch.task(f"making {name}"):
                _run(framework, python, name, folder, request)
            made = made_in(folder, name, SEED, weights)
        if made is None:
            raise SetupError(f"{name}: {framework.script} left no complete answer in {folder}")
    watch.message(made.words)
    return made


def _key(
    framework: Framework,
    environments: Environments,
    python: Path,
    name: str,
    input_size: InputSize | None,
    weights: Path | None,
) -> str:
    """What the files depend on, in a few letters."""
    versions = environments.versions(framework.stack, *framework.packages)
    digest = hashlib.sha256()
    for script in (framework.script, *framework.helpers):
        digest.update((extractor_folder("python") / script).read_bytes())
    # An interpreter of the user's may have its packages where no version is found.
    facts = [name, SEED, input_size, versions or str(python)]
    digest.update(json.dumps(facts, sort_keys=True).encode())
    if weights is not None:
        with weights.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def _run(
    framework: Framework, python: Path, name: str, folder: Path, request: Mapping[str, object]
) -> None:
    """Run the framework's program.

    Raises:
        UsageError: if there is no such network.
        InputError: if it fails.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path = folder / "request.json"
    path.write_text(json.dumps(request), encoding="utf-8")
    log = cache_folder("logs") / f"make-{folder.name}.log"
    log.unlink(missing_ok=True)
    script = extractor_folder("python") / framework.script
    variables = {**python_variables(), "PYTHONNOUSERSITE": "1", **framework.variables}
    try:
        ended = launch(
            Command([str(python), str(script), str(path)], variables),
            folder,
            log,
            _TIMEOUT_SECONDS,
        )
    except LaunchError as error:
        raise InputError(f"{name} cannot be made: {error}") from error
    if ended.exit_status == 0:
        return
    answer = _answer(folder)
    shutil.rmtree(folder, ignore_errors=True)
    if isinstance(names := answer.get("names"), list):
        log.unlink(missing_ok=True)
        wanted = name.partition(":")[2]
        if (known := known_name(wanted, names)) is not None and known != wanted:
            raise _OtherSpellingError(known)
        raise _unknown(framework, name, names)
    reason = answer.get("error") or " / ".join([ended.words, *log_tail(log, _LOG_LINES)])
    raise InputError(f"{name} cannot be made: {reason}; log: {log}")


def _answer(folder: Path) -> dict[str, object]:
    try:
        answer = json.loads((folder / ANSWER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _unknown(framework: Framework, name: str, names: list[str]) -> UsageError:
    """An error that lists the known networks, those with similar names first."""
    wanted = name.partition(":")[2]
    by_lower = {known.lower(): known for known in names}
    near = get_close_matches(wanted.lower(), by_lower, n=_NEAREST, cutoff=0.5)
    first = [by_lower[known] for known in near]
    others = [known for known in names if known not in first]
    nearest = f"the nearest are {', '.join(first)}; it also has " if first else "it has "
    return UsageError(
        f"network {name}: {framework.title} has no such network; {nearest}{', '.join(others)}"
    )
