"""Runs for pages and plots: whole ones with files, and such as nobody would wish for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from harness_cases import make_run
from PIL import Image as Pillow
from stored_runs import HOSTILE, SHARED, StoredRun, entry, failed, mixed_run, ok, timing

from netparity.protocol import (
    PHASES,
    FloorEntry,
    HardwareLimit,
    Image,
    NoiseFloor,
    Preprocessing,
    Round,
    Run,
    RunnerRecord,
)
from netparity.report import Document

WILD = [
    *HOSTILE,
    "\"quoted\" 'twice' `thrice`",
    "</script><script>alert(1)</script>",
    "</title></svg></style>",
    "<!-- comment --> <![CDATA[ x ]]>",
    "javascript:alert(1)",
    "{{ 7 * 7 }} {% raw %}",
    "$x^2_{3}$ \\alpha",
    "\u2066isolate\u2069 \u200fright\u200e",
    "漢字 and עברית and 🙂",
    "nul\x01\x1b[31mred",
]
"""What a label, a reason or a name may hold that a page must survive."""

LIMIT = HardwareLimit(flops=10**9, flops_per_second=1e11, bytes_per_second=1e10, seconds=0.01)
MANY = 40


def processes(values: dict[str, list[list[float]]]) -> list[Round]:
    """A round for each list of a phase's values."""
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


def wild_run(text: str) -> Run:
    """The text wherever a run can hold one."""
    run = whole_run([text, f"{text} again"])
    broken = failed(f"broken {text}", text, [text, "", text])
    absent = RunnerRecord(
        label=f"absent {text}", runner=text, status="unavailable", reason=text, fix=text
    )
    images = [Image(file=text, sha256=text, mode=text, size=(1, 1), notes=[text], decoded=text)]
    return run.model_copy(
        update={
            "runners": [*run.runners, broken, absent],
            "images": images,
            "run_id": text,
            "started": text,
            "netparity_version": text,
            "warnings": [text],
            "cautions": [text],
            "machine": run.machine.model_copy(update={"cpu": text, "system": text}),
            "weights": run.weights.model_copy(update={"source": text, "sha256": text}),
            "settings": run.settings.model_copy(update={"command": ["netparity", text]}),
        }
    )


def odd_runs() -> dict[str, Run]:
    """Runs that lack something, or have too much of it."""
    one = whole_run(["only"])
    infinite = entry("only", "fc6", None, "error", note="3 values are NaN or infinite", nan=3)
    return {
        "one runner": one,
        "each fate": mixed_run(),
        "none ran": make_run(
            [RunnerRecord(label="a", runner="x", status="unavailable", reason="no tool")]
        ),
        "all failed": make_run([failed("a", "it crashed", ["boom"]), failed("b", "too", [])]),
        "cut short": make_run([RunnerRecord(label="a", runner="x", status="pending")]).model_copy(
            update={"finished": None, "interrupted": True}
        ),
        "NaN": one.model_copy(update={"parity": [infinite]}),
        "no timing": one.model_copy(update={"timing": [], "limit": None}),
        "no parity": one.model_copy(update={"parity": [], "noise_floors": []}),
        "a phase alone": one.model_copy(
            update={"timing": [each for each in one.timing if each.phase == "load"]}
        ),
        "no time at all": one.model_copy(
            update={"timing": [timing("only", phase, [0.0], 1.0) for phase in PHASES]}
        ),
        "no error at all": one.model_copy(
            update={"parity": [entry("only", "fc6", 0.0, "identical")], "noise_floors": []}
        ),
        "one layer": whole_run(["a", "b"], ["fc6"]),
        "many layers": whole_run(["a"], [f"layer{number}" for number in range(60)]),
        "many runners": whole_run([f"runner number {number}" for number in range(MANY)]),
        "many images": one.model_copy(update={"images": one.images * 30}),
    }
