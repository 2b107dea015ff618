"""Before the first process: the request is checked and everything is laid out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from netparity._version import __version__
from netparity.errors import SetupError, UsageError
from netparity.inputs import MAX_IMAGES, SAMPLE_IMAGE, DecodedImage, check_tensor, decode, prepare
from netparity.judge.truths import SHARED_INPUT
from netparity.networks import Layer, Network
from netparity.parity import FLOOR_FACTOR, Rule
from netparity.protocol import Image, Run, RunnerRecord, Settings, Weights
from netparity.results.folder import RunFolder, array_hash, read_npy, utc_now
from netparity.results.network import store_network
from netparity.run.assignment import Assignment
from netparity.run.choosing import choose_runners
from netparity.run.kept_check import recall
from netparity.run.network import lacking, network_files
from netparity.run.request import (
    DEFAULT_BUDGET_SECONDS,
    DEFAULT_PRECISION,
    FIRST_REPEATS,
    Request,
)
from netparity.run.resolving import resolve_request
from netparity.runners import Availability, Runner
from netparity.runners.downloads import announce
from netparity.system.launch import Limits
from netparity.system.limits import parse_bytes, parse_cpus
from netparity.timing import Schedule, cpus_available, describe_machine
from netparity.watch import SILENT, Watch
from netparity.weights import WeightSet
from netparity.weights.model import default_features
from netparity.weights.network_files import is_known

LEAST_ROUNDS = 5
"""Of `--rounds auto`: fewer and the intervals are not what they say (docs/decisions/0004)."""


@dataclass(frozen=True)
class Plan:
    """A request in which nothing is wrong any more.

    Attributes:
        images: none if the network's input was given itself.
        tensor: the shared input, N x the network's input shape.
        warnings: what the user has to know about the choice of runners, a sentence each.
    """

    request: Request
    model: Network
    layers: tuple[Layer, ...]
    runners: list[Runner]
    images: list[DecodedImage]
    tensor: npt.NDArray[np.float32]
    weights: WeightSet
    threads: int
    limits: Limits
    schedule: Schedule
    warnings: tuple[str, ...] = ()


def make_plan(request: Request, watch: Watch = SILENT) -> Plan:
    """Check everything that the user gave; cheap checks first."""
    timeout = request.timeout_seconds
    if not 0 < timeout < math.inf:
        raise UsageError(f"--timeout {timeout}: expected a finite number of seconds above 0")
    if not 0 <= request.same_within < 1:
        raise UsageError(
            f"--same-within {request.same_within:g}: expected a share from 0 to below 1, as 0.05"
        )
    if request.schedule not in ("interleaved", "sequential"):
        raise UsageError(f"--schedule {request.schedule!r}: expected interleaved or sequential")
    Rule.from_tolerances(request.max_relative_l2, request.atol, request.rtol)
    schedule = make_schedule(request.rounds, request.precision, request.budget_seconds)
    limits = Limits(
        cpus=parse_cpus(request.affinity) if request.affinity else (),
        memory_bytes=parse_bytes(request.memory_limit) if request.memory_limit else None,
    )
    runners, warnings = choose_runners(request, watch)
    labels = [runner.label for runner in runners]
    if request.reference is not None and request.reference not in labels:
        raise UsageError(
            f"--reference {request.reference!r} is not among the runners: {', '.join(labels)}"
        )
    resolved = resolve_request(request, watch)
    if request.input is not None and request.images:
        raise UsageError("give images, or the network's input with --input, not both")
    paths = [] if request.input is not None else list(request.images) or [SAMPLE_IMAGE]
    if len(paths) > MAX_IMAGES:
        raise UsageError(f"{len(paths)} images; one comparison takes at most {MAX_IMAGES}")
    images = [decode(path) for path in paths]
    for image in images:
        for note in image.notes:
            watch.warning(f"{image.path.name}: {note}")
    model = resolved.network
    names = ",".join(default_features(model)) if request.layers is None else request.layers
    layers = model.select(names)
    weights = resolved.weights  # only now: they may take seconds to make
    threads = request.threads or len(limits.cpus) or cpus_available()
    if request.input is not None:
        tensor = check_tensor(read_npy(request.input), model)
    else:
        tensor = prepare(images, model, weights.tensors())
    return Plan(
        *(request, model, layers, runners, images, tensor, weights, threads, limits, schedule),
        warnings=warnings,
    )


def make_schedule(
    rounds: int | Literal["auto"], precision: float | None, budget_seconds: float | None
) -> Schedule:
    """How many rounds, from what was asked for.

    Raises:
        UsageError: if a number is out of range, or a precision is given for a fixed number.
    """
    if precision is not None and not 0 < precision < 1:
        raise UsageError(f"--precision {precision:g}: expected a share between 0 and 1, as 0.03")
    if budget_seconds is not None and not 0 < budget_seconds < math.inf:
        raise UsageError(f"--budget {budget_seconds:g}: expected a number of seconds above 0")
    if rounds == "auto":
        budget = budget_seconds or DEFAULT_BUDGET_SECONDS
        return Schedule(LEAST_ROUNDS, precision or DEFAULT_PRECISION, budget)
    if precision is not None:
        raise UsageError(f"--precision goes with --rounds auto, not with --rounds {rounds}")
    return Schedule(rounds, budget_seconds=budget_seconds)


def prepare_runners(plan: Plan, watch: Watch) -> dict[str, Availability]:
    """Make missing environments and find out which runners can run."""
    available = {}
    announce(plan.runners, plan.request.environments, watch)
    for runner in plan.runners:
        if (reason := lacking(plan.model, plan.layers, runner)) is not None:
            fix = "compare this network without this runner"
            available[runner.label] = Availability(False, reason, fix)
            continue
        try:
            runner.prepare(plan.request.environments, watch)
            available[runner.label] = runner.availability(plan.request.environments)
        except SetupError as error:
            available[runner.label] = Availability(False, str(error), error.fix)
    return available


def make_assignment(
    plan: Plan, available: Mapping[str, Availability], store: RunFolder, watch: Watch
) -> Assignment:
    """Write the inputs and convert the weights for the tools that will run."""
    for image, name in zip(plan.images, decoded_images(plan), strict=True):
        store.write_bytes(name, image.as_png())
    stored = store.write_array(SHARED_INPUT, plan.tensor, sealed=True)
    ready = [runner for runner in plan.runners if available[runner.label].available]
    graph, files = network_files(plan.weights, plan.layers, ready, store, watch, len(plan.tensor))
    return Assignment(
        model=plan.model,
        layers=plan.layers,
        weights=plan.weights,
        weight_files=files,
        images=[
            image.path if image.portable else store.path / name
            for image, name in zip(plan.images, decoded_images(plan), strict=True)
        ],
        tensor=plan.tensor,
        shared_input=store.path / stored.file,
        threads=plan.threads,
        warmup=plan.request.warmup,
        repeats=FIRST_REPEATS if plan.request.repeats is None else plan.request.repeats,
        timeout_seconds=plan.request.timeout_seconds,
        limits=plan.limits,
        graph=graph,
    )


def decoded_images(plan: Plan) -> list[str]:
    """Where each image's decoded pixels lie in the run's folder."""
    return [f"input/image-{number}.png" for number in range(1, len(plan.images) + 1)]


def begin_run(
    plan: Plan, available: Mapping[str, Availability], store: RunFolder, order_seed: int
) -> Run:
    """The run before anything has run, stored at once."""
    request = plan.request
    known = is_known(plan.model)
    machine = describe_machine()
    run = Run(
        schema_version=3,
        netparity_version=__version__,
        run_id=store.run_id,
        started=utc_now(),
        model=plan.model.name,
        network=None if known else store_network(plan.model, store),
        weights=Weights(
            kind=plan.weights.kind, sha256=plan.weights.sha256, source=plan.weights.source
        ),
        images=[
            Image(
                file=image.path.name,
                sha256=image.sha256,
                mode=image.mode,
                size=image.size,
                notes=image.notes,
                decoded=name,
            )
            for image, name in zip(plan.images, decoded_images(plan), strict=True)
        ]
        or _tensor_records(plan),
        machine=machine,
        timing_check=recall(machine),
        settings=Settings(
            layers=[layer.name for layer in plan.layers],
            rounds=plan.schedule.least,
            repeats=request.repeats,
            warmup=request.warmup,
            threads=plan.threads,
            precision=plan.schedule.precision,
            budget_seconds=plan.schedule.budget_seconds,
            affinity=list(plan.limits.cpus),
            memory_limit_bytes=plan.limits.memory_bytes,
            schedule="sequential",  # until the first round whose processes take turns
            timeout_seconds=request.timeout_seconds,
            order_seed=order_seed,
            ratio_reference=request.reference,
            same_within=request.same_within,
            floor_factor=FLOOR_FACTOR,
            max_relative_l2=request.max_relative_l2,
            atol=request.atol,
            rtol=request.rtol,
            command=list(request.command),
            named_runners=list(request.named_runners),
        ),
        runners=[_new_record(runner, available[runner.label]) for runner in plan.runners],
        warnings=[
            *plan.warnings,
            *(f"{image.path.name}: {note}" for image in plan.images for note in image.notes),
        ],
    )
    store.write_run(run)
    return run


def _tensor_records(plan: Plan) -> list[Image]:
    """What stands for the images where the network's input was given itself."""
    path = plan.request.input
    assert path is not None
    height, width = plan.model.input_size
    row = Image(file=path.name, sha256=array_hash(plan.tensor), mode="tensor", size=(width, height))
    return [row] * len(plan.tensor)


def _new_record(runner: Runner, availability: Availability) -> RunnerRecord:
    return RunnerRecord(
        label=runner.label,
        runner=runner.name,
        colour=runner.colour,
        options=runner.chosen,
        status="pending" if availability.available else "unavailable",
        reason=availability.reason or None,
        fix=availability.fix or None,
        versions=dict(availability.versions),
        data_format=runner.data_format,
    )
