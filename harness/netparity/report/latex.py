r"""A LaTeX document that compiles on its own, with tables by booktabs to copy into a paper.

Needs pdflatex with booktabs, geometry and lmodern. Whatever the run holds is written as text:
what LaTeX would read as a command is escaped, what its fonts cannot show is named (U+202E).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from netparity.report.cells import Table
from netparity.report.document import Document
from netparity.report.headline import headline
from netparity.report.ledger import machine_words
from netparity.report.methods import paragraph
from netparity.report.notes import notes
from netparity.report.several import beginning
from netparity.report.tables import tables

FILE = None
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "-": r"{-}",  # "--" and "---" would become dashes
    "–": r"--",
    "—": r"---",
    "×": r"$\times$",
    "≠": r"$\neq$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "µ": r"\textmu{}",
    "…": r"\ldots{}",
    "•": r"\textbullet{}",
    "?": r"{?}",  # "?`" is a ligature
    "!": r"{!}",
    ",": r"{,}",  # so is ",,"
}
_WIDE_COLUMNS = 9
_LONG_CELL = 30
_LONG_WORD = 24
_BREAK = r"\allowbreak{}"


def render(document: Document) -> str:
    """The runs as a LaTeX document."""
    lines = [
        r"\documentclass[10pt]{article}",
        r"\usepackage[T1]{fontenc}",
        r"\usepackage[utf8]{inputenc}",
        r"\usepackage{lmodern,textcomp,booktabs,array}",
        r"\usepackage[a4paper,landscape,margin=15mm]{geometry}",
        r"\begin{document}",
    ]
    for number, table in enumerate(beginning(document), start=1):
        lines += _table(table, f"runs-{number}")
    lines += _items(document.remarks)
    for position, run in enumerate(document.runs, start=1):
        lines += ["", rf"\section*{{{escape(run.run_id)}}}", ""]
        lines += [escape(headline(run, document.choice.phase)), ""]
        for number, table in enumerate(tables(run, choice=document.choice), start=1):
            lines += _table(table, f"{position}-{number}")
        said = [*notes(run), *machine_words(run.machine, run.settings)]
        lines += ["", r"\subsection*{Notes}", *_items(said)]
        lines += [r"\subsection*{Methods}", escape(paragraph(run))]
    return "\n".join([*lines, r"\end{document}", ""])


def escape(text: str) -> str:
    """Text that LaTeX sets as it is, on one line, with places where a long word may break."""
    escaped, since = [], 0
    for character in " ".join(text.split()):
        since = 0 if character in " -" else since + 1
        escaped.append(_character(character))
        if since >= _LONG_WORD or (character in "[],=/_." and since > 2):
            escaped.append(_BREAK)
            since = 0
    # At the start of a row, "[" would be read as the length of the break before it.
    return "".join(escaped).replace("[", "{[}").replace("]", "{]}").replace("*", "{*}")


def _character(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    code = ord(character)
    latin = 0xC0 <= code <= 0xFF and character not in "×÷"  # letters, which T1 fonts have
    if 0x20 <= code < 0x7F or latin:
        return character
    plain = unicodedata.normalize("NFKC", character)
    if plain != character and plain.isascii() and plain.isalnum():
        return plain
    return rf"\texttt{{U+{code:04X}}}"


def _items(sentences: Sequence[str]) -> list[str]:
    if not sentences:  # LaTeX refuses a list without items
        return []
    items = [rf"\item {escape(sentence)}" for sentence in sentences]
    return [r"\begin{itemize}", *items, r"\end{itemize}"]


def _table(table: Table, label: str) -> list[str]:
    """A table with rules at its top, below its head and at its bottom."""
    size = r"\footnotesize" if len(table.headers) <= _WIDE_COLUMNS else r"\tiny"
    head = " & ".join(
        rf"\multicolumn{{1}}{{{'l' if index < table.words else 'r'}}}{{{escape(header)}}}"
        for index, header in enumerate(table.headers)
    )
    return [
        "",
        r"\begin{table}[htbp]",
        r"\centering" + size + r"\setlength{\tabcolsep}{3pt}",
        rf"\caption{{{escape(table.title)}}}",
        rf"\label{{tab:netparity-{label}}}",
        rf"\begin{{tabular}}{{@{{}}{_columns(table)}@{{}}}}",
        r"\toprule",
        head + r" \\",
        r"\midrule",
        *(" & ".join(_cell(cell) for cell in row) + r" \\" for row in table.rows),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]


def _columns(table: Table) -> str:
    """Words that are long get a column that breaks them; figures stand to the right."""
    made = []
    for index in range(len(table.headers)):
        longest = max((len(row[index]) for row in table.rows), default=0)
        if index >= table.words:
            made.append("r")
        elif longest > _LONG_CELL or table.words > 3:
            width = 45 if table.words <= 3 else max(15, 230 // table.words)
            made.append(rf">{{\raggedright\arraybackslash}}p{{{width}mm}}")
        else:
            made.append("l")
    return "".join(made)


def _cell(text: str) -> str:
    """A cell; an error such as 2.9e-06 as a power of ten."""
    power = re.fullmatch(r"(\d\.\d)e([+-]\d+)( .)?", text)
    if power is None:
        return escape(text)
    mark = escape(power[3]) if power[3] else ""
    return rf"${power[1]}\times 10^{{{int(power[2])}}}$ {mark}".strip()
