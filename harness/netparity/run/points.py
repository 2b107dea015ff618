"""A point: one comparison in the making. `netparity compare` has one, a sweep one per setting."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from netparity.judge.truths import noise_floor
from netparity.parity import ReferencePass
from netparity.protocol import Run
from netparity.results.features import feature_files
from netparity.results.folder import RunFolder
from netparity.run.assignment import Assignment
from netparity.run.planning import Plan, begin_run, make_assignment, prepare_runners
from netparity.runners import Runner
from netparity.watch import Watch


@dataclass
class Point:
    """One comparison in the making.

    Attributes:
        plan: what is compared, and how.
        runners: those of the plan that can run here.
        assignment: what is the same for every process.
        store: the folder of the run.
        run: as far as it has come; replaced after every process.
    """

    plan: Plan
    runners: Sequence[Runner]
    assignment: Assignment
    store: RunFolder
    run: Run

    def keep(self, run: Run) -> None:
        """Replace the run, in memory and in its folder."""
        self.run = run
        self.store.write_run(run)


def begin_points(
    plans: Sequence[Plan], folder_of: Callable[[Plan], RunFolder], watch: Watch
) -> Iterator[Point]:
    """Prepare the runners, then lay out and store one point per plan, with one order seed for all.

    Args:
        plans: of the same runners.
        folder_of: makes the folder of a plan's run.
    """
    available = prepare_runners(plans[0], watch)
    order_seed = secrets.randbits(32)
    for plan in plans:
        store = folder_of(plan)
        with store.discarded_unless_begun():
            assignment = make_assignment(plan, available, store, watch)
            run = begin_run(plan, available, store, order_seed)
        ready = [runner for runner in plan.runners if available[runner.label].available]
        yield Point(plan, ready, assignment, store, run)


def store_references(points: Sequence[Point], watch: Watch) -> None:
    """The float64 features of every point and their noise floor, before any runner starts.

    Points with equally many images have the same images, and so share one reference.
    """
    referenced: dict[int, Point] = {}
    for point in points:
        first = referenced.setdefault(len(point.plan.images), point)
        if first is point:
            compute_reference(point, watch)
        else:
            copy_reference(first, point)


def compute_reference(point: Point, watch: Watch) -> None:
    """Compute and store the float64 features and their noise floor."""
    plan = point.plan
    wanted = [layer.name for layer in plan.layers]
    tensors, images = plan.weights.tensors(), point.assignment.tensor
    reference = ReferencePass(plan.model, tensors, images, wanted=wanted)
    files = feature_files("features/reference", wanted)
    stored = {}
    with watch.task("reference and noise floor", len(wanted)) as task:
        for name in wanted:
            stored[name] = point.store.write_array(files[name], reference[name])
            task.advance()
    floor = noise_floor("shared", [], reference.layer_floors, wanted)
    changes = {"reference_features": stored, "noise_floors": [floor]}
    point.keep(point.run.model_copy(update=changes))


def copy_reference(source: Point, target: Point) -> None:
    """Give a point the reference of another one with the same images."""
    for file in source.run.reference_features.values():
        target.store.write_array(file.file, source.store.read_array(file))
    changes = {
        "reference_features": source.run.reference_features,
        "noise_floors": source.run.noise_floors,
    }
    target.keep(target.run.model_copy(update=changes))
