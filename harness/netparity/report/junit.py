"""JUnit XML for continuous integration: a suite per runner, a case per feature.

A feature that fails parity is a failure, a runner that failed is an error, and an unavailable
runner is skipped. The time of a suite is that of the runner's processes. Elements and attributes
follow junit-10.xsd of Jenkins' xUnit plugin, which Surefire follows, too.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from netparity.protocol import ParityEntry, Run, RunnerRecord
from netparity.report.document import Document
from netparity.report.notes import rule
from netparity.results.outcomes import NOT_RUN, PASSING

HELP = "a test per runner and feature, for continuous integration"
SUFFIX = ".xml"
FILE = None
COLUMNS_OF = None
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow (production 2, Char)."""
_WHY = {"pending": NOT_RUN, "unavailable": "unavailable"}


def render(document: Document) -> str:
    """The runs as JUnit XML."""
    root = ElementTree.Element("testsuites", name="netparity")
    for run in document.runs:
        # Several runs may have runners with the same label.
        prefix = f"{run.run_id}." if len(document.runs) > 1 else ""
        for record in run.runners:
            name = _text(f"{prefix}{run.model}.{record.label}")
            _suite(root, name, run, record, document.choice.feature)
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _suite(
    root: ElementTree.Element, name: str, run: Run, record: RunnerRecord, wanted: str | None
) -> None:
    suite = ElementTree.SubElement(root, "testsuite", name=name)
    suite.set("timestamp", _text(run.started))
    suite.set("time", f"{sum(process.wall_seconds for process in record.rounds):.3f}")
    # Shared input only: a tool's own preprocessing is reported but not judged.
    entries = [
        entry
        for entry in run.parity
        if (entry.label, entry.against, entry.input) == (record.label, "reference", "shared")
        and wanted in (None, entry.feature)
    ]
    for entry in entries if record.status == "ok" else ():
        _feature(suite, run, entry)
    if record.status != "ok" or not entries:
        _whole(suite, record)
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("tests", str(len(suite.findall("testcase"))))


def _feature(suite: ElementTree.Element, run: Run, entry: ParityEntry) -> None:
    case = _case(suite, f"{entry.feature}, {entry.input} input")
    error = "undefined" if entry.relative_l2 is None else f"{entry.relative_l2:.3e}"
    floor = "" if entry.floor is None else f", noise floor {entry.floor:.3e}"
    values = f"relative L2 {error}{floor}"
    if entry.verdict == "inconclusive":
        why = entry.note or "agreement would prove nothing"
        ElementTree.SubElement(case, "skipped", message=_text(f"inconclusive: {why}"))
    elif entry.verdict in PASSING:
        ElementTree.SubElement(case, "system-out").text = values
    else:
        failure = ElementTree.SubElement(case, "failure", type=entry.verdict)
        failure.set("message", _text(f"{entry.verdict}: {values}"))
        failure.text = _text("\n".join(filter(None, (entry.note, rule(run)))))


def _whole(suite: ElementTree.Element, record: RunnerRecord) -> None:
    """One case for a runner without features."""
    case = _case(suite, "runs")
    if record.status == "failed":
        # A tool's message can have many lines; the first is the most informative.
        reason = (record.reason or "failed").strip()
        tail = record.rounds[-1].log_tail if record.rounds else []
        error = ElementTree.SubElement(case, "error", type="failed")
        error.set("message", _text(reason.partition("\n")[0]))
        error.text = _text("\n".join(tail) or reason)
    else:
        parts = [record.reason, f"fix: {record.fix}" if record.fix else None]
        why = "; ".join(filter(None, parts)) or _WHY.get(record.status, "not judged")
        ElementTree.SubElement(case, "skipped", message=_text(why))


def _case(suite: ElementTree.Element, name: str) -> ElementTree.Element:
    names = {"classname": suite.get("name", ""), "name": _text(name)}
    return ElementTree.SubElement(suite, "testcase", names)


def _text(text: str) -> str:
    return _ILLEGAL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
