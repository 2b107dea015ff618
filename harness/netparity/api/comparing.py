"""`compare` and `compare_dataset`: what the commands of these names do, from Python.

Every argument is a field of the command's request; `tests/harness/api` holds that each has one.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from netparity.api.described import describes
from netparity.api.values import request_of
from netparity.api.watching import Progress, watching
from netparity.dataset.request import Request as DatasetRequest
from netparity.report.notebook import LoadedRun
from netparity.report.notebook_dataset import LoadedDataset
from netparity.run.compare import compare as run_compare
from netparity.run.request import SAME_WITHIN, Request
from netparity.runners.environments import Environments

Paths = str | Path | Sequence[str | Path]
Numbers = str | float | Sequence[float]
Interpreters = Environments | Mapping[str, str | Path]
Preprocess = Literal["caffe", "tf", "torch", "none"]
ChannelOrder = Literal["RGB", "BGR", "grey"]


@describes(Request)
def compare(
    images: Paths = (),
    *,
    runners: str | Sequence[str] = (),
    model: str | Path | None = None,
    weights: str | Path | None = None,
    map_file: str | Path | None = None,
    input: str | Path | None = None,
    preprocess: Preprocess | None = None,
    mean: Numbers | None = None,
    std: Numbers | None = None,
    scale: str | float | None = None,
    channel_order: ChannelOrder | None = None,
    input_size: str | int | Sequence[int] | None = None,
    layers: str | Sequence[str] | None = None,
    rounds: int | Literal["auto"] = 5,
    precision: float | None = None,
    budget_seconds: float | None = None,
    schedule: Literal["interleaved", "sequential"] = "interleaved",
    no_wait: bool = False,
    repeats: int | None = None,
    warmup: int = 1,
    threads: int | None = None,
    affinity: str | Sequence[int] | None = None,
    memory_limit: str | int | None = None,
    compile_cache: Literal["cold", "warm"] | None = None,
    per_layer: bool = False,
    reference: str | None = None,
    same_within: float = SAME_WITHIN,
    matconvnet: Literal["auto", "compat", "require"] | None = None,
    matconvnet_root: str | Path | None = None,
    cluster: str | Path | None = None,
    max_relative_l2: float | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    results: str | Path = Path("results"),
    timeout_seconds: float = 600.0,
    environments: Interpreters | None = None,
    progress: Progress = None,
) -> LoadedRun:
    """Run every tool on the same weights and images, judge the features, compare the timings.

    It takes minutes with VGG16, and seconds per process with `model="vgg16-tiny"`. If a tool
    fails, the failure is stored in the run and nothing is raised. Several images, runners, layers
    or numbers are a sequence, and a single one needs none; `environments` are a mapping such as
    `{"pytorch": "/path/to/python"}`.

    Args:
        {settings}
        progress: Whether progress is shown: None in a notebook and on a terminal, True everywhere,
            False nowhere; or a `netparity.watch.Watch` that receives it.

    Returns:
        The stored run: `print` shows its outcome and its table, as does the cell of a notebook.
        Its `folder` is `results / run.run_id`.

    Raises:
        NetparityError: if a setting is invalid or a file cannot be used; nothing has run then.
        KeyboardInterrupt: after what was done has been stored.
    """
    # First of all, while the arguments are the only local names.
    request = request_of(Request, locals(), begun_monotonic=time.monotonic())
    with watching(progress) as watch:
        run, store = run_compare(request, watch)
    return LoadedRun.of(run, store)


@describes(DatasetRequest)
def compare_dataset(
    sources: Paths = (),
    *,
    digits: bool = False,
    generated: int | None = None,
    seed: int = 0,
    runners: str | Sequence[str] = (),
    model: str | Path | None = None,
    weights: str | Path | None = None,
    map_file: str | Path | None = None,
    preprocess: Preprocess | None = None,
    mean: Numbers | None = None,
    std: Numbers | None = None,
    scale: str | float | None = None,
    channel_order: ChannelOrder | None = None,
    input_size: str | int | Sequence[int] | None = None,
    layers: str | Sequence[str] | None = None,
    inputs: str | Sequence[Literal["shared", "native"]] = ("shared", "native"),
    batch: int = 16,
    chunk: int | None = None,
    worst: int = 1,
    keep: bool = False,
    shard: str | None = None,
    cluster: str | Path | None = None,
    threads: int | None = None,
    max_relative_l2: float | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    results: str | Path = Path("results"),
    resume: str | Path | None = None,
    timeout_seconds: float = 3600.0,
    environments: Interpreters | None = None,
    progress: Progress = None,
) -> LoadedDataset:
    """Judge every image of a data set in every tool, as `netparity dataset` does.

    Args:
        {settings}
        progress: as for `compare`.

    Returns:
        What was stored, with a data frame of all images.

    Raises:
        NetparityError: if a setting is invalid or a file cannot be used.
        KeyboardInterrupt: after what was done has been stored; `resume` goes on with it.
    """
    request = request_of(DatasetRequest, locals())
    from netparity.dataset.running import run_dataset

    with watching(progress) as watch:
        _, folder = run_dataset(request, watch)
    return LoadedDataset(folder)
