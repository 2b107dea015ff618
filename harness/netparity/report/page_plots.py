"""The page's plots: every kind that shows something, with a choice of phases or features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from netparity.protocol import PHASES, Run
from netparity.report.agreement import matrix_feature
from netparity.report.columns import PHASE_HEADERS
from netparity.report.document import Choice
from netparity.report.plots import KINDS, NothingToDrawError, Scene, inline_svg
from netparity.report.plots.style import applied
from netparity.results.outcomes import how_bad

MOST_OPTIONS = 6
"""Of one plot; each is a drawing of its own, so that choosing needs neither network nor script."""
MOST_ROWS = 16
"""Of a plot with options; with more, only the one asked for is drawn, as each takes seconds."""
FEWEST_VALUES = 3
FEWEST_LAYERS = 3


@dataclass(frozen=True)
class Panel:
    """One drawing of a plot; `svg` is markup, `option` the phase or feature that it shows."""

    anchor: str
    option: str
    chosen: bool
    caption: str
    alt: str
    svg: str


@dataclass(frozen=True)
class Plot:
    """A plot of the page, or in `missing` the reason why there is none.

    Attributes:
        choose: what the reader chooses between panels, `Phase` or `Feature`.
        left_out: sentences on the options that there are no panels for.
    """

    anchor: str
    title: str
    panels: Sequence[Panel] = ()
    choose: str = ""
    left_out: Sequence[str] = ()
    missing: str = ""


def page_plots(scene: Scene, anchor: str) -> Iterator[Plot]:
    """Every kind of plot except the inputs, which the page shows as pictures."""
    for name, kind in KINDS.items():
        if name == "inputs":
            continue
        prefix = f"{anchor}-{name}"
        if reason := _too_little(scene, name):
            yield Plot(prefix, kind.TITLE, missing=reason)
            continue
        choose = getattr(kind, "CHOOSE", "")
        options, left_out = _options(scene, name, choose)
        panels, missing = _panels(scene, name, prefix, choose, options)
        if panels:
            reasons = [f"Not drawn: {reason}." for reason in missing.values()]
            yield Plot(prefix, kind.TITLE, panels, choose.capitalize(), [*left_out, *reasons])
        else:
            chosen = _chosen(scene, choose)
            yield Plot(prefix, kind.TITLE, missing=missing.get(chosen) or max(missing.values()))


def _panels(
    scene: Scene, name: str, prefix: str, choose: str, options: Sequence[str]
) -> tuple[list[Panel], dict[str, str]]:
    """A drawing for every option, or the reason why there is none."""
    panels: list[Panel] = []
    missing: dict[str, str] = {}
    for number, option in enumerate(options):
        own = prefix if len(options) == 1 else f"{prefix}-{number + 1}"
        try:
            with applied(scene.theme):
                drawing = KINDS[name].draw(replace(scene, choice=_choice(scene, choose, option)))
                svg = inline_svg(drawing.save("svg", fonts="none"), own)
        except NothingToDrawError as reason:
            missing[option] = str(reason)
        else:
            shown = PHASE_HEADERS[option] if choose == "phase" else option
            chosen = option == _chosen(scene, choose)
            panels.append(Panel(own, shown, chosen, drawing.caption, drawing.alt, svg))
    if panels and not any(panel.chosen for panel in panels):
        panels[-1] = replace(panels[-1], chosen=True)
    return panels, missing


def _choice(scene: Scene, choose: str, option: str) -> Choice:
    if choose == "phase":
        return replace(scene.choice, phase=option)
    return replace(scene.choice, feature=option) if choose == "feature" else scene.choice


def _too_little(scene: Scene, name: str) -> str:
    """Why a plot would show too few points to say anything; empty if it has enough."""
    if name == "layers" and len(scene.run.settings.layers) < FEWEST_LAYERS:
        count = len(scene.run.settings.layers)
        return f"it needs {FEWEST_LAYERS} layers, and the run has {count}; see the errors above"
    if name == "values" and scene.run.timing and not _phases(scene):
        return f"no runner has {FEWEST_VALUES} values of a phase"
    return ""


def _options(scene: Scene, name: str, choose: str) -> tuple[list[str], list[str]]:
    """The phases or features that a plot has panels for, and a sentence on the others."""
    if choose and len(scene.run.runners) > MOST_ROWS:
        sentence = f"netparity plot RUN {name} --{choose} NAME draws any other {choose}."
        return [_chosen(scene, choose)], [sentence]
    if choose == "phase":
        return _phases(scene) or [scene.choice.phase], []
    if choose != "feature":
        return [""], []
    features = scene.run.settings.layers
    if len(features) <= MOST_OPTIONS:
        return list(features), []
    kept = {_chosen(scene, choose), *_worst(scene.run)[: MOST_OPTIONS - 1]}
    left_out = [
        f"Shown are {len(kept)} of {len(features)} features, those that agree worst; "
        f"netparity plot RUN {name} --feature NAME draws any other."
    ]
    return [feature for feature in features if feature in kept], left_out


def _phases(scene: Scene) -> list[str]:
    """Phases of which some runner has enough values."""
    return [
        phase
        for phase in PHASES
        if any(_values(scene, entry.label, phase) >= FEWEST_VALUES for entry in scene.timed(phase))
    ]


def _values(scene: Scene, label: str, phase: str) -> int:
    rounds = scene.records[label].rounds
    return sum(len(each.phases.get(phase, ())) for each in rounds if each.status == "ok")


def _chosen(scene: Scene, choose: str) -> str:
    if choose == "feature":
        return scene.choice.feature or matrix_feature(scene.run)
    return scene.choice.phase if choose == "phase" else ""


def _worst(run: Run) -> list[str]:
    """Features of the shared input, the worst of any runner first."""
    judged = [e for e in run.parity if (e.against, e.input) == ("reference", "shared")]
    return list(dict.fromkeys(e.feature for e in sorted(judged, key=how_bad, reverse=True)))
