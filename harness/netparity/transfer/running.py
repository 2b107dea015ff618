"""netparity transfer: features of a dataset from every runner, a classifier on each, all pairs.

What is asked for is stored first and the features chunk by chunk, so that an interrupted transfer
goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from netparity.errors import InputError, SetupError
from netparity.networks import Network
from netparity.results.folder import RunFolder, new_name
from netparity.run.acceptance import ProcessFailedError
from netparity.run.assignment import Assignment
from netparity.run.many.beginning import why_unavailable, write_settings
from netparity.run.network import lacking, network_files
from netparity.runners import Runner, create_runners, known_runners
from netparity.runners.named_networks import named_networks
from netparity.system.kept import kept, kept_words
from netparity.transfer.dataset import Dataset, open_dataset
from netparity.transfer.features import Extraction, extract_all
from netparity.transfer.index import check_index, write_index
from netparity.transfer.judging import judge
from netparity.transfer.request import Request
from netparity.transfer.settings import (
    Settings,
    check_request,
    read_settings,
    reopen,
)
from netparity.transfer.tables import FILES, Transfer
from netparity.watch import SILENT, Watch
from netparity.weights import WeightSet
from netparity.weights.model import resolve_model


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
    store = reopen(request.resume) if request.resume else None
    settings = read_settings(store) if store else check_request(request, watch)
    runners = create_runners(settings.runners, known_runners())
    named = named_networks(settings.model, settings.weights, request.environments)
    weights = resolve_model(*named, watch).weights
    model = weights.model
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
    sentence = kept_words("go on with", "netparity transfer --resume", store.path)
    try:
        with kept(lambda: sentence):
            failures = extract_from_all(runners, extractions, watch)
    except KeyboardInterrupt:
        watch.message(sentence)
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
        given = extractions[0].assignment
        reason = lacking(given.model, given.layers, runner)
        if reason is None:
            reason = why_unavailable(runner, extractions[0].environments, watch)
        if reason is None:
            try:
                for extraction in extractions:
                    images = len(extraction.assignment.images)
                    with watch.task(f"{runner.label}, {extraction.kind} input", images) as task:
                        for done in extract_all(runner, position, extraction, watch):
                            task.advance(done)
            except ProcessFailedError as error:
                reason = str(error)
        if reason is not None:
            failures[runner.label] = reason
            watch.warning(f"{runner.label} has no features: {reason}")
    return failures


def _opened(settings: Settings, store: RunFolder, begun: bool, watch: Watch) -> Dataset:
    """The images, which must be those that the transfer began with."""
    source = Path(settings.dataset) if settings.dataset is not None else None
    dataset = open_dataset(source, store, watch)
    if begun:
        check_index(dataset, store)
    else:
        write_index(dataset, store)
        write_settings(settings, store)  # last: a folder with settings can be resumed
    return dataset


def _extractions(
    request: Request,
    settings: Settings,
    model: Network,
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
    layers = model.select(settings.feature)
    able = [runner for runner in runners if lacking(model, layers, runner) is None]
    graph, files = network_files(weights, layers, able, store, watch)
    every = Assignment(
        model=model,
        layers=layers,
        weights=weights,
        weight_files=files,
        images=[item.path for item in dataset.items],
        tensor=np.zeros((0, *model.image.shape), dtype=np.float32),
        shared_input=store.path,
        threads=settings.threads,
        warmup=0,
        repeats=1,
        timeout_seconds=request.timeout_seconds,
        graph=graph,
    )
    for kind in settings.inputs:
        yield Extraction(every, kind, settings.batch, store, request.environments)
