"""Runs that every format has to bear: hostile words, and results that nobody hoped for."""

from __future__ import annotations

import math
from collections.abc import Sequence

from netparity.protocol import (
    PHASES,
    Calibration,
    Clock,
    FloorEntry,
    HardwareLimit,
    Image,
    LayerTiming,
    LocalError,
    NoiseFloor,
    Preprocessing,
    PreprocessingFeature,
    Round,
    Run,
    RunnerRecord,
    Threads,
)
from tests.support.cases import SHA, make_run
from tests.support.stored_runs import HOSTILE, entry, failed, mixed_run, ok, presentable_run, timing

WORDS = [
    *HOSTILE,
    "\"double\" 'single' `back`",
    "$x^2$ and $$",
    r"\input{/etc/passwd}",
    r"\end{document}",
    "50 % & #1 ~ ^ _ {",
    "}} @article{x,",
    "[in brackets] *starred",
    "--- ,, ?` !` << >>",
    "\u2066isolate\u2069 \u200fright\u200e \ufeff",
    "🙂 漢字 עברית é µ ² …",
    "nul\x00 bell\x07 escape\x1b[31m delete\x7f \ufffe",
    "1. a list",
    "- another",
    "=SUM(A1:A9)",
    "]]> <!-- & -->",
    "</script><script>alert(1)</script>",
    "</title></svg></style></pre>",
    "javascript:alert(1)",
    "{{ 7 * 7 }} {% raw %}",
    "NA",
]
"""What a label, a reason or a name may hold."""

LIMIT = HardwareLimit(flops=10**9, flops_per_second=1e11, bytes_per_second=1e10, seconds=0.01)


def timed(label: str, runner: str = "keras3-tensorflow", **changes: object) -> RunnerRecord:
    """A runner with raw seconds of two processes, and everything that a process can report."""
    rounds = [
        Round(
            round=number,
            order=1,
            status="ok",
            phases={phase: [0.2, 0.1 * number] for phase in PHASES},
            peak_rss_bytes=2**30,
            wall_seconds=2.0,
            log="runners/01-x/round-1/log.txt",
            clock=Clock(name="perf_counter", tick_seconds=1e-7, predict_loops=3),
            calibration=Calibration(multiply_seconds=0.002, copy_seconds=0.005),
        )
        for number in (1, 2)
    ]
    return ok(label, runner, **changes).model_copy(update={"rounds": rounds})


def whole_run(labels: Sequence[str], layers: Sequence[str] = ("fc6", "fc7"), **changes) -> Run:
    """Every table and every kind of note: the last label diverges, the others agree."""
    *fine, wrong = labels
    parity = [
        entry(label, layer, 2e-7 * (1 + place), "pass", floor=1e-7)
        for label in fine
        for place, layer in enumerate(layers)
    ]
    local = LocalError(since=layers[0], relative_l2=0.4, floor=1e-7, verdict="divergent")
    parity += [
        entry(wrong, layer, 0.5, "divergent", local=local, arithmetic="bfloat16", note="far off")
        for layer in layers
    ]
    parity += [
        entry(one, layers[0], 3e-7, "pass", against=other)
        for place, one in enumerate(labels)
        for other in labels[place + 1 :]
    ]
    floors = [FloorEntry(feature=layer, relative_l2=1e-7) for layer in layers]
    first = fine[0] if fine else wrong
    settings = {"layers": list(layers), "max_relative_l2": None, "floor_factor": 8.0}
    values = {
        "noise_floors": [NoiseFloor(input="shared", passes=5, layers=floors)],
        "parity": parity,
        "timing": [
            timing(label, phase, [0.2, 0.1, 0.3], 1.0 if label == first else 1.5)
            for label in labels
            for phase in PHASES
        ],
        "layer_timing": [
            LayerTiming(label=label, layer=layer, up_to_seconds=1e-2, own_seconds=1e-3, flops=10)
            for label in labels
            for layer in layers
        ],
        "preprocessing": [
            Preprocessing(
                label=first,
                resize="bilinear",
                mistakes=["bgr"],
                rms=11.0,
                features=[PreprocessingFeature(feature=layers[0], relative_l2=0.3)],
            )
        ],
        "limit": LIMIT,
        "settings": settings | changes.pop("settings", {}),
    }
    runners = [
        timed(label, code="A tool 1.0", blas="A library", threads=Threads(requested=2, found=2 + n))
        for n, label in enumerate(labels)
    ]
    return make_run(changes.pop("runners", runners), **values | changes)


def worded_run(words: Sequence[str]) -> Run:
    """A run with these words wherever a tool, an image, a file or a user could put them."""
    first = words[0]
    labels = [f"{place} {word}" for place, word in enumerate(words)]
    beside = [
        failed(f"failed {first}", "\n".join(words), list(words)),
        RunnerRecord(
            label=f"absent {first}",
            runner="matconvnet-matlab",
            status="unavailable",
            reason=first,
            fix=words[-1],
        ),
    ]
    run = whole_run(labels, layers=("fc6", first, "prob"))
    runners = [
        record.model_copy(
            update={
                "code": word,
                "blas": word,
                "data_format": word,
                "flags": {"precision": word, "os_threads": word, "compile_cache": word},
                "repeatable": False,
            }
        )
        for record, word in zip(run.runners, words, strict=True)
    ]
    return run.model_copy(
        update={
            "runners": [*runners, *beside],
            "run_id": first,
            "started": first,
            "netparity_version": first,
            "model": first,
            "warnings": list(words),
            "cautions": list(words),
            "weights": run.weights.model_copy(update={"source": first, "sha256": first}),
            "images": [Image(file=first, sha256=SHA, mode="L", size=(1, 1))],
            "machine": run.machine.model_copy(
                update={"cpu": first, "system": first, "instructions": list(words)}
            ),
            "settings": run.settings.model_copy(
                update={"command": ["netparity", "compare", *words]}
            ),
        }
    )


def _without_numbers() -> Run:
    values = [entry("a", layer, math.nan, "error", nan=3, note="3 NaN") for layer in ("fc6", "fc7")]
    return make_run([ok("a"), ok("b")], parity=[*values, entry("b", "fc6", math.inf, "divergent")])


def _interrupted() -> Run:
    run = mixed_run()
    return run.model_copy(update={"interrupted": True, "finished": None, "wall": None})


def _huge() -> Run:
    big = [1e200, 2e200, 3e200]
    return make_run(
        [ok("a", peak=2**62), ok("b")],
        parity=[entry("a", "fc6", 1e-300, "pass"), entry("b", "fc6", 1e150, "divergent")],
        timing=[timing("a", "predict", big, 1.0), timing("b", "predict", big, 1e300)],
        machine=mixed_run().machine.model_copy(update={"memory_bytes": 2**62}),
    )


def _zero_seconds() -> Run:
    nothing = [timing(label, phase, [0.0, 0.0], 0.0) for label in "ab" for phase in PHASES]
    parity = [entry(label, "fc6", 0.0, "identical") for label in "ab"]
    return make_run([ok("a"), ok("b")], parity=parity, timing=nothing, limit=LIMIT)


def odd_runs() -> dict[str, Run]:
    """The odd runs, by what is odd about them."""
    fine = whole_run(["a", "b"])
    missing = [RunnerRecord(label=s, runner="x", status=s) for s in ("pending", "unavailable")]
    return {
        "every fate": mixed_run(),
        "presentable": presentable_run(),
        "everything": whole_run(["a", "b", "c"]),
        "one runner": whole_run(["alone"]),
        "none ok": make_run([*missing, failed("crashed", "it crashed", ["a line"])]),
        "no runners": make_run([]),
        "NaN": _without_numbers(),
        "missing phases": make_run([ok("a")], timing=[timing("a", "load", [1.0], None)]),
        "forty runners": whole_run(
            [f"keras2-theano[keras=2.0.{n},data_format=channels_first]" for n in range(40)]
        ),
        "many layers": whole_run(["a", "b"], layers=[f"conv{n}_1" for n in range(21)]),
        "no timing": fine.model_copy(update={"timing": [], "layer_timing": [], "limit": None}),
        "no parity": fine.model_copy(update={"parity": [], "noise_floors": []}),
        "interrupted": _interrupted(),
        "zero seconds": _zero_seconds(),
        "huge values": _huge(),
        "one layer": whole_run(["a", "b"], layers=["fc6"]),
        "one phase": fine.model_copy(
            update={"timing": [each for each in fine.timing if each.phase == "load"]}
        ),
        "many images": fine.model_copy(update={"images": fine.images * 30}),
        "hostile words": worded_run(WORDS),
    }
