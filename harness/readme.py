"""Put the tables and the plot of the committed reference run into README.md.

The tables of all committed runs are remade, too.

python harness/readme.py
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from netparity.api import load_run
from netparity.protocol import Run
from netparity.report import Document, agreement, markdown
from netparity.report.glance import glance
from netparity.report.ledger import machine_words
from netparity.report.plots import KINDS, Scene, rendered
from netparity.report.plots.style import THEMES, applied

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
COMMITTED = ROOT / "results" / "reference"
REFERENCE = COMMITTED / "all"
BEGIN = "<!-- made by `make readme` from results/reference/all -->\n"
END = "<!-- end of what `make readme` made -->\n"
PLOT, WIDTH_MM = "phases", 150.0


def main() -> None:
    """Rewrite README.md, its plots and the tables of the committed runs."""
    run = load_run(REFERENCE)
    README.write_text(with_results(README.read_text(encoding="utf-8"), run), encoding="utf-8")
    for path, text in tables().items():
        path.write_text(text, encoding="utf-8")
    for path, data in plots(run).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def with_results(text: str, run: Run) -> str:
    """The README with this run's results between the two marks.

    Raises:
        ValueError: if a mark is missing.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md lacks the line {(BEGIN if not begin else END).strip()}")
    return f"{before}{BEGIN}{results(run)}{END}{after}"


def results(run: Run) -> str:
    """The three answers, the table at a glance, the plot, and the tables of errors."""
    first, errors, inputs = glance(run), agreement.parity(run), agreement.preprocessing(run)
    light, dark = plot_paths()
    machine = next(iter(machine_words(run.machine, run.settings)))
    parts = [
        *markdown.answer_items(run),
        *("", *markdown.table_lines(first), ""),
        "<picture>",
        f'<source media="(prefers-color-scheme: dark)" srcset="{dark.relative_to(ROOT)}">',
        f'<img src="{light.relative_to(ROOT)}" width="720" alt="{alt(run)}">',
        "</picture>",
        *("", f"{markdown.escape(errors.title)}:", "", *markdown.table_lines(errors), ""),
        *(f"{markdown.escape(inputs.title)}:", "", *markdown.table_lines(inputs), ""),
        f"({markdown.escape(machine)}; {run.settings.rounds} rounds, {run.started[:10]}, netparity "
        f"{run.netparity_version}; more in [its tables](results/reference/all/table.md).)",
    ]
    return "\n".join(parts) + "\n"


def alt(run: Run) -> str:
    """The plot's alternative text, escaped for an attribute."""
    with applied(THEMES["light"]):
        text = KINDS[PLOT].draw(Scene(run)).alt
    return escape(text)


def plot_paths() -> tuple[Path, Path]:
    """The paths of the light and the dark plot."""
    folder = ROOT / "docs" / "images"
    return folder / f"{PLOT}-light.svg", folder / f"{PLOT}-dark.svg"


def plots(run: Run) -> dict[Path, bytes]:
    """The plot's files, made from run.json alone, as the features are not committed."""
    return {
        path: rendered(KINDS[PLOT].draw, Scene(run, theme=THEMES[theme], width_mm=WIDTH_MM), "svg")
        for path, theme in zip(plot_paths(), ("light", "dark"), strict=True)
    }


def tables() -> dict[Path, str]:
    """table.md of every committed run."""
    return {
        file.with_name(markdown.FILE): markdown.render(Document.of(load_run(file)))
        for file in sorted(COMMITTED.rglob("run.json"))
    }


if __name__ == "__main__":
    main()
