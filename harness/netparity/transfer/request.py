"""What a transfer is asked for. Light to import, as `run/request.py` is."""

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


@documented
@dataclass(frozen=True)
class Request:
    """What `netparity transfer` is asked for; every default is the command line's.

    With `resume`, only `timeout_seconds` and `environments` are this request's; all that shapes
    the result is read from that folder.
    """

    dataset: Path | None = option(
        None,
        "A folder with a folder of images for each class; scikit-learn's digits by default.",
        metavar="[DATASET_DIR]",
        argument=True,
    )
    runners: Sequence[str] = like(comparison.Request, "runners")
    model: str | None = like(comparison.Request, "model")
    weights: str | None = like(comparison.Request, "weights")
    feature: str = option("fc6", "Layer whose features the classifier is trained on.", "--layer")
    inputs: "Sequence[InputKind]" = option(
        ("shared", "native"),
        "The same tensors for all, or each tool's preprocessing.",
        "--input",
        typed=Typed(Literal["both", "shared", "native"], "both", parse_inputs),
    )
    batch: int = option(
        16, "Images per prediction in a tool.", "--batch", least=1, most=MOST_IMAGES_AT_ONCE
    )
    test_share: float = option(0.5, "Share of the images to test with.", "--test")
    seed: int = option(0, "Seed of the choice of these images.", "--seed", least=0)
    threads: int | None = like(comparison.Request, "threads")
    results: Path = like(comparison.Request, "results")
    resume: Path | None = option(
        None,
        "Continue the transfer in this folder; all that shapes the result is read from it.",
        "--resume",
    )
    # A process extracts the features of a whole dataset.
    timeout_seconds: float = like(comparison.Request, "timeout_seconds", default=3600.0)
    environments: "Environments" = like(comparison.Request, "environments")
