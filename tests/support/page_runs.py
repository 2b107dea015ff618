"""Runs for pages and plots: with values in every phase, and one with all its files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image as Pillow

from netparity.protocol import (
    PHASES,
    FloorEntry,
    Image,
    NoiseFloor,
    Preprocessing,
    Round,
    Run,
    RunnerRecord,
)
from netparity.report import Document
from tests.support.cases import make_run
from tests.support.odd_runs import LIMIT
from tests.support.stored_runs import SHARED, StoredRun, entry, ok, timing


def processes(values: dict[str, list[list[float]]]) -> list[Round]:
    """One round for each list of a phase's values."""
    count = max(map(len, values.values()))
    return [
        Round(
            round=number + 1,
            order=1,
            status="ok",
            phases={name: each[number] for name, each in values.items() if number < len(each)},
            wall_seconds=1.0,
            log="runners/01-x/round-1/log.txt",
        )
        for number in range(count)
    ]


def floors(layers: list[str]) -> list[NoiseFloor]:
    found = [FloorEntry(feature=layer, relative_l2=1e-7) for layer in layers]
    return [NoiseFloor(input="shared", passes=5, layers=found)]


def timed(label: str, runner: str = "keras3-tensorflow", at: float = 0.2) -> RunnerRecord:
    values = {phase: [[at, 1.1 * at, 1.05 * at], [at, 0.9 * at]] for phase in PHASES}
    record = ok(label, runner, code="A tool 1.0")
    return record.model_copy(update={"rounds": processes(values)})


def whole_run(labels: list[str], layers: list[str] | None = None, **changes: object) -> Run:
    """Every label agrees and is timed in every phase."""
    layers = layers or ["conv1_1", "fc6", "fc7"]
    entries = [timing(label, phase, [0.2, 0.21, 0.19], 1.0) for label in labels for phase in PHASES]
    settings = {"layers": layers, "max_relative_l2": None, "floor_factor": 8.0}
    return make_run(
        [timed(label) for label in labels],
        parity=[entry(label, layer, 1e-7, "pass") for label in labels for layer in layers],
        timing=entries,
        noise_floors=floors(layers),
        limit=LIMIT,
        settings=settings | changes.pop("settings", {}),  # type: ignore[dict-item]
        **changes,
    )


def stored_document(folder: Path, native: bool = True) -> Document:
    """A run with every file that a page can show, of two tools that agree and one that does not."""
    made = StoredRun.begin(folder)
    tensor = SHARED + np.float32(3)
    made.add("right", tensor if native else None)
    made.add("twin", tensor if native else None)
    made.add("off", fc6=np.full((1, 256), 2, np.float32))
    picture = np.arange(64 * 48 * 3, dtype=np.uint8).reshape(48, 64, 3)
    made.store.path.joinpath("input").mkdir(exist_ok=True)
    Pillow.fromarray(picture).save(made.store.path / "input" / "image-1.png")
    runners = [
        record.model_copy(update={"rounds": timed("x").rounds, "runner": tool})
        for record, tool in zip(
            made.runners, ("keras3-tensorflow", "keras2-theano", "matconvnet-octave"), strict=True
        )
    ]
    made.runners = runners
    labels = [record.label for record in runners]
    image = Image(
        file="photo.png", sha256="0" * 64, mode="RGB", size=(64, 48), decoded="input/image-1.png"
    )
    run = made.run(
        images=[image],
        timing=[
            timing(label, phase, [0.2, 0.3, 0.25], 1.0) for label in labels for phase in PHASES
        ],
        parity=[
            *(entry(label, "fc6", 1e-7, "pass") for label in labels[:2]),
            entry("off", "fc6", 0.7, "divergent"),
        ],
        preprocessing=[Preprocessing(label="right", rms=3.0, stages={"resize": 3.0, "mean": 0.0})],
        limit=LIMIT,
    )
    return Document.of(run, made.store)
