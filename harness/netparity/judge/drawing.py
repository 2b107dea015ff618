"""A stored run's plots, and the plot of all stored runs, as files."""

from __future__ import annotations

from pathlib import Path

from netparity.errors import InputError, StoreError, UsageError
from netparity.judge.documents import open_document
from netparity.protocol import PHASES
from netparity.report import Choice
from netparity.report.across import stored_runs
from netparity.report.document import expect
from netparity.report.plots import (
    COLUMN_MM,
    FORMATS,
    KINDS,
    NothingToDrawError,
    over_runs,
    rendered,
    scene_for_file,
)
from netparity.report.plots.style import THEMES, applied
from netparity.report.saving import save
from netparity.system.paths import usable_path
from netparity.watch import SILENT, Watch


def draw_files(
    path: Path,
    kind: str,
    form: str | None = None,
    output: Path | None = None,
    width_mm: float = COLUMN_MM,
    theme: str = "light",
    choice: Choice | None = None,
    watch: Watch = SILENT,
) -> list[Path]:
    """Draw one kind of plot of a stored run, or all kinds, as files.

    Args:
        form: svg, pdf or png; None for what `output` ends in, or svg.
        output: the file, or for all kinds the folder; None for names of their own here.

    Raises:
        UsageError: if there is no such kind, format, theme or width.
        InputError: if the run does not hold what the plot shows.
        NetparityError: if the run cannot be read, or a file cannot be written.
    """
    several = kind == "all"
    expect("plot", kind, (*KINDS, "all"))
    form = _plot_format(form, None if several else output)
    if several and output is not None and not output.is_dir():
        _make_folder(output)
    document = open_document([path], choice, watch)
    scene = scene_for_file(document.runs[0], document.folder(0), document.choice, theme, width_mm)
    drawn, missing = [], []
    wanted = KINDS if several else {kind: KINDS[kind]}
    with watch.task("drawing", len(wanted)) as task:
        for name, module in wanted.items():
            task.note(name)
            file = output or Path(f"{name}.{form}")
            try:
                data = rendered(module.draw, scene, form)
                drawn.append(save(data, file / f"{name}.{form}" if several and output else file))
            except NothingToDrawError as reason:
                missing.append(f"no plot of {name}: {reason}")
            task.advance()
    if missing and not drawn:
        raise InputError("; ".join(missing))
    for sentence in missing:
        watch.warning(sentence)
    return drawn


def draw_history(results: Path, output: Path, phase: str = "predict") -> Path:
    """Draw the seconds of a phase over the runs stored below a folder, as a file.

    Args:
        output: ends in .svg, .pdf or .png.

    Raises:
        UsageError: if there is no such format or phase.
        InputError: if there is no such folder, or no run below it has the phase.
        StoreError: if the file cannot be written.
    """
    form = _plot_format(None, output)
    expect("--phase", phase, PHASES)
    runs = stored_runs(results)
    theme = THEMES["light"]
    try:
        with applied(theme):
            data = over_runs.draw(runs, phase, theme).save(form)
    except NothingToDrawError as reason:
        raise InputError(f"{results}: {reason}") from reason
    return save(data, output)


def _plot_format(form: str | None, output: Path | None) -> str:
    """The format named, or the one that the file's name asks for, or svg.

    Raises:
        UsageError: if there is no such format, or the two disagree.
    """
    if form is not None:
        expect("--format", form, FORMATS)
    if output is None:
        return form or "svg"
    asked = output.suffix.lower().lstrip(".")
    if asked not in FORMATS and form is None:
        known = ", ".join(f".{each}" for each in FORMATS)
        raise UsageError(f"--output {str(output)!r} ends in none of {known}: name a --format")
    if asked in FORMATS and form not in (None, asked):
        raise UsageError(f"--format {form} and --output {str(output)!r} name different formats")
    return form or asked


def _make_folder(folder: Path) -> None:
    folder = usable_path(folder, "output")
    try:
        folder.mkdir()
    except OSError as error:
        raise StoreError(f"output folder {folder} cannot be made: {error.strerror}") from error
