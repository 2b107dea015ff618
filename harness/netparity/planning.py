"""Before the first process: the request is checked and everything is laid out."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from netparity import __version__
from netparity.environments import Environments
from netparity.errors import SetupError, UsageError
from netparity.execution import Assignment
from netparity.inputs import MAX_IMAGES, SAMPLE_IMAGE, DecodedImage, decode, shared_tensor
from netparity.models import MODELS, Layer, Model
from netparity.parity import FLOOR_FACTOR
from netparity.protocol import Image, Run, RunnerRecord, Settings, Weights
from netparity.runners import DEFAULT_RUNNERS, RUNNERS, Availability, Runner, create_runners
from netparity.runners.matconvnet import CODE_CHOICES
from netparity.store import RunFolder, utc_now
from netparity.timing import cpus_available, describe_machine
from netparity.watch import SILENT, Watch
from netparity.weights import WeightSet, resolve


@dataclass(frozen=True)
class Request:
    """What `netparity compare` is asked for; every default is the command line's.

    `begun_monotonic` is when the program began, so that its imports count as its own time.
    """

    images: Sequence[Path] = ()
    runners: Sequence[str] = ()
    model: str = "vgg16"
    weights: str = "synthetic:0"
    layers: str | None = None
    rounds: int = 3
    repeats: int = 5
    warmup: int = 1
    threads: int | None = None
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


def make_plan(request: Request, watch: Watch = SILENT) -> Plan:
    """Check everything that the user gave; cheap checks first."""
    timeout = request.timeout_seconds
    if not 0 < timeout < math.inf:
        raise UsageError(f"--timeout {timeout}: expected a finite number of seconds above 0")
    check_tolerances(request.max_relative_l2, request.atol, request.rtol)
    if request.model not in MODELS:
        raise UsageError(f"unknown model {request.model!r}; known are {', '.join(MODELS)}")
    model = MODELS[request.model]
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
    threads = request.threads or cpus_available()
    return Plan(request, model, layers, runners, images, weights, threads)


def _for_all(request: Request) -> dict[str, str]:
    """Keys of runners that have an option of the command line beside."""
    if request.matconvnet not in (None, *CODE_CHOICES):
        expected = ", ".join(CODE_CHOICES)
        raise UsageError(f"--matconvnet {request.matconvnet!r} is not one of {expected}")
    root = request.matconvnet_root
    keys = {
        "matconvnet": request.matconvnet,
        # The script does not run in this folder.
        "matconvnet_root": str(root.expanduser().absolute()) if root is not None else None,
    }
    return {key: value for key, value in keys.items() if value is not None}


def check_tolerances(max_relative_l2: float | None, atol: float | None, rtol: float | None) -> None:
    """Tolerances are finite and not negative.

    Raises:
        UsageError: naming the first that is not.
    """
    named = {"--max-relative-l2": max_relative_l2, "--atol": atol, "--rtol": rtol}
    for option, value in named.items():
        if value is not None and not 0 <= value < math.inf:
            raise UsageError(f"{option} {value}: expected a finite number of at least 0")


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
    )


def decoded_images(plan: Plan) -> list[str]:
    """Where each image's decoded pixels lie in the run's folder."""
    return [f"input/image-{number}.png" for number in range(1, len(plan.images) + 1)]


def begin_run(plan: Plan, available: Mapping[str, Availability], store: RunFolder) -> Run:
    """The run before anything has run, stored at once."""
    request = plan.request
    run = Run(
        schema_version=2,
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
            rounds=request.rounds,
            repeats=request.repeats,
            warmup=request.warmup,
            threads=plan.threads,
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
        options=runner.chosen,
        status="pending" if availability.available else "unavailable",
        reason=availability.reason or None,
        fix=availability.fix or None,
        versions=dict(availability.versions),
        data_format=runner.data_format,
    )
