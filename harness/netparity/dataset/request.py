"""What a data set's comparison is asked for. Light to import, as `run/request.py` is."""

# The types of the fields are read at run time, so annotations are evaluated here.

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from netparity.run import request as comparison
from netparity.run.many.inputs import MOST_IMAGES_AT_ONCE, parse_inputs
from netparity.run.option import Typed, documented, like, option

if TYPE_CHECKING:
    from netparity.protocol.base import InputKind
    from netparity.runners.environments import Environments

MOST_GENERATED = 10_000_000
MOST_WORST = 100


@documented
@dataclass(frozen=True)
class Request:
    """What `netparity dataset` is asked for; every default is the command line's.

    With `resume`, only `cluster`, `timeout_seconds` and `environments` are this request's; all that
    shapes the result is read from that folder.
    """

    sources: Sequence[Path] = option(
        (),
        "Image files, and folders whose images are all taken.",
        metavar="[FOLDER|IMAGE]...",
        argument=True,
    )
    digits: bool = option(False, "The 1,797 digits that come with scikit-learn.", "--digits")
    generated: int | None = option(
        None,
        "Images made by netparity that look like photographs, as many as this.",
        "--generated",
        metavar="N",
        least=1,
        most=MOST_GENERATED,
    )
    seed: int = option(0, "Seed of the generated images.", "--seed", least=0)
    runners: Sequence[str] = like(comparison.Request, "runners")
    model: str | None = like(comparison.Request, "model")
    weights: str | None = like(comparison.Request, "weights")
    map_file: Path | None = like(comparison.Request, "map_file")
    preprocess: str | None = like(comparison.Request, "preprocess")
    mean: str | None = like(comparison.Request, "mean")
    std: str | None = like(comparison.Request, "std")
    scale: str | None = like(comparison.Request, "scale")
    channel_order: str | None = like(comparison.Request, "channel_order")
    input_size: str | None = like(comparison.Request, "input_size")
    layers: str | None = like(comparison.Request, "layers")
    inputs: "Sequence[InputKind]" = option(
        ("shared", "native"),
        "The same tensors for all, or each tool's preprocessing.",
        "--input",
        typed=Typed(Literal["both", "shared", "native"], "both", parse_inputs),
    )
    batch: int = option(
        16, "Images per prediction in a tool.", "--batch", least=1, most=MOST_IMAGES_AT_ONCE
    )
    chunk: int | None = option(
        None,
        "Images that are judged and stored together, and images per process; if left out, a "
        "process does as many chunks as are worth its start.",
        "--chunk",
        least=1,
        most=100_000,
        shown="256, or as many as 150 MB hold",
    )
    worst: int = option(
        1,
        "How many of each tool's worst images are looked at layer by layer, and diagnosed if they "
        "fail.",
        "--worst",
        least=0,
        most=MOST_WORST,
    )
    keep: bool = option(False, "Keep the features of every image.", "--keep")
    shard: str | None = option(
        None,
        "Do only part K of N, as in a job array; netparity merge joins the parts.",
        "--shard",
        metavar="K/N",
    )
    cluster: str | None = option(
        None,
        "Workers that do the chunks: local:N on this machine, a Dask scheduler, or a file that "
        "describes a queue such as Slurm's (docs/cluster.md).",
        "--cluster",
        metavar="local:N|tcp://HOST:PORT|FILE",
    )
    threads: int | None = like(comparison.Request, "threads")
    max_relative_l2: float | None = like(comparison.Request, "max_relative_l2")
    atol: float | None = like(comparison.Request, "atol")
    rtol: float | None = like(comparison.Request, "rtol")
    results: Path = like(comparison.Request, "results")
    resume: Path | None = option(
        None,
        "Continue what was interrupted in this folder; all that shapes the result is read from it.",
        "--resume",
    )
    # A process extracts the features of a whole chunk.
    timeout_seconds: float = like(comparison.Request, "timeout_seconds", default=3600.0)
    environments: "Environments" = like(comparison.Request, "environments")
