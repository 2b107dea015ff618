"""One process of one runner: from job to judged result."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.networks import Layer, Network
from netparity.networks.catalogue.vgg import widths_of
from netparity.protocol import (
    PHASES,
    Architecture,
    Calibration,
    FeatureFile,
    FeatureRequest,
    InputKind,
    InputPreprocessing,
    Job,
    Round,
    RunResult,
    SharedInput,
    WeightsFile,
)
from netparity.results.folder import RunFolder
from netparity.run.acceptance import (
    Features,
    ProcessFailedError,
    check_features,
    check_native_input,
    read_result,
)
from netparity.runners import Runner
from netparity.runners.base import SCRATCH
from netparity.runners.environments import Environments
from netparity.system.launch import Exit, LaunchError, Limits, launch
from netparity.system.logs import log_tail, printable
from netparity.weights import WeightSet

WITHOUT_IMAGES = tuple(phase for phase in PHASES if phase != "preprocess")
"""The phases of a run on a tensor."""


@dataclass(frozen=True)
class Graph:
    """A network that tools load or build from a file, rather than by its architecture's name.

    Attributes:
        file: network.json.
        weight_files: the network with its weights, or its weights alone, by network format.
        names: network format to node to the name of its output in the tool.
        mean_image: the mean image as .npy, if the preprocessing subtracts one.
        own_formats: by label, what a runner gets that loads a file of its own framework's.
    """

    file: Path
    weight_files: Mapping[str, Path]
    names: Mapping[str, Mapping[str, str]]
    mean_image: Path | None = None
    own_formats: Mapping[str, str] = field(default_factory=dict)

    def format_for(self, runner: Runner) -> str:
        """The network format that a runner gets."""
        return self.own_formats.get(runner.label, runner.network_format)


@dataclass(frozen=True)
class Assignment:
    """What is the same for every process of a run.

    Attributes:
        weight_files: weights by format, for the runners that build a VGG network by themselves.
        tensor: the shared input, N x H x W x C, which lies in the file `shared_input` too.
        options: what every extractor is told beside its runner's own keys.
        graph: the network's files for all other runners; None if there are none.
    """

    model: Network
    layers: Sequence[Layer]
    weights: WeightSet
    weight_files: Mapping[str, Path]
    images: Sequence[Path]
    tensor: npt.NDArray[np.float32]
    shared_input: Path
    threads: int
    warmup: int
    repeats: int
    timeout_seconds: float
    limits: Limits = field(default_factory=Limits)
    options: Mapping[str, str] = field(default_factory=dict)
    graph: Graph | None = None

    @property
    def kinds(self) -> tuple[InputKind, ...]:
        """The inputs that features are computed from: without images, only the shared one."""
        return ("shared", "native") if self.images else ("shared",)

    def graph_for(self, runner: Runner) -> Graph | None:
        """What a runner is told about the graph; None if it builds a VGG network by itself."""
        return None if runner.weights_format in self.weight_files else self.graph

    def name_for(self, runner: Runner, layer: Layer) -> str:
        """What a runner's extractor calls a layer."""
        graph = self.graph_for(runner)
        if graph is None:
            return runner.layer_name(layer)
        return graph.names[graph.format_for(runner)][layer.name]


@dataclass(frozen=True)
class Turn:
    """Whose turn it is: a runner's row, the round, the place in it; the machine's state before."""

    position: int
    round: int
    order: int
    calibration: Calibration | None = None


@dataclass(frozen=True)
class Outcome:
    """What one process did, and the arrays that it left."""

    record: Round
    folder: Path
    result: RunResult | None = None
    features: Features = field(default_factory=dict)
    native_input: FeatureFile | None = None


def execute(
    runner: Runner,
    assignment: Assignment,
    store: RunFolder,
    environments: Environments,
    turn: Turn,
) -> Outcome:
    """Run one extractor once; a failure becomes part of the record, never an exception.

    It is run a second time where the first one's timings do not count: it filled a cache.
    """
    folder = store.process_folder(turn.position, runner.label, turn.round)
    outcome = _execute(runner, assignment, store, environments, turn, folder)
    result = outcome.result
    if result is None or outcome.record.status != "ok" or runner.why_again(result) is None:
        return outcome
    (folder / "result.json").unlink()
    again = _execute(runner, assignment, store, environments, turn, folder)
    wasted = {"wasted_seconds": outcome.record.wall_seconds}
    return replace(again, record=again.record.model_copy(update=wasted))


def _execute(
    runner: Runner,
    assignment: Assignment,
    store: RunFolder,
    environments: Environments,
    turn: Turn,
    folder: Path,
) -> Outcome:
    log = folder / "log.txt"
    job = make_job(runner, assignment, folder)
    job_file = folder / "job.json"
    store.write_text(store.relative(job_file), job.model_dump_json(indent=1) + "\n")
    ended: Exit | None = None
    result: RunResult | None = None
    try:
        command = runner.command(environments, job_file, assignment.threads)
        ended = launch(command, folder, log, assignment.timeout_seconds, assignment.limits)
        phases = PHASES if assignment.images else WITHOUT_IMAGES
        result = read_result(folder / "result.json", ended, phases)
        features = check_features(job, result, folder, store, assignment.kinds)
        native_input = check_native_input(result, folder, store)
        reason = None
    except (ProcessFailedError, LaunchError) as error:
        features, native_input = {}, None
        result = getattr(error, "result", None) or result
        reason = printable(str(error)) + _under_limit(assignment.limits)
    finally:
        shutil.rmtree(folder / SCRATCH, ignore_errors=True)
    record = Round(
        round=turn.round,
        order=turn.order,
        status="failed" if reason else "ok",
        reason=reason,
        phases=_phases(result, ended),
        peak_rss_bytes=ended.peak_rss_bytes if ended else None,
        wall_seconds=ended.wall_seconds if ended else 0.0,
        log=store.relative(log),
        log_tail=log_tail(log) if reason else [],
        clock=result.clock if result else None,
        calibration=turn.calibration,
        layers=_layers(result, runner, assignment),
    )
    return Outcome(record, folder, result, features, native_input)


def _under_limit(limits: Limits) -> str:
    """What may well be the cause, and that tools name in many ways or not at all."""
    if limits.memory_bytes is None:
        return ""
    return f" (its memory was limited to {limits.memory_bytes / 2**30:.3g} GiB, --memory-limit)"


def make_job(runner: Runner, assignment: Assignment, folder: Path) -> Job:
    """What one process is told; its results go to `folder`."""
    network, count = assignment.model, len(assignment.tensor) or len(assignment.images)
    given = network.image.preprocessing
    graph = assignment.graph_for(runner)
    return Job(
        schema_version=1,
        runner=runner.name,
        label=runner.label,
        model=network.name,
        **_network_fields(runner, assignment),
        images=[str(path.absolute()) for path in assignment.images],
        shared_input=SharedInput(
            file=str(assignment.shared_input),
            shape=[count, *network.image.shape],
            channel_order=given.order if given is not None and graph is not None else "RGB",
        ),
        mean_rgb=list(network.mean_rgb),
        features=[
            FeatureRequest(
                name=layer.name,
                layer=assignment.name_for(runner, layer),
                shape=[count, *layer.output_shape],
            )
            for layer in assignment.layers
        ],
        data_format=runner.data_format,
        threads=assignment.threads,
        warmup=assignment.warmup,
        repeats=assignment.repeats,
        options={**runner.chosen, **assignment.options},
        output_dir=str(folder),
    )


def _network_fields(runner: Runner, assignment: Assignment) -> dict[str, Any]:
    """The network and its weights: as a VGG architecture, or as a graph."""
    network = assignment.model
    graph = assignment.graph_for(runner)
    format_ = runner.weights_format if graph is None else graph.format_for(runner)
    files = assignment.weight_files if graph is None else graph.weight_files
    weights = WeightsFile(
        file=str(files[format_]), format=format_, sha256=assignment.weights.sha256
    )
    if graph is None:
        widths = widths_of(network)
        assert widths is not None, "only a VGG network is built by its architecture"
        architecture = Architecture(
            blocks=[list(block) for block in widths.blocks],
            dense=list(widths.dense),
            classes=widths.classes,
            input_size=list(network.input_size),
        )
        return {"architecture": architecture, "weights": weights}
    given = network.image.preprocessing
    preprocessing = None
    if given is not None:
        mean_image = None if graph.mean_image is None else str(graph.mean_image)
        preprocessing = InputPreprocessing(**{**asdict(given), "mean_image": mean_image})
    return {
        "architecture": None,
        "network": str(graph.file),
        "preprocessing": preprocessing,
        "weights": weights,
    }


def _layers(
    result: RunResult | None, runner: Runner, assignment: Assignment
) -> dict[str, list[float]]:
    """Seconds up to each layer, by netparity's names; a tool may have layers that it has not."""
    seen = result.layers if result is not None else {}
    layers = assignment.model.layers
    names = ((layer.name, assignment.name_for(runner, layer)) for layer in layers)
    return {name: list(seen[theirs]) for name, theirs in names if theirs in seen}


def _phases(result: RunResult | None, ended: Exit | None) -> dict[str, list[float]]:
    """The extractor's seconds, and `startup`, which only the harness can see whole."""
    if result is None or ended is None:
        return {}
    phases = dict(result.phases)
    if result.ready_unix_seconds is not None:
        startup = result.ready_unix_seconds - ended.launched_unix_seconds
        # The system's clock can be set between the two readings.
        if 0 <= startup <= ended.wall_seconds:
            phases["startup"] = [startup]
    return phases
