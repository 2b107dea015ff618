"""Runs made by hand, with everything that a table must show or leave empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from netparity.judge.truths import noise_floor
from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.parity import ReferencePass
from netparity.protocol import (
    FeatureFile,
    InputKind,
    NoiseFloor,
    ParityEntry,
    Round,
    Run,
    RunnerRecord,
    TimingEntry,
)
from netparity.results.folder import RunFolder
from netparity.weights.synthetic import make
from tests.support.cases import NO_MISTAKES, input_tensor, make_run, numpy_runner

GIB = 2**30


HOSTILE = [
    "<script>alert(1)</script>",
    "a | b | c",
    "two\nlines\r\nthree",
    "[text](https://example.org)",
    "![image](x.png)",
    "`code` *bold* _it_ # head",
    "x" * 300,
    "\u202eright to left\u202c",
    "&lt;escaped&gt;",
    "back\\slash \\| pipe",
    "\ttab\u2028line separator\x0bvertical",
    "---",
]
"""What a label may hold that a table must survive."""


def entry(label: str, feature: str, value: float | None, verdict: str, **changes) -> ParityEntry:
    return ParityEntry(
        label=label,
        against=changes.pop("against", "reference"),
        input=changes.pop("input", "shared"),
        feature=feature,
        relative_l2=value,
        max_abs=None if value is None else value * 8,
        cosine_distance=None if value is None else value**2 / 2,
        verdict=verdict,
        **changes,
    )


def timing(label: str, phase: str, values: list[float], ratio: float | None) -> TimingEntry:
    ordered = sorted(values)
    return TimingEntry(
        label=label,
        phase=phase,
        median_seconds=ordered[len(ordered) // 2],
        min_seconds=ordered[0],
        max_seconds=ordered[-1],
        values=values,
        interval_seconds=(ordered[0], ordered[-1]) if len(ordered) > 1 else None,
        ratio_to_reference=ratio,
        ratio_interval=(0.9 * ratio, 1.1 * ratio) if ratio not in (None, 1.0) else None,
        verdict="no difference shown" if ratio not in (None, 1.0) else None,
        largest_difference=0.1201 if ratio not in (None, 1.0) else None,
        least_difference=0.0123 if ratio not in (None, 1.0) else None,
    )


def ok(label: str, runner: str = "keras3-tensorflow", **changes) -> RunnerRecord:
    return RunnerRecord(
        label=label,
        runner=runner,
        status="ok",
        rounds=[
            Round(
                round=1,
                order=1,
                status="ok",
                peak_rss_bytes=changes.pop("peak", GIB),
                wall_seconds=2.0,
                log="runners/01-x/round-1/log.txt",
            )
        ],
        **changes,
    )


def failed(label: str, reason: str, tail: list[str]) -> RunnerRecord:
    return RunnerRecord(
        label=label,
        runner="keras2-theano",
        status="failed",
        reason=reason,
        rounds=[
            Round(
                round=1,
                order=2,
                status="failed",
                reason=reason,
                wall_seconds=1.0,
                log="runners/03-x/round-1/log.txt",
                log_tail=tail,
            )
        ],
    )


def mixed_run() -> Run:
    """A runner of each outcome: fine, divergent, not judged, NaN, failed, unavailable, pending."""
    return make_run(
        [
            ok("fast", code="Keras 3", repeatable=True),
            ok("wrong", peak=2 * GIB, repeatable=False),
            ok("nan", peak=None),
            ok("odd"),
            failed("crashed", "it was ended by SIGSEGV", ["Traceback", "  <boom> | *"]),
            RunnerRecord(
                label="absent",
                runner="matconvnet-matlab",
                status="unavailable",
                reason="no MATLAB was found",
                fix="install MATLAB",
            ),
            RunnerRecord(label="late", runner="matconvnet-octave", status="pending"),
        ],
        parity=[
            entry("fast", "fc6", 1.26e-6, "pass"),
            entry("fast", "fc7", 3.5e-6, "pass"),
            entry("fast", "fc6", 0.021, "divergent", input="native"),
            entry("wrong", "fc6", 2e-6, "pass"),
            entry("wrong", "fc7", 0.5, "divergent"),
            entry("nan", "fc6", None, "error", note="1 values are NaN or infinite"),
            entry("fast", "fc6", 0.0, "pass", against="wrong"),
        ],
        timing=[
            timing("fast", "startup", [4.0, 5.0, 6.0], 1.0),
            timing("fast", "load", [0.25], 1.0),
            timing("fast", "predict_first", [0.5], 1.0),
            timing("fast", "predict", [0.2, 0.1, 0.3], 1.0),
            timing("wrong", "predict", [0.4], 2.0),
            timing("nan", "predict", [123.4], 617.0),
            timing("odd", "preprocess", [0.0000123], None),
        ],
    )


def presentable_run() -> Run:
    """The same without the runners whose notes are wrong today (test_tables.py)."""
    run = mixed_run()
    return run.model_copy(
        update={
            "runners": [each for each in run.runners if each.label not in ("odd", "late")],
            "timing": [each for each in run.timing if each.label != "odd"],
        }
    )


LAYERS = ["conv1_1", "pool1", "conv3_2", "fc6", "fc7", "prob"]
TINY_WEIGHTS = make(VGG16_TINY, 0)
SHARED = input_tensor(VGG16_TINY)


@dataclass
class StoredRun:
    """A run of `vgg16-tiny` whose runners are float32 passes in NumPy, with all its files."""

    store: RunFolder
    runners: list[RunnerRecord] = field(default_factory=list)
    reference: dict[str, FeatureFile] = field(default_factory=dict)
    floors: list[NoiseFloor] = field(default_factory=list)

    @classmethod
    def begin(cls, folder: Path) -> StoredRun:
        """Add the shared input, the reference on it and the noise floor."""
        store = RunFolder.create(folder)
        store.write_array("input/shared.npy", SHARED, sealed=True)
        reference = ReferencePass(VGG16_TINY, TINY_WEIGHTS, SHARED)
        stored = {
            name: store.write_array(f"features/reference/{name}.npy", reference[name])
            for name in LAYERS
        }
        floor = noise_floor("shared", [], reference.layer_floors, LAYERS)
        return cls(store, reference=stored, floors=[floor])

    def add(
        self,
        label: str,
        native: npt.NDArray[np.float32] | None = None,
        mistakes: Mapping[str, Sequence[str]] = NO_MISTAKES,
        **changes: npt.NDArray[np.float32],
    ) -> None:
        """A runner that makes `native` from the image, with mistakes in some layers.

        `changes` replace shared features.
        """
        native = SHARED if native is None else native
        inputs: dict[InputKind, npt.NDArray[np.float32]] = {"shared": SHARED, "native": native}
        features: dict[InputKind, dict[str, FeatureFile]] = {}
        for kind, tensor in inputs.items():
            found = numpy_runner(VGG16_TINY, TINY_WEIGHTS, tensor, mistakes=mistakes)
            if kind == "shared":
                found |= changes
            features[kind] = {
                name: self.store.write_array(f"runners/{label}/{kind}-{name}.npy", found[name])
                for name in LAYERS
            }
        tensor_file = self.store.write_array(f"runners/{label}/native-input.npy", native)
        self.runners.append(ok(label, features=features, native_input=tensor_file))

    def run(self, **changes: object) -> Run:
        settings = {"layers": LAYERS, "max_relative_l2": None, "floor_factor": 8.0}
        settings |= changes.pop("settings", {})  # type: ignore[arg-type]
        return make_run(
            self.runners,
            reference_features=self.reference,
            noise_floors=self.floors,
            settings=settings,
            **changes,
        )
