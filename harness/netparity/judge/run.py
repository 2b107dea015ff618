"""Parity of a run, from what the run has stored: every verdict, and what the preprocessing did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netparity.errors import InputError
from netparity.judge.inputs import compare_preprocessing
from netparity.models import MODELS, Model
from netparity.parity import (
    FEWER_ORDERS,
    ORDERS,
    LayerFloor,
    ReferencePass,
    Rule,
    Truth,
    compare_features,
)
from netparity.protocol import (
    FloorEntry,
    InputKind,
    NoiseFloor,
    ParityEntry,
    Preprocessing,
    Run,
    RunnerRecord,
)
from netparity.results.features import ok_features, stored_features
from netparity.results.folder import RunFolder
from netparity.watch import Watch
from netparity.weights.canonical import Tensors

SHARED_INPUT = "input/shared.npy"


@dataclass(frozen=True)
class Judgement:
    """What judging adds to a run."""

    parity: list[ParityEntry]
    floors: list[NoiseFloor]
    preprocessing: list[Preprocessing]


def judge_run(run: Run, store: RunFolder, weights: Tensors | None, watch: Watch) -> Judgement:
    """Judge every runner that succeeded, on both inputs.

    Without weights there is no reference for a runner's own input, and no local error.

    Raises:
        InputError: if something stored is missing or has been changed.
    """
    rule = run_rule(run)
    if weights is not None:
        weights = dict(weights)  # read once: every runner's layers are computed with them
    natives = native_passes(run, store, weights)
    labels = {record.label for record in run.runners if record.status == "ok"}
    layers = len(run.settings.layers) * (1 + bool(natives))
    with watch.task("judging parity", layers if labels else 0) as task:
        shared = ok_features(run, store, "shared")
        truth = shared_truth(run, store, weights)
        truths = dict.fromkeys(shared, truth)
        entries = list(compare_features("shared", shared, truths, rule, done=task.advance))
        native = {
            label: features
            for label, features in ok_features(run, store, "native").items()
            if label in natives
        }
        native_truths = {label: one.truth for label, one in natives.items()}
        entries += compare_features(
            "native", native, native_truths, rule, local=False, done=task.advance
        )
    floors = [floor for floor in run.noise_floors if floor.input == "shared"]
    floors += [one.noise_floor(run.settings.layers) for one in unique(natives)]
    tensors = {label: one.truth.images for label, one in natives.items()}
    preprocessing = []
    if tensors:
        with watch.task("comparing the runners' own inputs"):
            preprocessing = compare_preprocessing(run, store, truth, tensors)
    return Judgement(entries, floors, preprocessing)


def run_rule(run: Run) -> Rule:
    """The rule that the run was asked to judge by."""
    settings = run.settings
    return Rule(
        factor=settings.floor_factor or Rule().factor,
        max_relative_l2=settings.max_relative_l2,
        atol=settings.atol,
        rtol=settings.rtol,
    )


def run_model(run: Run) -> Model:
    """The run's model.

    Raises:
        InputError: if this netparity does not know it.
    """
    if run.model not in MODELS:
        raise InputError(f"the run is of model {run.model!r}; known are {', '.join(MODELS)}")
    return MODELS[run.model]


def shared_truth(run: Run, store: RunFolder, weights: Tensors | None) -> Truth:
    """What the shared input's features are judged against: stored when the run began."""
    floors = next((floor.layers for floor in run.noise_floors if floor.input == "shared"), [])
    return Truth(
        model=run_model(run),
        images=read_shared_input(store),
        reference=stored_features(run.reference_features, store),
        floors={entry.feature: entry.relative_l2 for entry in floors},
        weights=weights,
    )


def read_shared_input(store: RunFolder) -> npt.NDArray[np.float32]:
    """The shared tensor, N x H x W x 3 float32.

    Raises:
        InputError: if it is missing or damaged.
    """
    return store.read_plain_array(SHARED_INPUT)


@dataclass(frozen=True)
class NativePass:
    """The reference on the tensor that one or several runners made from the image."""

    labels: list[str]
    truth: Truth
    reference: ReferencePass

    def noise_floor(self, layers: list[str]) -> NoiseFloor:
        """The floors of the layers passed so far."""
        floors = self.reference.layer_floors
        return noise_floor("native", self.labels, floors, layers, len(FEWER_ORDERS))


def native_passes(run: Run, store: RunFolder, weights: Tensors | None) -> dict[str, NativePass]:
    """For every runner that succeeded, the reference on its own input; equal inputs share one."""
    if weights is None:
        return {}
    model = run_model(run)
    expected = (len(run.images), *model.input_size, 3)
    by_hash: dict[str, NativePass] = {}
    found: dict[str, NativePass] = {}
    for record in run.runners:
        tensor = native_tensor(record, store)
        if tensor is None or tensor.shape != expected or not np.isfinite(tensor).all():
            continue
        assert record.native_input is not None
        sha256 = record.native_input.sha256
        if sha256 not in by_hash:
            reference = ReferencePass(model, weights, tensor, FEWER_ORDERS)
            truth = Truth(model, tensor, reference, reference.floors, weights)
            by_hash[sha256] = NativePass([], truth, reference)
        by_hash[sha256].labels.append(record.label)
        found[record.label] = by_hash[sha256]
    return found


def native_tensor(record: RunnerRecord, store: RunFolder) -> npt.NDArray[np.float32] | None:
    """The tensor that a runner made from the image; None if it failed or left none."""
    if record.status != "ok" or record.native_input is None:
        return None
    return store.read_array(record.native_input)


def unique(natives: Mapping[str, NativePass]) -> Iterator[NativePass]:
    """Every pass once."""
    seen: list[NativePass] = []
    for one in natives.values():
        if not any(one is other for other in seen):
            seen.append(one)
            yield one


def noise_floor(
    kind: InputKind,
    labels: list[str],
    floors: Mapping[str, LayerFloor],
    layers: list[str],
    passes: int = len(ORDERS),
) -> NoiseFloor:
    """Measured floors as they are stored, for the layers that were asked for."""
    return NoiseFloor(
        input=kind,
        labels=labels,
        passes=passes,
        layers=[
            FloorEntry(
                feature=name,
                relative_l2=floors[name].relative_l2,
                ulp=floors[name].ulp,
                bound=floors[name].bound,
            )
            for name in layers
            if name in floors
        ],
    )
