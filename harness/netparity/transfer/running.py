"""netparity transfer: features of a dataset from every runner, a classifier on each, all pairs.

What is asked for is stored first and the features chunk by chunk, so that an interrupted transfer
goes on where it was.
"""

from __future__ import annotations

import csv
import io
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import ValidationError

from netparity.errors import InputError, SetupError, UsageError
from netparity.models import Model, model_called
from netparity.protocol.base import Frozen, InputKind
from netparity.results.folder import RunFolder, new_name
from netparity.run.acceptance import ProcessFailedError
from netparity.run.process import Assignment
from netparity.runners import RUNNERS, Runner, create_runners
from netparity.runners.environments import Environments
from netparity.timing import cpus_available
from netparity.transfer.classifier import cross_accuracy, split
from netparity.transfer.dataset import Dataset, open_dataset
from netparity.transfer.features import Extraction, code_that_ran, extract_all, features_file
from netparity.transfer.request import Request
from netparity.transfer.tables import FILES, Cell, Transfer
from netparity.watch import SILENT, Watch
from netparity.weights import WeightSet, resolve

DEFAULT_RUNNERS = ("keras3-tensorflow", "keras2-theano", "matconvnet-octave")
SETTINGS_FILE, INDEX_FILE, SKIPPED_FILE = "settings.json", "index.csv", "skipped.csv"


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


def run_transfer(request: Request, watch: Watch = SILENT) -> tuple[Transfer, Path]:
    """Extract, train, test and store; or go on with what was interrupted.

    Raises:
        NetparityError: for what is wrong with the request or the dataset. What goes wrong in a
            runner becomes part of the transfer.
        KeyboardInterrupt: passed on; `watch` is told how to go on.
    """
    if find_spec("sklearn") is None:
        raise SetupError(
            "netparity transfer trains with scikit-learn, which is not installed; install it with: "
            "pip install 'netparity[transfer]'"
        )
    store = _reopened(request.resume) if request.resume else None
    settings = _read(store) if store else _checked(request)
    model = model_called(settings.model)
    runners = create_runners(settings.runners, RUNNERS)
    weights = resolve(settings.weights, model, watch)
    if store is None:
        store = RunFolder.create(request.results, f"{new_name()}-transfer")
        settings = settings.model_copy(update={"weights_sha256": weights.sha256})
    begun = request.resume is not None
    try:
        dataset = _opened(settings, store, begun, watch)
    except InputError:
        if not begun:
            store.discard()
        raise
    extractions = list(
        _extractions(request, settings, model, weights, dataset, store, runners, watch)
    )
    try:
        failures = extract_from_all(runners, extractions, watch)
    except KeyboardInterrupt:
        watch.message(
            f"what was done is kept; go on with: netparity transfer --resume "
            f"{shlex.quote(str(store.path))}"
        )
        raise
    found = judge(settings, weights, dataset, store, runners, failures, watch)
    for name, render in FILES.items():
        store.write_text(name, render(found))
    return found, store.path


def extract_from_all(
    runners: Sequence[Runner], extractions: Sequence[Extraction], watch: Watch
) -> dict[str, str]:
    """By runner, why there are no features."""
    failures: dict[str, str] = {}
    for position, runner in enumerate(runners, start=1):
        reason = _unavailable(runner, extractions[0].environments, watch)
        if reason is None:
            try:
                for extraction in extractions:
                    images = len(extraction.assignment.images)
                    with watch.task(f"{runner.label}, {extraction.kind} input", images) as task:
                        for done in extract_all(runner, position, extraction):
                            task.advance(done)
            except ProcessFailedError as error:
                reason = str(error)
        if reason is not None:
            failures[runner.label] = reason
            watch.warning(f"{runner.label} has no features: {reason}")
    return failures


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


# --- before the first process ---------------------------------------------------------------


def _checked(request: Request) -> Settings:
    """The request as it is stored; cheap checks first.

    Raises:
        UsageError: naming what is out of range.
    """
    if not 0 < request.test_share < 1:
        raise UsageError(f"--test {request.test_share:g}: expected a share between 0 and 1")
    model = model_called(request.model)
    layers = model.select(request.feature)
    if len(layers) != 1:
        raise UsageError(f"--layer {request.feature!r}: a transfer takes a single layer")
    names = list(request.runners or DEFAULT_RUNNERS)
    create_runners(names, RUNNERS)
    return Settings(
        dataset=str(request.dataset.absolute()) if request.dataset is not None else None,
        runners=names,
        model=model.name,
        weights=request.weights,
        weights_sha256="",
        feature=layers[0].name,
        inputs=list(request.inputs),
        batch=request.batch,
        test_share=request.test_share,
        seed=request.seed,
        threads=request.threads or cpus_available(),
    )


def _reopened(folder: Path) -> RunFolder:
    if not (folder / SETTINGS_FILE).is_file():
        raise InputError(
            f"{folder} holds no {SETTINGS_FILE}: it is no transfer that could go on; give the "
            "folder that an interrupted transfer named"
        )
    return RunFolder(folder.absolute())


def _read(store: RunFolder) -> Settings:
    path = store.path / SETTINGS_FILE
    try:
        return Settings.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(f"{path} is damaged: {error}; start the transfer anew") from error


def _opened(settings: Settings, store: RunFolder, begun: bool, watch: Watch) -> Dataset:
    """The images, which must be those that the transfer began with."""
    source = Path(settings.dataset) if settings.dataset is not None else None
    dataset = open_dataset(source, store, watch)
    index = _csv(("row", "image", "class", "sha256"), _index(dataset))
    if begun:
        if (store.path / INDEX_FILE).read_text(encoding="utf-8") != index:
            raise InputError(
                f"the images of {dataset.name} have changed since the transfer began; start it anew"
            )
        return dataset
    store.write_text(INDEX_FILE, index)
    store.write_text(SKIPPED_FILE, _csv(("image", "reason"), dataset.skipped))
    # Last: a folder with settings can be gone on with.
    store.write_text(SETTINGS_FILE, settings.model_dump_json(indent=1) + "\n")
    return dataset


def _index(dataset: Dataset) -> Iterator[tuple[int, str, str, str]]:
    for row, item in enumerate(dataset.items):
        yield row, item.name, item.label, item.sha256


def _csv(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows(rows)
    return text.getvalue()


def _extractions(
    request: Request,
    settings: Settings,
    model: Model,
    weights: WeightSet,
    dataset: Dataset,
    store: RunFolder,
    runners: Sequence[Runner],
    watch: Watch,
) -> Iterator[Extraction]:
    if weights.sha256 != settings.weights_sha256:
        raise InputError(
            f"the weights {settings.weights} have changed since the transfer began; start it anew"
        )
    formats = sorted({runner.weights_format for runner in runners})
    every = Assignment(
        model=model,
        layers=model.select(settings.feature),
        weights=weights,
        weight_files={name: weights.file(name, watch) for name in formats},
        images=[item.path for item in dataset.items],
        tensor=np.zeros((0, *model.input_size, 3), dtype=np.float32),
        shared_input=store.path,
        threads=settings.threads,
        warmup=0,
        repeats=1,
        timeout_seconds=request.timeout_seconds,
    )
    for kind in settings.inputs:
        assignment = replace(every, options={"only": kind, "batch": str(settings.batch)})
        yield Extraction(assignment, kind, store, request.environments)


def _unavailable(runner: Runner, environments: Environments, watch: Watch) -> str | None:
    """Why a runner cannot run here, or None."""
    try:
        runner.prepare(environments, watch)
    except SetupError as error:
        return f"{error}\n{error.fix}"
    found = runner.availability(environments)
    return None if found.available else f"{found.reason}; {found.fix}"
