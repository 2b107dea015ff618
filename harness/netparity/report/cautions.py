"""Which notes belong on the first screen: those that change how the answers are to be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from netparity.protocol import Run
from netparity.report.notes import Note, asked_for, keyed_notes
from netparity.report.sentences import joined, short
from netparity.results.diagnosis import StoredDiagnosis

MOST = 5
"""How many lines there are beside those that must not be left out."""
_ALWAYS = ("cut-short", "unranked", "arithmetic", "repeatable")
_FIRST_TO_LAST = (
    *("synthetic", "ran", "rounds", "settings", "mistake", "unsteady", "stolen", "drift"),
    *("warm-up", "clock", "modes", "slow-values", "handing-out", "other"),
)
_ANSWERED = re.compile(r" failed parity: its timings are shown|: its error has the pattern of ")
_LEFT_OUT = re.compile(r"^(\S+) is not ready and was left out: ")
_OWN_CODE = ": netparity compatibility functions"
"""In a note on what ran: the runner's name is that of a tool whose own code did not run."""
_LONGEST = 150
_LONGEST_FAILURE = 480
"""Of a message, which may end with what to do; of a longer one, the first line is shown."""
_MOST_DIAGNOSED = 3


@dataclass(frozen=True)
class Cautions:
    """The sentences of the first screen, and how many notes are left to the full report."""

    sentences: list[str]
    left: int


def cautions(run: Run, diagnoses: list[StoredDiagnosis]) -> Cautions:
    """What a reader of the three answers must know.

    Args:
        diagnoses: those that are stored beside the run.
    """
    notes = list(keyed_notes(run))
    required = [*_required(run, notes), *_diagnosed(run, notes, diagnoses)]
    told = set(required)
    absent = _not_available(run, notes)
    told |= set(absent)
    told_by_name = {n.text for n in notes if n.key == "ran" and _OWN_CODE not in n.text}
    sentences = [_brief(sentence, _LONGEST_FAILURE) for sentence in required]
    room = max(2, MOST - len(sentences))
    for key in _FIRST_TO_LAST:
        alike = [n for n in notes if n.key == key and n.text not in told | told_by_name]
        if alike and room:
            room -= 1
            sentences.append(_brief(alike[0].text) + _more(len(alike) - 1))
            told |= {note.text for note in alike}
    sentences += absent.values() if set(absent.values()) else ()
    sentences = list(dict.fromkeys(sentences))
    answered = {note.text for note in notes if _ANSWERED.search(note.text)}
    return Cautions(sentences, sum(note.text not in told | answered for note in notes))


def _required(run: Run, notes: list[Note]) -> Iterator[str]:
    """Of failures, wrong features and what was cut short: nothing that changes the exit code."""
    unnamed = {
        f"{record.label} unavailable"
        for record in run.runners
        if record.status == "unavailable" and not asked_for(run, record)
    }
    for note in notes:
        if note.key == "failed":
            if not any(note.text.startswith(beginning) for beginning in unnamed):
                yield note.text
        elif note.key in _ALWAYS and not _ANSWERED.search(note.text):
            yield note.text


def _not_available(run: Run, notes: list[Note]) -> dict[str, str]:
    """The notes on runners that nobody named, each with the one sentence that replaces them all."""
    found: dict[str, str] = {}
    for record in run.runners:
        if record.status == "unavailable" and not asked_for(run, record):
            beginning = f"{record.label} unavailable"
            found |= {n.text: record.label for n in notes if n.text.startswith(beginning)}
    for note in notes:
        if match := _LEFT_OUT.match(note.text):
            found[note.text] = match[1]
    names = [short(name) for name in dict.fromkeys(found.values())]
    if not names:
        return {}
    whom = "it needs" if len(names) == 1 else "they need"
    sentence = f"Not available: {joined(names)}; netparity doctor says what {whom}."
    return dict.fromkeys(found, sentence)


def _diagnosed(run: Run, notes: list[Note], diagnoses: list[StoredDiagnosis]) -> Iterator[str]:
    """The main finding of every diagnosis, or that there is none yet where the cause is unknown."""
    for diagnosis in diagnoses[:_MOST_DIAGNOSED]:
        if diagnosis.lines:
            yield f"Diagnosis of {short(diagnosis.label)}: {_main_finding(diagnosis)}."
    known = {diagnosis.label for diagnosis in diagnoses}
    known |= {note.text.partition(", to compute in float32: ")[0] for note in notes}
    for record in run.runners:
        if record.label not in known:
            beginning = f"{record.label}: the first faulty layer is "
            yield from (
                note.text
                for note in notes
                if note.key == "faulty" and note.text.startswith(beginning)
            )


def _main_finding(diagnosis: StoredDiagnosis) -> str:
    """The first cause, with its fix; without one the first line."""
    lines = [line for line in diagnosis.lines if line.strip()] or [""]
    for place, line in enumerate(lines):
        if line.startswith(("confirmed: ", "suspected ")):
            after = lines[place + 1].strip() if place + 1 < len(lines) else ""
            fix = f"; {after}" if after.startswith(("fix: ", "if so: ")) else ""
            return f"{line.strip()}{fix}".rstrip(".")
    return lines[0].strip().rstrip(".")


def _brief(text: str, longest: int = _LONGEST) -> str:
    """A sentence of a few lines of a terminal, cut at a word; fix and log are kept."""
    reason, *rest = re.split(r" (?=Fix: |Log: )", text)
    whole = " ".join(reason.split())
    if len(whole) > longest:
        reason = reason.split("\n", 1)[0]
        if len(reason) > longest:
            reason = reason[:longest].rpartition(" ")[0].rstrip(",;:")
        whole = f"{reason} …"
    return " ".join([whole, *rest])


def _more(count: int) -> str:
    return f" ({count} more like this)" if count else ""
