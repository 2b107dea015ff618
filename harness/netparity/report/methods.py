"""A methods paragraph for a paper, from what the run has recorded."""

from __future__ import annotations

from netparity.protocol import Run
from netparity.report.document import Document
from netparity.report.ledger import matrix_library
from netparity.report.notes import rule

FILE = None
_KNOWN_STATISTICS = 3
"""Since this schema version a median is that of each process, averaged over the processes."""


def render(document: Document) -> str:
    """A paragraph for each run."""
    return "\n\n".join(paragraph(run) for run in document.runs) + "\n"


def paragraph(run: Run) -> str:
    """What was compared, how it was judged, how it was timed, and on what."""
    sentences = [_subject(run), _input(run), *_tools(run), _judging(run), *_timing(run)]
    sentences.append(_machine(run))
    return " ".join(sentence for sentence in sentences if sentence)


def _subject(run: Run) -> str:
    count = len(run.images)
    images = "one image" if count == 1 else f"{count} images"
    layers = run.settings.layers
    features = ", ".join(layers) if len(layers) <= 4 else f"{len(layers)} layers"
    made = "synthetic weights" if run.weights.kind == "synthetic" else "the weights"
    return (
        f"Features ({features}) of {images} were extracted with {run.model} and {made} "
        f"{run.weights.source} (SHA-256 {run.weights.sha256[:16]}…) by netparity "
        f"{run.netparity_version} on {run.started[:10]}."
    )


def _input(run: Run) -> str:
    return (
        "Every tool was given the same weights and the same float32 input tensor, and in a second "
        "pass the image file, to be preprocessed in its own way."
    )


def _tools(run: Run) -> list[str]:
    tools = []
    for record in run.runners:
        if record.status == "ok":
            library = matrix_library(record)
            beside = [library] if library else []
            if record.data_format:
                beside.append(record.data_format)
            tools.append(f"{record.label}: {record.code or record.runner} ({', '.join(beside)})")
    return [f"The tools were {'; '.join(tools)}."] if tools else []


def _judging(run: Run) -> str:
    return (
        "Each feature was held against that of a forward pass in float64 by the relative L2 error "
        f"(the norm of the difference over the norm of the reference). {rule(run)}"
    )


def _timing(run: Run) -> list[str]:
    if not run.timing:
        return []
    settings = run.settings
    rounds = max((entry.processes for entry in run.timing), default=0) or settings.rounds
    processes = "one fresh process" if rounds == 1 else f"{rounds} fresh processes"
    threads = "one thread" if settings.threads == 1 else f"{settings.threads} threads"
    said = [
        f"Each tool ran in {processes} with {threads}, one at a time, in an order shuffled anew in "
        f"every round (seed {settings.order_seed}); each process timed {settings.repeats} "
        f"predictions after {settings.warmup} untimed."
    ]
    if run.schema_version >= _KNOWN_STATISTICS:
        said.append(
            "Seconds are the geometric mean over processes of each process's median, with 95 % "
            "intervals; ratios are taken within rounds, and differences tested by a permutation "
            "test at 5 %, corrected for the number of tools after Holm."
        )
    return said


def _machine(run: Run) -> str:
    machine = run.machine
    return (
        f"The machine had {machine.cpus_available} processors ({machine.cpu}) and "
        f"{machine.memory_bytes / 2**30:.0f} GiB of memory, under {machine.system}."
    )
