"""Before the first process: the request is checked and everything is laid out."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from netparity._version import __version__
from netparity.errors import SetupError, UsageError
from netparity.inputs import MAX_IMAGES, SAMPLE_IMAGE, DecodedImage, decode, shared_tensor
from netparity.models import Layer, Model, model_called
from netparity.parity import FLOOR_FACTOR, Rule
from netparity.protocol import Image, Run, RunnerRecord, Settings, Weights
from netparity.results.folder import RunFolder, utc_now
from netparity.run.process import Assignment
from netparity.runners import DEFAULT_RUNNERS, RUNNERS, Availability, Runner, create_runners
from netparity.runners.base import COMPILE_CACHE
from netparity.runners.environments import Environments
from netparity.runners.matconvnet import CODE_CHOICES
from netparity.system.launch import Limits
from netparity.system.limits import parse_bytes, parse_cpus
from netparity.timing import Schedule, cpus_available, describe_machine
from netparity.watch import SILENT, Watch
from netparity.weights import WeightSet, resolve

LEAST_ROUNDS = 5
"""Of `--rounds auto`: fewer and the intervals are not what they say (docs/decisions/0004)."""
DEFAULT_PRECISION = 0.03
DEFAULT_BUDGET_SECONDS = 300.0


@dataclass(frozen=True)
class Request:
    """What `netparity compare` is asked for; every default is the command line's.

    Attributes:
        images: files of any size; none for the sample image.
        runners: what to compare, as `keras3-tensorflow` or `keras2-theano[label=a]`; none for
            every tool.
        model: one that netparity knows, as vgg16 or vgg16-tiny.
        weights: `synthetic:SEED`, or a weight file.
        layers: names with commas in between, or all; None for the model's usual ones.
        rounds: processes of each runner, or auto: until the ratios are as precise as wanted.
        precision: half-width of a ratio's interval that ends `rounds="auto"`, as 0.03.
        budget_seconds: after so many no more rounds begin.
        repeats: predictions timed in each process.
        warmup: predictions before those, not counted.
        threads: of each tool; None for one per processor.
        affinity: processors to run on, as `0-3,6`.
        memory_limit: what each process may ask for, in bytes, as `8G`.
        compile_cache: cold or warm: what Theano finds compiled already.
        per_layer: whether every layer is timed too, after everything else.
        reference: the label that timings are put in ratio to; None for the first that passes.
        matconvnet: auto, compat or require: MatConvNet itself, or the compatibility functions.
        matconvnet_root: the folder of your own MatConvNet.
        max_relative_l2: a feature passes up to this relative L2 error, instead of by its noise
            floor.
        atol: a feature passes if |x - r| <= atol + rtol |r| for every value, instead; in the
            feature's unit.
        rtol: see `atol`.
        results: the folder that gets the run's folder.
        timeout_seconds: that each process may take.
        environments: where each tool's Python is.
        command: as it was typed, to be stored.
        begun_monotonic: when the program began, so that its imports count as its own time.
    """

    images: Sequence[Path] = ()
    runners: Sequence[str] = ()
    model: str = "vgg16"
    weights: str = "synthetic:0"
    layers: str | None = None
    rounds: int | Literal["auto"] = 5
    precision: float | None = None
    budget_seconds: float | None = None
    repeats: int = 5
    warmup: int = 1
    threads: int | None = None
    affinity: str | None = None
    memory_limit: str | None = None
    compile_cache: str | None = None
    per_layer: bool = False
    reference: str | None = None
    matconvnet: str | None = None
    matconvnet_root: Path | None = None
    max_relative_l2: float | None = None
    atol: float | None = None
    rtol: float | None = None
    results: Path = Path("results")
    timeout_seconds: float = 600.0
    environments: Environments = field(default_factory=Environments)
    command: Sequence[str] = ()
    begun_monotonic: float | None = None


@dataclass(frozen=True)
class Plan:
    """A request in which nothing is wrong any more."""

    request: Request
    model: Model
    layers: tuple[Layer, ...]
    runners: list[Runner]
    images: list[DecodedImage]
    weights: WeightSet
    threads: int
    limits: Limits
    schedule: Schedule


def make_plan(request: Request, watch: Watch = SILENT) -> Plan:
    """Check everything that the user gave; cheap checks first."""
    timeout = request.timeout_seconds
    if not 0 < timeout < math.inf:
        raise UsageError(f"--timeout {timeout}: expected a finite number of seconds above 0")
    Rule.from_tolerances(request.max_relative_l2, request.atol, request.rtol)
    schedule = make_schedule(request.rounds, request.precision, request.budget_seconds)
    limits = Limits(
        cpus=parse_cpus(request.affinity) if request.affinity else (),
        memory_bytes=parse_bytes(request.memory_limit) if request.memory_limit else None,
    )
    model = model_called(request.model)
    names = ",".join(model.default_features) if request.layers is None else request.layers
    layers = model.select(names)
    runners = create_runners(request.runners or DEFAULT_RUNNERS, RUNNERS, _for_all(request))
    labels = [runner.label for runner in runners]
    if request.reference is not None and request.reference not in labels:
        raise UsageError(
            f"--reference {request.reference!r} is not among the runners: {', '.join(labels)}"
        )
    paths = list(request.images) or [SAMPLE_IMAGE]
    if len(paths) > MAX_IMAGES:
        raise UsageError(f"{len(paths)} images; one comparison takes at most {MAX_IMAGES}")
    images = [decode(path) for path in paths]
    for image in images:
        for note in image.notes:
            watch.warning(f"{image.path.name}: {note}")
    weights = resolve(request.weights, model, watch)
    threads = request.threads or len(limits.cpus) or cpus_available()
    return Plan(request, model, layers, runners, images, weights, threads, limits, schedule)


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


def _for_all(request: Request) -> dict[str, str]:
    """Keys of runners that have an option of the command line beside."""
    for option, value, known in (
        ("--matconvnet", request.matconvnet, CODE_CHOICES),
        ("--compile-cache", request.compile_cache, COMPILE_CACHE.choices),
    ):
        if value not in (None, *known):
            raise UsageError(f"{option} {value!r} is not one of {', '.join(known)}")
    root = request.matconvnet_root
    keys = {
        "compile_cache": request.compile_cache,
        "per_layer": "yes" if request.per_layer else None,
        "matconvnet": request.matconvnet,
        # The script does not run in this folder.
        "matconvnet_root": str(root.expanduser().absolute()) if root is not None else None,
    }
    return {key: value for key, value in keys.items() if value is not None}


def prepare_runners(plan: Plan, watch: Watch) -> dict[str, Availability]:
    """Make missing environments and find out which runners can run."""
    available = {}
    for runner in plan.runners:
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
    tensor = shared_tensor(plan.images, plan.model)
    stored = store.write_array("input/shared.npy", tensor)
    formats = {
        runner.weights_format for runner in plan.runners if available[runner.label].available
    }
    return Assignment(
        model=plan.model,
        layers=plan.layers,
        weights=plan.weights,
        weight_files={name: plan.weights.file(name, watch) for name in sorted(formats)},
        images=[
            image.path if image.portable else store.path / name
            for image, name in zip(plan.images, decoded_images(plan), strict=True)
        ],
        tensor=tensor,
        shared_input=store.path / stored.file,
        threads=plan.threads,
        warmup=plan.request.warmup,
        repeats=plan.request.repeats,
        timeout_seconds=plan.request.timeout_seconds,
        limits=plan.limits,
    )


def decoded_images(plan: Plan) -> list[str]:
    """Where each image's decoded pixels lie in the run's folder."""
    return [f"input/image-{number}.png" for number in range(1, len(plan.images) + 1)]


def begin_run(plan: Plan, available: Mapping[str, Availability], store: RunFolder) -> Run:
    """The run before anything has run, stored at once."""
    request = plan.request
    run = Run(
        schema_version=3,
        netparity_version=__version__,
        run_id=store.run_id,
        started=utc_now(),
        model=plan.model.name,
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
        ],
        machine=describe_machine(),
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
            timeout_seconds=request.timeout_seconds,
            order_seed=secrets.randbits(32),
            ratio_reference=request.reference,
            floor_factor=FLOOR_FACTOR,
            max_relative_l2=request.max_relative_l2,
            atol=request.atol,
            rtol=request.rtol,
            command=list(request.command),
        ),
        runners=[_new_record(runner, available[runner.label]) for runner in plan.runners],
        warnings=[f"{image.path.name}: {note}" for image in plan.images for note in image.notes],
    )
    store.write_run(run)
    return run


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
