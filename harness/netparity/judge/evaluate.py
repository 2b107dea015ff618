"""Parity, timing and report of a stored run, from its files alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from netparity import report
from netparity.errors import InputError
from netparity.judge.run import judge_run
from netparity.networks import Cost, costs
from netparity.protocol import HardwareLimit, Run
from netparity.results.folder import RunFolder
from netparity.results.network import run_network
from netparity.results.outcomes import parity_passed
from netparity.results.seconds import (
    calibrations,
    ok_joules,
    ok_layers,
    ok_phases,
    ok_ticks,
    ok_turns,
    ok_usages,
    round_nodes,
)
from netparity.timing import (
    cautions,
    hardware_limit,
    node_cautions,
    per_layer,
    summarise,
    usage_cautions,
)
from netparity.watch import SILENT, Watch
from netparity.weights import recall
from netparity.weights.canonical import Tensors


def evaluate(run: Run, store: RunFolder, weights: Tensors | None, watch: Watch = SILENT) -> Run:
    """Parity and timing from the stored files, whether the run finished or was interrupted."""
    # It stays pending. One whose next process was cut off still has complete rounds.
    for record in run.runners:
        if record.status == "pending":
            reason = "the run ended before this runner's turn"
            run = run.with_runner(record.label, {"reason": reason})
    try:
        judgement = judge_run(run, store, weights, watch)
    except ValueError as error:
        raise InputError(f"the stored features of {store.path} do not fit: {error}") from error
    judged = run.model_copy(update={"parity": judgement.parity})
    timing = list(
        summarise(
            ok_phases(run),
            *ratio_reference(judged),
            ok_turns(run),
            ok_usages(run),
            run.settings.same_within,
            ok_joules(run),
            round_nodes(run),
        )
    )
    limit = machine_limit(run, store)
    changes = {
        "cautions": list(timing_cautions(run)),
        "limit": limit,
        "layer_timing": list(per_layer(ok_layers(run), layer_costs(run, store), limit)),
        "parity": judgement.parity,
        "noise_floors": judgement.floors,
        "preprocessing": judgement.preprocessing,
        "timing": timing,
    }
    return run.model_copy(update=changes)


def reopen(path: Path, watch: Watch = SILENT, remake: bool = True) -> tuple[Run, RunFolder]:
    """Read a stored run, judge it if it was interrupted, and optionally `remake` its files.

    Raises:
        NetparityError: if there is no readable run, or the folder cannot be written.
    """
    store = RunFolder.open(path)
    run = store.read_run()
    if run.finished is None:
        run = evaluate(run, store, recall_weights(run, store, watch), watch)
    if remake:
        write_report(run, store, watch)
    return run, store


def write_report(run: Run, store: RunFolder, watch: Watch = SILENT) -> None:
    """Store the run with its tables, plots and page."""
    with watch.task("tables and page"):
        report.write(run, store)


def recall_weights(run: Run, store: RunFolder, watch: Watch) -> Tensors | None:
    """The weights of a stored run, or None with a warning if they are missing."""
    try:
        weights = run.weights
        return recall(
            run_network(run, store), weights.kind, weights.source, weights.sha256
        ).tensors()
    except InputError as error:
        watch.warning(f"{error}; local errors and native features are not judged")
        return None


def ratio_reference(run: Run) -> tuple[str | None, list[str]]:
    """The label that timings are compared with, and the labels that passed parity.

    The former is the requested one, or the first that passed.
    """
    ranked = [label for label in ok_phases(run) if parity_passed(run, label)]
    requested = run.settings.ratio_reference
    if requested is not None:
        return (requested if requested in ranked else None), ranked
    return next(iter(ranked), None), ranked


def machine_limit(run: Run, store: RunFolder) -> HardwareLimit | None:
    """The hardware limit for the layers that every runner has to compute."""
    return hardware_limit(layer_costs(run, store), calibrations(run))


def layer_costs(run: Run, store: RunFolder) -> list[Cost]:
    """The minimum cost of the layers up to the last feature."""
    return list(costs(run_network(run, store), len(run.images), run.settings.layers))


def timing_cautions(run: Run) -> Iterator[str]:
    """Sentences about what limits the conclusions from the `predict` timings."""
    if run.measured_beside:
        yield (
            "Another comparison was measuring on this machine at the same time, which spoils the "
            "timings of both: repeat this one alone."
        )
    predict = {label: phases.get("predict", {}) for label, phases in ok_phases(run).items()}
    yield from cautions(predict, ok_ticks(run), calibrations(run))
    usages = {label: phases.get("predict", {}) for label, phases in ok_usages(run).items()}
    yield from usage_cautions(predict, usages)
    yield from node_cautions(round_nodes(run))
