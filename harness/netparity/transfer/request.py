"""What a transfer is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from netparity.protocol.base import INPUTS, InputKind
from netparity.runners.environments import Environments


@dataclass(frozen=True)
class Request:
    """What `netparity transfer` is asked for; every default is the command line's.

    `resume` is the folder of an interrupted transfer: then all that shapes the result is read from
    there, and only the last two are the request's.
    """

    dataset: Path | None = None
    runners: Sequence[str] = ()
    model: str = "vgg16"
    weights: str = "synthetic:0"
    feature: str = "fc6"
    inputs: Sequence[InputKind] = INPUTS
    batch: int = 16
    test_share: float = 0.5
    seed: int = 0
    threads: int | None = None
    results: Path = Path("results")
    resume: Path | None = None
    timeout_seconds: float = 3600.0
    environments: Environments = field(default_factory=Environments)
