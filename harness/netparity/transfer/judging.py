"""From the stored features to accuracies: a classifier per runner, tested on every runner's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from netparity.results.folder import RunFolder
from netparity.runners import Runner
from netparity.transfer.classifier import cross_accuracy, split
from netparity.transfer.dataset import Dataset
from netparity.transfer.features import code_that_ran, features_file
from netparity.transfer.settings import Settings
from netparity.transfer.tables import Cell, Transfer
from netparity.watch import Watch
from netparity.weights import WeightSet


def judge(
    settings: Settings,
    weights: WeightSet,
    dataset: Dataset,
    store: RunFolder,
    runners: Sequence[Runner],
    failures: dict[str, str],
    watch: Watch,
) -> Transfer:
    """Train on each runner's features, test on every runner's."""
    places = {
        runner.label: position
        for position, runner in enumerate(runners, start=1)
        if runner.label not in failures
    }
    codes = {
        label: code
        for label, position in places.items()
        if (code := code_that_ran(store, position, label, settings.inputs[0])) is not None
    }
    testing = split(dataset.labels, settings.seed, settings.test_share)
    cells: dict[str, list[Cell]] = {}
    with watch.task("training", len(places) * len(settings.inputs)) as task:
        for kind in settings.inputs:
            features = {
                label: store.read_plain_array(features_file(position, label, kind))
                for label, position in places.items()
            }
            cells[kind] = list(cross_accuracy(features, dataset.labels, testing, task.advance))
    counts = Counter(dataset.labels)
    tested = Counter(np.asarray(dataset.labels)[testing].tolist())
    described = "synthetic weights" if weights.kind == "synthetic" else "weights"
    return Transfer(
        name=store.run_id,
        title=f"{settings.model}, {described} {weights.source} ({weights.sha256[:12]}), "
        f"{settings.feature}, {dataset.name}",
        synthetic=weights.kind == "synthetic",
        feature=settings.feature,
        classes=dict(sorted(counts.items())),
        trained=int((~testing).sum()),
        tested=int(testing.sum()),
        chance=max(tested.values()) / int(testing.sum()),
        skipped=len(dataset.skipped),
        cells=cells,
        codes=codes,
        failures=failures,
    )
