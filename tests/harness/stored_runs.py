"""Runs made by hand, with everything that a table must show or leave empty."""

from __future__ import annotations

from harness_cases import make_run

from netparity.protocol import ParityEntry, Round, Run, RunnerRecord, TimingEntry

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
        ratio_to_reference=ratio,
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
    """One runner of each fate: fine, divergent, not judged, NaN, failed, unavailable, pending."""
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
