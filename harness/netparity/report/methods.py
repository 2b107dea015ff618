"""A methods paragraph for a paper, made from the recorded run."""

from __future__ import annotations

from netparity.protocol import Run
from netparity.report.cells import counted
from netparity.report.document import Document
from netparity.report.ledger import matrix_library
from netparity.report.notes import rule
from netparity.report.repeats import counted_repeats
from netparity.report.visible import visible
from netparity.results.outcomes import by_permutation

HELP = "a paragraph for a paper: tools, versions, criteria, timing, machine"
SUFFIX = ".txt"
FILE = None
COLUMNS_OF = None
_KNOWN_STATISTICS = 3
"""Since this schema version, seconds are the mean over processes of each process's median."""


def render(document: Document) -> str:
    """A paragraph for each run."""
    return "\n\n".join(paragraph(run) for run in document.runs) + "\n"


def paragraph(run: Run) -> str:
    """What was compared, how it was judged and timed, and on which machine."""
    sentences = [_subject(run), _input(run), *_tools(run), _judging(run), *_timing(run)]
    sentences.append(_machine(run))
    return visible(" ".join(sentence for sentence in sentences if sentence))


def _subject(run: Run) -> str:
    count = len(run.images)
    images = "one image" if count == 1 else f"{count} images"
    layers = run.settings.layers
    features = ", ".join(layers) if len(layers) <= 4 else f"{len(layers)} layers"
    made = "synthetic weights" if run.weights.kind == "synthetic" else "the weights"
    return (
        f"Features ({features}) of {images} were extracted with {run.model} and {made} "
        f"{run.weights.source} (SHA-256 {run.weights.sha256[:16]}…) by netparity "
        f"{run.netparity_version} on {run.started[:10]} (run {run.run_id})."
    )


def _input(run: Run) -> str:
    return (
        "Every tool was given the same weights and the same float32 input tensor, and in a second "
        "pass the image file, for its own preprocessing."
    )


def _tools(run: Run) -> list[str]:
    tools = []
    for record in run.runners:
        if record.status == "ok":
            tool = f"{record.label}: {record.code or record.runner}"
            details = [text for text in (matrix_library(record), record.data_format) if text]
            tools.append(f"{tool} ({', '.join(details)})" if details else tool)
    return [f"The tools were {'; '.join(tools)}."] if tools else []


def _judging(run: Run) -> str:
    return (
        "Each feature was compared with that of a float64 forward pass by the relative L2 error "
        f"(the norm of the difference divided by the norm of the reference). {rule(run)}"
    )


def _timing(run: Run) -> list[str]:
    if not run.timing:
        return []
    settings = run.settings
    counts = {entry.processes for entry in run.timing if entry.processes} or {settings.rounds}
    processes = ("up to " if len(counts) > 1 else "") + _processes(max(counts))
    order = f"in an order shuffled in every round (seed {settings.order_seed})"
    if settings.schedule == "interleaved":
        order += " and, within a round, in turns of a few predictions while the others were stopped"
    sentences = [
        f"Each tool ran in {processes} with {counted(settings.threads, 'thread')}, one at a time, "
        f"{order}; each process timed {counted_repeats(run, 'prediction')} after "
        f"{settings.warmup} untimed."
    ]
    within = "turns" if settings.schedule == "interleaved" else "rounds"
    if max(counts) == 1:
        sentences.append(
            "Seconds are the median within that process; a single process gives no intervals, and "
            "differences were not tested."
        )
    elif run.schema_version >= _KNOWN_STATISTICS and by_permutation(run):
        sentences.append(
            "Seconds are the geometric mean over processes of each process's median, with 95 % "
            "intervals; ratios were taken within rounds, and differences were tested by a "
            "permutation test at the 5 % level, with Holm's correction for the number of tools."
        )
    elif run.schema_version >= _KNOWN_STATISTICS:
        sentences.append(
            "Seconds are the geometric mean over processes of each process's median, with 95 % "
            "intervals; ratios were taken within "
            f"{within} and have simultaneous 95 % intervals (Student's t on the logarithms, "
            "adjusted after Šidák for the number of tools); a tool is called faster or slower if "
            "its interval excludes 1."
        )
    return sentences


def _processes(count: int) -> str:
    return "one fresh process" if count == 1 else f"{count} fresh processes"


def _machine(run: Run) -> str:
    machine = run.machine
    return (
        f"The machine had {counted(machine.cpus_available, 'processor')} ({machine.cpu}) and "
        f"{machine.memory_bytes / 2**30:.0f} GiB of memory, under {machine.system}."
    )
