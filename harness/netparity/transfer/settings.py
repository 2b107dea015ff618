"""What decides a transfer's result: stored at its beginning, so that it can be resumed."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from netparity.errors import UsageError
from netparity.networks import NETWORKS
from netparity.networks.catalogue import catalogue_name
from netparity.protocol.base import Frozen, InputKind
from netparity.results.folder import RunFolder
from netparity.run.many import beginning
from netparity.run.options_without_effect import ignored_threads
from netparity.runners import create_runners, known_runners, unusable_runners, with_all
from netparity.runners.frameworks import framework_of
from netparity.runners.named_networks import named_networks
from netparity.timing import cpus_available
from netparity.transfer.request import Request
from netparity.watch import SILENT, Watch
from netparity.weights.model import DEFAULT_MODEL, DEFAULT_WEIGHTS, resolve_model

DEFAULT_RUNNERS = ("keras3-tensorflow", "keras2-theano", "matconvnet-octave")


class Settings(Frozen):
    """What decides the result, as stored; `dataset` is None for the digits."""

    schema_version: Literal[1] = 1
    dataset: str | None
    runners: list[str]
    model: str
    weights: str
    weights_sha256: str
    feature: str
    inputs: list[InputKind]
    batch: int
    test_share: float
    seed: int
    threads: int


def check_request(request: Request, watch: Watch = SILENT) -> Settings:
    """The settings of a new transfer; their hash of the weights is still empty.

    Raises:
        UsageError: naming what is out of range.
    """
    if not 0 < request.test_share < 1:
        raise UsageError(f"--test {request.test_share:g}: expected a share between 0 and 1")
    named = named_networks(request.model, request.weights, request.environments, watch)
    network = resolve_model(*named, SILENT).network
    layers = network.select(request.feature)
    if len(layers) != 1:
        raise UsageError(f"--layer {request.feature!r}: a transfer takes a single layer")
    kinds = known_runners()
    rows = with_all(request.runners or DEFAULT_RUNNERS, kinds, request.environments)
    runners = create_runners(rows.texts, kinds)
    ignored = ignored_threads(request.threads, runners)
    for warning in (*unusable_runners(), *rows.left_out, *ignored):
        watch.warning(warning)
    return Settings(
        dataset=str(request.dataset.absolute()) if request.dataset is not None else None,
        runners=rows.texts,
        model=_absolute(request.model or DEFAULT_MODEL),
        weights=_weights(request),
        weights_sha256="",
        feature=layers[0].name,
        inputs=list(request.inputs),
        batch=request.batch,
        test_share=request.test_share,
        seed=request.seed,
        threads=request.threads or cpus_available(),
    )


def _absolute(name: str) -> str:
    """A network's name, or the whole path of a file."""
    if _is_named(name):
        return catalogue_name(name) or name
    return str(Path(name).expanduser().absolute())


def _is_named(model: str) -> bool:
    """Whether it is a name of the catalogue or of a framework's network, not a file."""
    if model in NETWORKS or framework_of(model) is not None:
        return True
    return catalogue_name(model) is not None and not Path(model).exists()


def _weights(request: Request) -> str:
    """The weights, which a model's file brings unless others are named."""
    if request.weights is not None:
        return request.weights
    model = request.model
    if model is None or (_is_named(model) and framework_of(model) is None):
        return DEFAULT_WEIGHTS
    return _absolute(model)


def reopen(folder: Path) -> RunFolder:
    """The folder of an interrupted transfer.

    Raises:
        InputError: if it is not one.
    """
    return beginning.reopen(
        folder,
        "it is not a transfer that can be resumed; give the folder that an interrupted transfer "
        "named",
    )


def read_settings(store: RunFolder) -> Settings:
    """The settings that a transfer began with.

    Raises:
        InputError: if their file is damaged.
    """
    return beginning.read_settings(Settings, store, "start the transfer anew")
