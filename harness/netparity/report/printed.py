"""A run as `print` shows it in a program: its outcome in sentences, and its table."""

from __future__ import annotations

from netparity.protocol import Run
from netparity.report.answers import answers
from netparity.report.glance import glance
from netparity.report.plain import table_lines
from netparity.report.visible import visible


def printed(run: Run) -> str:
    """The three answers, the one table and the run's id, without control characters."""
    lines = [f"{heading}: {visible(text)}" for heading, text in answers(run).with_headings()]
    table = glance(run)
    lines += ["", visible(table.title)]
    if table.rows:
        lines += table_lines(table)
    if run.finished is None and not run.parity:
        lines += ["", "The measurements have not been judged yet: netparity report does that."]
    return "\n".join([*lines, "", f"run {visible(run.run_id)}"])
