"""Where a runner computed."""

from __future__ import annotations

from netparity.protocol import Run


def on_processor(run: Run, label: str) -> bool:
    """Whether a runner computed on the processor, whose limit was measured, and not on a GPU."""
    record = next(each for each in run.runners if each.label == label)
    return record.flags.get("device", "cpu") == "cpu"
