"""What decides the result: stored when a data set is begun, so that it can be resumed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

from netparity.dataset.request import Request
from netparity.errors import UsageError
from netparity.networks.catalogue import catalogue_name
from netparity.parity import Rule
from netparity.protocol.base import Frozen, InputKind
from netparity.results.folder import RunFolder
from netparity.run.many import beginning
from netparity.runners.frameworks import framework_of


class Settings(Frozen):
    """The request as it is stored, with whole paths, and what it was resolved to.

    Attributes:
        grouped: whether a process may do several chunks, as many as are worth its start.
    """

    schema_version: Literal[1] = 1
    sources: list[str]
    digits: bool
    generated: int | None
    seed: int
    runners: list[str]
    model: str | None
    weights: str | None
    map_file: str | None
    preprocess: str | None
    mean: str | None
    std: str | None
    scale: str | None
    channel_order: str | None
    input_size: str | None
    inputs: list[InputKind]
    batch: int
    worst: int
    keep: bool
    shard: tuple[int, int] | None
    threads: int
    max_relative_l2: float | None
    atol: float | None
    rtol: float | None
    features: list[str]
    chunk: int
    grouped: bool = False
    images: int
    weights_kind: str
    weights_source: str
    weights_sha256: str

    @property
    def rule(self) -> Rule:
        """What passes."""
        return Rule.from_tolerances(self.max_relative_l2, self.atol, self.rtol)

    def is_mine(self, number: int) -> bool:
        """Whether a chunk, counted from 1, belongs to this part."""
        return self.shard is None or (number - self.shard[0]) % self.shard[1] == 0


def settings_of(request: Request, **resolved: Any) -> Settings:
    """A request in its stored form.

    Args:
        resolved: the fields that a request does not have, and those that became definite.

    Raises:
        UsageError: if `--shard` is not K/N with K from 1 to N.
    """
    given = {
        "sources": [_whole(path) for path in request.sources],
        "digits": request.digits,
        "generated": request.generated,
        "seed": request.seed,
        "model": _whole_if_file(request.model),
        "weights": _whole_if_file(request.weights),
        "map_file": None if request.map_file is None else _whole(request.map_file),
        "preprocess": request.preprocess,
        "mean": _whole_if_file(request.mean),
        "std": request.std,
        "scale": request.scale,
        "channel_order": request.channel_order,
        "input_size": request.input_size,
        "inputs": list(request.inputs),
        "batch": request.batch,
        "worst": request.worst,
        "keep": request.keep,
        "shard": parse_shard(request.shard),
        "max_relative_l2": request.max_relative_l2,
        "atol": request.atol,
        "rtol": request.rtol,
    }
    return Settings(**{**given, **resolved})


def as_request(settings: Settings, request: Request) -> Request:
    """The request that a stored data set began with, to be carried on with.

    Args:
        request: gives what does not shape the result.
    """
    return Request(
        sources=[Path(source) for source in settings.sources],
        digits=settings.digits,
        generated=settings.generated,
        seed=settings.seed,
        runners=settings.runners,
        model=settings.model,
        weights=settings.weights,
        map_file=None if settings.map_file is None else Path(settings.map_file),
        preprocess=settings.preprocess,
        mean=settings.mean,
        std=settings.std,
        scale=settings.scale,
        channel_order=settings.channel_order,
        input_size=settings.input_size,
        layers=",".join(settings.features),
        inputs=settings.inputs,
        batch=settings.batch,
        chunk=settings.chunk,
        worst=settings.worst,
        keep=settings.keep,
        cluster=request.cluster,
        threads=settings.threads,
        max_relative_l2=settings.max_relative_l2,
        atol=settings.atol,
        rtol=settings.rtol,
        results=request.results,
        resume=request.resume,
        timeout_seconds=request.timeout_seconds,
        environments=request.environments,
    )


def parse_shard(text: str | None) -> tuple[int, int] | None:
    """Read `K/N`.

    Raises:
        UsageError: if it is anything else.
    """
    if text is None:
        return None
    match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise UsageError(f"--shard {text!r}: expected K/N with K from 1 to N, as 3/16")
    return int(match[1]), int(match[2])


def reopen(folder: Path) -> RunFolder:
    """The folder of a data set that was begun.

    Raises:
        InputError: if it is not one.
    """
    return beginning.reopen(
        folder,
        "there is nothing to go on with; give the folder that an interrupted netparity dataset "
        "named",
    )


def read_settings(store: RunFolder) -> Settings:
    """The settings that a data set was begun with.

    Raises:
        InputError: if their file is damaged.
    """
    return beginning.read_settings(Settings, store, "begin the data set anew")


def _whole(path: Path) -> str:
    return str(path.expanduser().absolute())


def _whole_if_file(text: str | None) -> str | None:
    """The whole path of a file; anything else, such as a network's name, as it is."""
    if text is None or catalogue_name(text) is not None or framework_of(text) is not None:
        return text
    return _whole(Path(text)) if Path(text).expanduser().exists() else text
