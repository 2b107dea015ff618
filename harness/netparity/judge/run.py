"""Parity of a stored run: every verdict, and what the runners' own preprocessing did."""

from __future__ import annotations

from dataclasses import dataclass

from netparity.judge.damaged import Damaged
from netparity.judge.inputs import compare_preprocessing
from netparity.judge.truths import native_passes, shared_truth, unique
from netparity.parity import Rule, compare_features
from netparity.protocol import NoiseFloor, ParityEntry, Preprocessing, Run
from netparity.results.features import ok_features
from netparity.results.folder import RunFolder
from netparity.watch import Watch
from netparity.weights.canonical import Tensors


@dataclass(frozen=True)
class Judgement:
    """What judging adds to a run."""

    parity: list[ParityEntry]
    floors: list[NoiseFloor]
    preprocessing: list[Preprocessing]


def judge_run(run: Run, store: RunFolder, weights: Tensors | None, watch: Watch) -> Judgement:
    """Judge every runner that succeeded, on both inputs.

    Without weights there is no reference for a runner's own input, and no local error. A feature
    of a runner whose file is missing or has been changed has the verdict `error`.

    Raises:
        InputError: if the shared input or the reference is missing or has been changed.
    """
    rule = run_rule(run)
    if weights is not None:
        weights = dict(weights)  # read once, used for every runner
    natives = native_passes(run, store, weights, watch)
    labels = {record.label for record in run.runners if record.status == "ok"}
    layers = len(run.settings.layers) * (1 + bool(natives))
    with watch.task("judging parity", layers if labels else 0) as task:
        damaged = Damaged(watch)
        shared = damaged.set_aside(ok_features(run, store, "shared"), "shared")
        truth = shared_truth(run, store, weights)
        truths = dict.fromkeys(shared, truth)
        entries = list(compare_features("shared", shared, truths, rule, done=task.advance))
        native = {
            label: features
            for label, features in ok_features(run, store, "native").items()
            if label in natives
        }
        native = damaged.set_aside(native, "native")
        native_truths = {label: each.truth for label, each in natives.items()}
        entries += compare_features(
            "native", native, native_truths, rule, local=False, done=task.advance
        )
    floors = [floor for floor in run.noise_floors if floor.input == "shared"]
    floors += [each.noise_floor(run.settings.layers) for each in unique(natives)]
    tensors = {label: each.truth.images for label, each in natives.items()}
    preprocessing = []
    if tensors:
        with watch.task("comparing the runners' own inputs"):
            preprocessing = compare_preprocessing(run, store, truth, tensors)
    return Judgement(damaged.named_in(entries), floors, preprocessing)


def run_rule(run: Run) -> Rule:
    """The rule that the run was started with."""
    settings = run.settings
    return Rule(
        factor=settings.floor_factor or Rule().factor,
        max_relative_l2=settings.max_relative_l2,
        atol=settings.atol,
        rtol=settings.rtol,
    )
