"""The whole story: check the request, run the rounds, judge, time, report."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from netparity import __version__, report
from netparity.environments import Environments
from netparity.errors import InputError, SetupError, UsageError
from netparity.execution import Assignment, execute
from netparity.inputs import MAX_IMAGES, SAMPLE_IMAGE, DecodedImage, decode, shared_tensor
from netparity.models import MODELS, Layer, Model
from netparity.parity import MAX_RELATIVE_L2, compare_features, forward
from netparity.protocol import Image, Round, Run, RunnerRecord, Settings, WallClock, Weights
from netparity.recording import add_outcome, ok_features, ok_phases, update_runner
from netparity.runners import DEFAULT_RUNNERS, RUNNERS, Availability, Runner, create_runners
from netparity.store import RunFolder, utc_now
from netparity.timing import cpus_available, describe_machine, shuffled_rounds, summarise
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


def compare(request: Request, watch: Watch = SILENT) -> tuple[Run, RunFolder]:
    """Run every runner on the same weights and images, then judge, time and store the results.

    Raises:
        NetparityError: for what is wrong with the request, its files or the results folder,
            before any runner starts. What goes wrong in a runner becomes part of the run.
        KeyboardInterrupt: after what was done has been stored and reported.
    """
    begun = request.begun_monotonic or time.monotonic()
    plan = make_plan(request, watch)
    store = RunFolder.create(request.results)
    available = prepare_runners(plan, watch)
    assignment = make_assignment(plan, available, store, watch)
    prepared = time.monotonic()
    run = begin_run(plan, available, store)
    with finishing_on_interrupt(store):
        run = run_reference(run, plan, assignment, store, watch)
        referenced = time.monotonic()
        run = run_rounds(run, plan, available, assignment, store, watch)
        run = evaluate(run, store)
    extractors = sum(round_.wall_seconds for record in run.runners for round_ in record.rounds)
    wall = WallClock(
        total_seconds=time.monotonic() - begun,
        preparation_seconds=prepared - begun,
        reference_seconds=referenced - prepared,
        extractor_seconds=extractors,
    )
    run = run.model_copy(update={"finished": utc_now(), "wall": wall})
    report.write(run, store)
    return run, store


def reopen(path: Path) -> tuple[Run, RunFolder]:
    """Read a stored run, judge it anew if it was cut short, and remake its tables.

    Raises:
        NetparityError: if there is no readable run, or the folder cannot be written.
    """
    store = RunFolder.open(path)
    run = store.read_run()
    if run.finished is None:
        run = evaluate(run, store)
    report.write(run, store)
    return run, store


# --- before the first process ---------------------------------------------------------------


def make_plan(request: Request, watch: Watch = SILENT) -> Plan:
    """Check everything that the user gave; cheap checks first."""
    timeout = request.timeout_seconds
    if not 0 < timeout < math.inf:
        raise UsageError(f"--timeout {timeout}: expected a finite number of seconds above 0")
    if request.model not in MODELS:
        raise UsageError(f"unknown model {request.model!r}; known are {', '.join(MODELS)}")
    model = MODELS[request.model]
    layers = model.select(request.layers or ",".join(model.default_features))
    runners = create_runners(request.runners or DEFAULT_RUNNERS, RUNNERS)
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
    """Write the shared input and convert the weights for the tools that will run."""
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
        images=[image.path for image in plan.images],
        tensor=tensor,
        shared_input=store.path / stored.file,
        threads=plan.threads,
        warmup=plan.request.warmup,
        repeats=plan.request.repeats,
        timeout_seconds=plan.request.timeout_seconds,
    )


def begin_run(plan: Plan, available: Mapping[str, Availability], store: RunFolder) -> Run:
    """The run before anything has run, stored at once."""
    request = plan.request
    run = Run(
        schema_version=1,
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
            )
            for image in plan.images
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
            max_relative_l2=MAX_RELATIVE_L2,
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


# --- the measurements -----------------------------------------------------------------------


def run_reference(
    run: Run, plan: Plan, assignment: Assignment, store: RunFolder, watch: Watch
) -> Run:
    """Compute and store the float64 features, before any runner and beside none."""
    keep = frozenset(layer.name for layer in plan.layers)
    weights, images = plan.weights.tensors(), assignment.tensor
    with watch.task("float64 reference", len(plan.model.layers)) as task:
        features = forward(plan.model, weights, images, keep, done=lambda _: task.advance())
    stored = {
        name: store.write_array(f"features/reference/{name}.npy", values)
        for name, values in features.items()
    }
    run = run.model_copy(update={"reference_features": stored})
    store.write_run(run)
    return run


def run_rounds(
    run: Run,
    plan: Plan,
    available: Mapping[str, Availability],
    assignment: Assignment,
    store: RunFolder,
    watch: Watch,
) -> Run:
    """Every runner once per round, in a shuffled order; the run is stored after each process.

    A runner that has failed is left out of the rounds after it.
    """
    ready = [runner for runner in plan.runners if available[runner.label].available]
    positions = {runner.label: index for index, runner in enumerate(plan.runners, start=1)}
    failed: set[str] = set()
    rounds = shuffled_rounds(ready, run.settings.rounds, run.settings.order_seed)
    with watch.task("comparing", len(ready) * run.settings.rounds) as task:
        for number, order in enumerate(rounds, start=1):
            for place, runner in enumerate(order, start=1):
                if runner.label not in failed:
                    task.note(f"{runner.label}, round {number} of {run.settings.rounds}")
                    outcome = execute(
                        runner,
                        assignment,
                        store,
                        plan.request.environments,
                        position=positions[runner.label],
                        round_number=number,
                        order=place,
                    )
                    run = add_outcome(run, runner.label, outcome, store)
                    store.write_run(run)
                    watch.detail(describe(runner.label, outcome.record))
                    if outcome.record.reason is not None:
                        failed.add(runner.label)
                        watch.warning(f"{runner.label} failed: {outcome.record.reason}")
                        watch.message(f"  its log: {store.path / outcome.record.log}")
                task.advance()
    return run


def describe(label: str, record: Round) -> str:
    """One process in a line, for `--verbose`."""
    phases = ", ".join(f"{name} {median(values):.3g} s" for name, values in record.phases.items())
    return f"{label}: {record.status} in {record.wall_seconds:.1f} s ({phases}); log {record.log}"


@contextmanager
def finishing_on_interrupt(store: RunFolder) -> Iterator[None]:
    """On Ctrl-C, judge and report what was done before passing the interrupt on."""
    try:
        yield
    except KeyboardInterrupt:
        run = store.read_run().model_copy(update={"interrupted": True})
        report.write(evaluate(run, store), store)
        raise


# --- after the last process -----------------------------------------------------------------


def evaluate(run: Run, store: RunFolder) -> Run:
    """Parity and timing from what is stored; the same whether the run ended or was cut short."""
    # A runner whose next process was under way when the harness died has complete rounds still.
    for record in run.runners:
        if record.status == "pending":
            reason = "the run ended before it was run"
            run = update_runner(run, record.label, {"status": "failed", "reason": reason})
    reference = {name: store.read_array(file) for name, file in run.reference_features.items()}
    features = ok_features(run, store)
    try:
        parity = list(compare_features(features, reference, run.settings.max_relative_l2))
    except ValueError as error:
        raise InputError(f"the stored features of {store.path} do not fit: {error}") from error
    timing = list(summarise(ok_phases(run), ratio_reference(run)))
    return run.model_copy(update={"parity": parity, "timing": timing})


def ratio_reference(run: Run) -> str | None:
    """Label of the runner that timings are taken in ratio to: the one asked for, or the first."""
    labels = list(ok_phases(run))
    if run.settings.ratio_reference is not None:
        return run.settings.ratio_reference if run.settings.ratio_reference in labels else None
    return labels[0] if labels else None
