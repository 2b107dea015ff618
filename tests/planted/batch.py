"""Many cases, one process of the real tool: `run_cases`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from netparity.inputs import SAMPLE_IMAGE
from netparity.networks import Layer, Network
from netparity.protocol import Job
from netparity.run.assignment import Assignment
from netparity.run.jobs import make_job
from netparity.runners import RUNNERS, Runner, create_runners
from netparity.runners.environments import Environments
from netparity.system.launch import Command, Exit, launch
from netparity.system.logs import log_tail
from netparity.weights import FORMATS, WeightSet
from tests.planted.plants import Plant, check, dropout_mask, expand, next_layer

HERE = Path(__file__).resolve().parent
TOOLS = (
    "keras3-tensorflow",
    "keras3-jax",
    "keras2-theano",
    "keras2-theano[data_format=channels_first]",
    "matconvnet-octave",
)
DIRECT = "keras3-tensorflow[call=direct]"
"""The same network, called in the quickest way where many cases are run."""

Array = npt.NDArray[np.float32]
# Canonical tensors, or a file that the tool loads as it is.
WeightSource = Mapping[str, Array] | Path


@dataclass(frozen=True)
class Case:
    """One network, one input, and the mistakes to make; none for a clean run.

    Attributes:
        tensor: the shared input, N x H x W x 3 float32, RGB, mean subtracted.
        images: what the tool reads by itself; they need not be N.
        layers: whose features are wanted, by netparity's names; None for all.
        other_weights: what is loaded in place of `weights` by the mistake `weights-other`.
    """

    model: Network
    weights: WeightSource
    tensor: Array
    plants: tuple[Plant, ...] = ()
    images: tuple[Path, ...] = (SAMPLE_IMAGE,)
    layers: tuple[str, ...] | None = None
    other_weights: WeightSource | None = None

    @property
    def wanted(self) -> list[Layer]:
        """The layers whose features are handed back."""
        if self.layers is None:
            return list(self.model.layers)
        return [layer for layer in self.model.layers if layer.name in self.layers]


@dataclass(frozen=True)
class CaseResult:
    """What one case left; without `error`, a feature of either input for every wanted layer.

    Attributes:
        shared, native: layer name to N x H x W x C or N x K.
        native_input: N x H x W x 3 RGB, as it entered the network.
        folder: where job.json, result.json and the arrays lie.
    """

    plants: tuple[Plant, ...]
    folder: Path
    shared: dict[str, Array] = field(default_factory=dict)
    native: dict[str, Array] = field(default_factory=dict)
    native_input: Array | None = None
    error: str | None = None


def run_cases(
    tool: str,
    cases: Sequence[Case],
    folder: Path,
    *,
    environments: Environments | None = None,
    threads: int = 1,
    timeout_seconds: float = 1800.0,
) -> list[CaseResult]:
    """Run every case in one process of the tool, one after another; results in the same order.

    A case that fails does not end the others. If the process dies, those that it did not come
    to have an error that says so. The log is `folder`/log.txt.

    Raises:
        ValueError: if a plant does not fit its model or the tool.
    """
    if tool not in (*TOOLS, DIRECT):
        raise ValueError(f"there is no tool {tool!r}; there are {TOOLS}")
    for case in cases:
        _check(case, tool)
    (runner,) = create_runners([tool], RUNNERS)
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    weights = _WeightFiles(runner, folder)
    jobs = [
        _write_case(runner, case, weights, folder / f"case-{number:04d}", threads)
        for number, case in enumerate(cases)
    ]
    cases_file = folder / "cases.json"
    cases_file.write_text(json.dumps([str(job) for job in jobs]))
    log = folder / "log.txt"
    log.unlink(missing_ok=True)
    command = _command(runner, environments or Environments(), cases_file, threads)
    ended = launch(command, folder, log, timeout_seconds)
    return [_read(case, job.parent, ended, log) for case, job in zip(cases, jobs, strict=True)]


def _check(case: Case, tool: str) -> None:
    check(case.plants, case.model, tool)
    if case.tensor.dtype != np.float32 or case.tensor.shape[1:] != (*case.model.input_size, 3):
        raise ValueError(f"the tensor is {case.tensor.dtype} of shape {case.tensor.shape}")
    for name in case.layers or ():
        case.model.layer(name)
    if _loads_other(case) and case.other_weights is None:
        raise ValueError("the mistake weights-other needs the case's other_weights")


def _loads_other(case: Case) -> bool:
    return any(plant.mistake == "weights-other" for plant in case.plants)


def _command(runner: Runner, environments: Environments, cases_file: Path, threads: int) -> Command:
    """The runner's own command with our script in place of the extractor's."""
    command = runner.command(environments, cases_file, threads)
    *program, script, _ = command.arguments
    if runner.tool == "keras":
        planter = [HERE / "keras_planter.py", script]
    else:
        planter = [HERE / "octave" / "planted_main.m", Path(script).parent]
    return Command([*program, *map(str, planter), str(cases_file)], command.environment)


class _WeightFiles:
    """Each set of weights written once, however many cases use it."""

    def __init__(self, runner: Runner, folder: Path) -> None:
        self._folder = folder
        self._format = next(item for item in FORMATS if runner.weights_format == item.name)
        # The source is kept too: its id must not come to stand for another.
        self._written: dict[tuple[int, str], tuple[WeightSource, Path]] = {}

    def path(self, source: WeightSource, model: Network) -> Path:
        if isinstance(source, Path):
            return source.absolute()
        key = (id(source), repr(model))
        if key not in self._written:
            name = f"weights-{len(self._written):04d}{self._format.suffixes[0]}"
            self._format.write(self._folder / name, model, source)
            self._written[key] = (source, self._folder / name)
        return self._written[key][1]


def _write_case(
    runner: Runner, case: Case, weights: _WeightFiles, folder: Path, threads: int
) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "result.json").unlink(missing_ok=True)
    np.save(folder / "shared-input.npy", case.tensor)
    source = case.other_weights if _loads_other(case) else case.weights
    assert source is not None
    job = _job(runner, case, weights.path(source, case.model), folder, threads)
    (folder / "job.json").write_text(job.model_dump_json(indent=1) + "\n")
    (folder / "planted.json").write_text(json.dumps(_plan(runner, case, folder), indent=1))
    return folder / "job.json"


def _requested(case: Case) -> list[Layer]:
    """The wanted layers, and those that an exporter that is off by one reaches for."""
    model = case.model
    names = {layer.name for layer in case.wanted}
    for plant in case.plants:
        if plant.mistake == "off-by-one" and plant.place in names:
            behind = next_layer(model, model.layer(plant.place))
            assert behind is not None
            names.add(behind.name)
    return [layer for layer in model.layers if layer.name in names]


def _job(runner: Runner, case: Case, weights: Path, folder: Path, threads: int) -> Job:
    assignment = Assignment(
        model=case.model,
        layers=_requested(case),
        weights=WeightSet(case.model, "synthetic", "planted", "0" * 64, folder),
        weight_files={runner.weights_format: weights},
        # `make_job` expects an image for each row of the tensor; those of a case need not be N.
        images=[SAMPLE_IMAGE] * len(case.tensor),
        tensor=case.tensor,
        shared_input=folder / "shared-input.npy",
        threads=threads,
        warmup=0,
        repeats=1,
        timeout_seconds=0.0,
    )
    job = make_job(runner, assignment, folder)
    return job.model_copy(update={"images": [str(path.absolute()) for path in case.images]})


def _plan(runner: Runner, case: Case, folder: Path) -> dict[str, object]:
    """What the planter inside the tool is told: places in the tool's own names."""
    model = case.model
    named = {layer.name: layer.names[runner.tool] for layer in model.layers}
    for plant in case.plants:
        if plant.mistake == "dropout":
            mask = dropout_mask(model, plant.place, max(len(case.tensor), len(case.images)))
            np.save(folder / f"mask-{named[plant.place]}.npy", mask)
    return {
        "folder": str(folder),
        "mean_rgb": list(model.mean_rgb),
        "plants": [
            {"mistake": plant.mistake, "place": named.get(plant.place, plant.place)}
            for plant in expand(case.plants, model)
            if plant.mistake != "weights-other"
        ],
    }


def _read(case: Case, folder: Path, ended: Exit, log: Path) -> CaseResult:
    try:
        result = json.loads((folder / "result.json").read_text())
    except (FileNotFoundError, ValueError):
        result = {"status": "missing"}
    if result["status"] == "failed":
        error = f"{result['error']['kind']}: {result['error']['message']}"
        return CaseResult(case.plants, folder, error=error)
    if result["status"] != "ok":
        tail = "\n".join(log_tail(log))
        error = f"no result ({result['status']}): the process {ended.words}\n{tail}"
        return CaseResult(case.plants, folder, error=error)
    features: dict[str, dict[str, Array]] = {
        kind: {
            layer.name: _shaped(
                np.load(folder / result["features"][kind][layer.name]["file"]), layer
            )
            for layer in case.wanted
        }
        for kind in ("shared", "native")
    }
    native_input = np.load(folder / result["native_input"]["file"])
    return CaseResult(case.plants, folder, features["shared"], features["native"], native_input)


def _shaped(array: Array, layer: Layer) -> Array:
    """Octave keeps N x 1 x 1 x K where the number of images is not that of the shared input."""
    return array.reshape(len(array), *layer.output_shape)
