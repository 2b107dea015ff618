"""What is the same for every chunk: the network, the runners that can run, and their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from netparity.dataset.request import Request
from netparity.dataset.settings import Settings, settings_of
from netparity.errors import InputError, UsageError
from netparity.networks import Layer, Network
from netparity.results.folder import RunFolder
from netparity.run import resolving
from netparity.run.assignment import Assignment
from netparity.run.many.beginning import why_unavailable
from netparity.run.many.chunks import Prepared, bytes_of_image, chunk_size
from netparity.run.many.sources import Source
from netparity.run.network import lacking, network_files
from netparity.run.options_without_effect import ignored_threads
from netparity.runners import (
    DEFAULT_RUNNERS,
    Runner,
    create_runners,
    known_runners,
    unusable_runners,
    with_all,
)
from netparity.timing import cpus_available
from netparity.watch import Watch
from netparity.weights import WeightSet
from netparity.weights.model import default_features


@dataclass(frozen=True)
class Workplace:
    """A request in which nothing is wrong any more.

    Attributes:
        failures: by label, why a runner cannot run here.
    """

    settings: Settings
    source: Source
    weights: WeightSet
    layers: tuple[Layer, ...]
    runners: Sequence[Runner]
    failures: Mapping[str, str]

    @property
    def network(self) -> Network:
        """The network that every runner computes."""
        return self.weights.model

    @property
    def chunk_bytes(self) -> int:
        """Of the inputs and features of a chunk, on disk; two of each for both inputs."""
        settings = self.settings
        each = bytes_of_image(self.network, settings.features)
        return each * settings.chunk * len(settings.inputs)

    @property
    def able(self) -> list[tuple[int, Runner]]:
        """The runners that can run, each with its row."""
        return [
            (position, runner)
            for position, runner in enumerate(self.runners, start=1)
            if runner.label not in self.failures
        ]


def open_workplace(request: Request, source: Source, watch: Watch) -> Workplace:
    """Check what was asked for, and make ready the runners.

    Raises:
        NetparityError: for anything that is wrong with the request.
    """
    kinds = known_runners()
    rows = with_all(request.runners or DEFAULT_RUNNERS, kinds, request.environments)
    runners = create_runners(rows.texts, kinds)
    for warning in (
        *unusable_runners(),
        *rows.left_out,
        *ignored_threads(request.threads, runners),
    ):
        watch.warning(warning)
    resolved = resolving.resolve_request(request, watch)
    network, weights = resolved.network, resolved.weights
    if network.image.preprocessing is None:
        raise UsageError(
            f"{network.name} does not say what is done to an image before its input "
            f"{network.image.name!r}; give --preprocess caffe, tf, torch or none"
        )
    names = ",".join(default_features(network)) if request.layers is None else request.layers
    layers = network.select(names)
    features = [layer.name for layer in layers]
    settings = settings_of(
        request,
        runners=rows.texts,
        threads=request.threads or cpus_available(),
        features=features,
        chunk=chunk_size(network, features, request.chunk),
        grouped=request.chunk is None and not request.keep,
        images=len(source.names),
        weights_kind=weights.kind,
        weights_source=str(weights.source),
        weights_sha256=weights.sha256,
    )
    _ = settings.rule  # refuses what is out of range
    failures = {}
    for runner in runners:
        reason = lacking(network, layers, runner) or why_unavailable(
            runner, request.environments, watch
        )
        if reason is not None:
            failures[runner.label] = reason
            watch.warning(f"{runner.label} cannot run: {reason}")
    return Workplace(settings, source, weights, layers, runners, failures)


def check_unchanged(found: Settings, stored: Settings) -> None:
    """See that a data set that is resumed is what it was.

    Raises:
        InputError: if the weights or the number of images have changed.
    """
    if found.weights_sha256 != stored.weights_sha256:
        raise InputError(
            f"the weights {stored.weights_source} have changed since the data set was begun; begin "
            "it anew"
        )
    if found.images != stored.images:
        raise InputError(
            f"there are {found.images:,} images, but there were {stored.images:,} when the data "
            "set was begun; begin it anew"
        )


def assignment_for(
    place: Workplace, request: Request, store: RunFolder, watch: Watch
) -> Assignment:
    """What every process is told, without images; writes the network for the tools."""
    runners = [runner for _, runner in place.able]
    graph, files = network_files(place.weights, place.layers, runners, store, watch)
    return Assignment(
        model=place.network,
        layers=place.layers,
        weights=place.weights,
        weight_files=files,
        images=[],
        tensor=np.zeros((0, *place.network.image.shape), dtype=np.float32),
        shared_input=store.path,
        threads=place.settings.threads,
        warmup=0,
        repeats=1,
        timeout_seconds=request.timeout_seconds,
        graph=graph,
    )


def given(assignment: Assignment, prepared: Prepared, shared_input: Path) -> Assignment:
    """The assignment with some images, whose tensor is in a file."""
    return replace(assignment, images=prepared.paths, shared_input=shared_input)
