"""Plots hold what the run holds, in one look, as text, vectors and pixels."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from netparity.protocol import (
    ParityEntry,
    Preprocessing,
    PreprocessingFeature,
    Run,
    RunnerRecord,
    TimingEntry,
)
from netparity.report import Choice
from netparity.report.pictures import pictures
from netparity.report.plots import KINDS, Drawing, NothingToDrawError, Scene, inline_svg, rendered
from netparity.report.plots.looks import MARKERS, PALETTE, looks, mark_path
from netparity.report.plots.style import (
    MORE_COLOURS,
    THEMES,
    TOOL_COLOURS,
    Theme,
    applied,
    colour,
    plain,
    short,
)
from netparity.runners import RUNNERS
from tests.support.markup import fetches_and_runs_nothing
from tests.support.odd_runs import WORDS, odd_runs, worded_run
from tests.support.page_runs import stored_document, timed, whole_run
from tests.support.stored_runs import entry, ok, timing

RUN = whole_run(["first tool", "second tool"])
FROM_RUN_ALONE = ("errors", "phases", "values", "layers", "limit")


def draw(kind: str, scene: Scene) -> Drawing:
    with applied(scene.theme):
        return KINDS[kind].draw(scene)


def stored_scene(folder: Path, **changes: object) -> Scene:
    document = stored_document(folder)
    return Scene(document.runs[0], document.folder(0), **changes)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A run with all its files, to look at only."""
    return stored_scene(tmp_path_factory.mktemp("stored"))


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    values = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


# --- files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["svg", pytest.param("pdf", marks=pytest.mark.slow), "png"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_file_of_every_format_in_column_width_and_always_the_same(
    kind: str, form: str, stored: Scene
) -> None:
    data = rendered(KINDS[kind].draw, stored, form)
    assert rendered(KINDS[kind].draw, stored, form) == data
    points = 89 / 25.4 * 72
    if form == "svg":
        root = ElementTree.fromstring(data)
        assert float(root.get("width", "").removesuffix("pt")) == pytest.approx(points)
        assert not re.search(rb"\bhref=\"(?!#|data:image/png)", data)
    elif form == "pdf":
        [box] = re.findall(rb"/MediaBox \[ 0 0 ([\d.]+) ", data)
        assert float(box) == pytest.approx(points, rel=1e-3)
        assert b"/Type3" not in data
    else:
        with Image.open(io.BytesIO(data)) as opened:
            assert opened.width == pytest.approx(89 / 25.4 * 300, abs=1)
            small = np.asarray(opened.convert("RGB").resize((64, 64))).reshape(-1, 3)
            assert len(np.unique(small, axis=0)) > 8


@pytest.mark.parametrize("width", [60.0, 183.0])
def test_the_width_is_that_asked_for(width: float) -> None:
    data = rendered(KINDS["phases"].draw, Scene(RUN, width_mm=width), "svg")
    assert float(ElementTree.fromstring(data).get("width")[:-2]) == pytest.approx(width / 25.4 * 72)


def test_the_users_own_settings_of_matplotlib_change_nothing() -> None:
    import matplotlib as mpl

    before = rendered(KINDS["layers"].draw, Scene(RUN), "svg")
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "text.usetex": False}):
        assert rendered(KINDS["layers"].draw, Scene(RUN), "svg") == before
        assert mpl.rcParams["font.size"] == 30


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_changes_the_paper_and_not_the_tools(theme: str) -> None:
    text = rendered(KINDS["limit"].draw, Scene(RUN, theme=THEMES[theme]), "svg").decode()
    assert THEMES[theme].paper in text
    assert TOOL_COLOURS["keras3-tensorflow"] in text


# --- colours --------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("shade", sorted({*PALETTE, *MORE_COLOURS}))
def test_tools_stand_out_from_the_paper(shade: str, theme: str) -> None:
    assert contrast(shade, THEMES[theme].paper) >= 3


@pytest.mark.parametrize("theme", [THEMES["light"], THEMES["dark"]])
def test_words_can_be_read(theme: Theme) -> None:
    assert contrast(theme.ink, theme.paper) >= 7
    assert contrast(theme.muted, theme.paper) >= 4.5


VISION = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
"""G. M. Machado et al., A Physiologically-based Model for Simulation of Color Vision Deficiency,
IEEE TVCG 15 (2009), severity 1.0; on linear RGB."""


def lab(shade: str, kind: str | None) -> np.ndarray:
    """CIELAB (D65) of a colour as someone with this vision sees it."""
    rgb = np.array([int(shade[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    rgb = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    rgb = np.clip(np.array(VISION[kind]) @ rgb, 0, 1) if kind else rgb
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.array(to_xyz) @ rgb / [0.9505, 1.0, 1.089]
    f = [np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("kind", [None, *VISION])
def test_everyone_can_tell_the_tools_apart(kind: str | None) -> None:
    seen = {name: lab(shade, kind) for name, shade in TOOL_COLOURS.items()}
    for one, first in seen.items():
        for other, second in seen.items():
            assert one == other or np.linalg.norm(first - second) > 15, (one, other)


def test_every_runner_that_there_is_has_a_colour_of_its_own() -> None:
    shades = [kind.colour or colour(ok("a", kind.name)) for kind in RUNNERS]
    assert len(set(shades)) == len(RUNNERS)
    for theme in (THEMES["light"], THEMES["dark"]):
        assert min(contrast(shade, theme.paper) for shade in shades) >= 3


def test_a_run_s_colours_are_those_that_were_stored() -> None:
    record = ok("a", "keras2-theano").model_copy(update={"colour": "#123456"})
    assert colour(record) == "#123456"


def test_a_run_stored_without_colours_is_drawn_as_before() -> None:
    before = {kind.name: colour(ok("a", kind.name)) for kind in RUNNERS}
    assert {name: before[name] for name in TOOL_COLOURS} == TOOL_COLOURS
    assert {kind.name: kind.colour for kind in RUNNERS if kind.name in TOOL_COLOURS} == TOOL_COLOURS


@pytest.mark.parametrize("text", ["red", "#12345", "#12345g", '#123456"><script>', "url(x)"])
def test_a_stored_colour_is_nothing_but_a_colour(text: str) -> None:
    with pytest.raises(ValidationError):
        RunnerRecord.model_validate({**ok("a", "b").model_dump(), "colour": text})


def test_a_tool_s_first_row_has_the_same_colour_in_every_run() -> None:
    for name in ("keras2-theano", "jax-of-tomorrow"):
        alone = looks([ok("a", name)])
        among = looks([ok("x", "keras3-tensorflow"), ok("b[x=1]", name), ok("c", name)])
        assert alone["a"].colour == among["b[x=1]"].colour == colour(ok("a", name))


def test_every_row_has_a_colour_and_a_mark_of_its_own() -> None:
    rows = [ok(f"row {number}", RUNNERS[number % 3].name) for number in range(len(MARKERS))]
    found = looks(rows).values()
    assert len({look.colour for look in found}) == len({look.marker for look in found}) == len(rows)


def test_no_two_of_many_rows_share_both_colour_and_mark() -> None:
    found = looks([ok(f"row {number}", "keras2-theano") for number in range(150)])
    assert len({(look.colour, look.marker) for look in found.values()}) == 150


def test_a_mark_on_the_page_has_the_outline_that_matplotlib_draws() -> None:
    numbers = [float(text) for text in re.findall(r"-?[\d.]+", mark_path("s"))]
    assert {abs(number) for number in numbers} == {0.5}
    triangle = mark_path("^")
    assert triangle.startswith("M0.000 -0.500") and triangle.endswith("Z")
    assert "C" in mark_path("o")


def test_rows_of_one_tool_differ_without_colours() -> None:
    run = whole_run(["a", "b", "c"])
    assert len({(look.marker, look.dash) for look in Scene(run).looks.values()}) == 3


# --- what is drawn --------------------------------------------------------------------------


def test_phases_stand_on_each_other() -> None:
    axes = draw("phases", Scene(RUN)).figure.axes[0]
    first = [bar for bar in axes.patches if abs(bar.get_y() + bar.get_height() / 2) < 0.01]
    assert [bar.get_width() for bar in first] == pytest.approx([0.2] * 5)
    ends = [bar.get_x() + bar.get_width() for bar in first]
    assert [bar.get_x() for bar in first] == pytest.approx([0, *ends[:-1]])
    assert all(one.get_hatch() != other.get_hatch() or one.get_facecolor() != other.get_facecolor()
               for one, other in pairwise(first))  # fmt: skip


def test_hatches_are_seen_in_every_format() -> None:
    text = rendered(KINDS["phases"].draw, Scene(RUN), "svg").decode()
    hatched = re.findall(r'style="fill: url\(#h[^"]*"', text)
    assert len(hatched) == 3  # two tools and the legend
    assert not any("opacity" in style for style in hatched)


def test_every_value_is_a_dot_in_its_processs_line() -> None:
    axes = draw("values", Scene(RUN)).figure.axes[0]
    dots = [
        (float(x), round(float(y), 6))
        for line in axes.lines
        if line.get_marker() in ("o", "s")
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    ]
    expected = [v for r in RUN.runners for p in r.rounds for v in p.phases["predict"]]
    assert sorted(x for x, _ in dots) == sorted(expected)
    assert len({y for _, y in dots}) == sum(len(record.rounds) for record in RUN.runners)


def test_outliers_are_hollow_and_not_dropped() -> None:
    [entry_] = [e for e in RUN.timing if (e.label, e.phase) == ("first tool", "predict")]
    marked = entry_.model_copy(update={"outliers": [(1, 2)]})
    run = RUN.model_copy(update={"timing": [marked if e is entry_ else e for e in RUN.timing]})
    hollow = [
        float(x)
        for line in draw("values", Scene(run)).figure.axes[0].lines
        if line.get_markerfacecolor() == "none" and line.get_marker() == "o"
        for x in line.get_xdata()
    ]
    assert hollow == [RUN.runners[0].rounds[0].phases["predict"][2]]


def test_the_phase_asked_for_is_drawn() -> None:
    drawn = draw("values", Scene(RUN, choice=Choice(phase="load")))
    assert drawn.figure.axes[0].get_xlabel() == "seconds of load"


def test_a_wide_range_of_seconds_has_a_logarithmic_axis() -> None:
    slow = timed("slow", at=20.0)
    run = whole_run(["fast", "slow"])
    run = run.model_copy(update={"runners": [run.runners[0], slow]})
    assert draw("values", Scene(run)).figure.axes[0].get_xscale() == "log"
    assert draw("values", Scene(RUN)).figure.axes[0].get_xscale() == "linear"


def test_errors_and_the_floor_are_lines_over_the_layers() -> None:
    parity = [
        entry("a", "conv1_1", 2e-7, "pass"),
        entry("a", "fc6", None, "error"),
        entry("a", "fc7", 0.5, "divergent"),
        entry("a", "fc7", 0.9, "divergent", input="native"),
    ]
    run = whole_run(["a"]).model_copy(update={"parity": parity})
    axes = draw("layers", Scene(run)).figure.axes[0]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["conv1_1", "fc6", "fc7"]
    lines = {line.get_label(): np.asarray(line.get_ydata(), float) for line in axes.lines}
    np.testing.assert_array_equal(lines["a"], [2e-7, np.nan, 0.5])
    steps = {patch.get_label(): patch.get_data() for patch in axes.patches}
    np.testing.assert_array_equal(steps["noise floor"].values, [1e-7] * 3)
    np.testing.assert_allclose(steps["passes"].values, [8e-7] * 3)
    np.testing.assert_array_equal(steps["passes"].edges, [-0.5, 0.5, 1.5, 2.5])


def test_a_single_layer_has_a_floor_that_is_seen() -> None:
    axes = draw("layers", Scene(whole_run(["a"], ["fc6"]))).figure.axes[0]
    steps = {patch.get_label(): patch.get_data() for patch in axes.patches}
    assert np.ptp(steps["noise floor"].edges) == np.ptp(steps["passes"].edges) == 1


def test_a_tolerance_of_the_users_bounds_the_shaded_part() -> None:
    run = whole_run(["a"], settings={"max_relative_l2": 1e-3})
    axes = draw("layers", Scene(run)).figure.axes[0]
    steps = {patch.get_label(): patch.get_data() for patch in axes.patches}
    np.testing.assert_allclose(steps["passes"].values, 1e-3)


def test_an_error_of_zero_is_at_the_bottom_and_not_lost() -> None:
    run = whole_run(["a", "b"]).model_copy(
        update={"parity": [entry("a", "fc6", 0.0, "identical"), entry("b", "fc6", 1e-6, "pass")]}
    )
    axes = draw("layers", Scene(run)).figure.axes[0]
    drawn = {line.get_label(): np.asarray(line.get_ydata(), float) for line in axes.lines}
    low, high = axes.get_ylim()
    assert low <= drawn["a"][1] < drawn["b"][1] <= high


def test_differences_are_drawn_over_the_values_of_the_reference(tmp_path: Path) -> None:
    scene = stored_scene(tmp_path)
    [axes] = draw("features", scene).figure.axes
    stored = scene.folder.read_array(scene.run.reference_features["fc6"]).ravel().astype(float)
    scale = np.sqrt(np.mean(stored**2))
    lines = {line.get_label(): line for line in axes.lines}
    for label in ("right", "off"):
        values = scene.folder.read_array(scene.records[label].features["shared"]["fc6"]).ravel()
        expected = np.abs(values.astype(float) - stored) / scale
        np.testing.assert_allclose(lines[label].get_xdata(), stored[expected > 0])
        np.testing.assert_allclose(lines[label].get_ydata(), expected[expected > 0])
    assert lines["off"].get_color() == TOOL_COLOURS["matconvnet-octave"]


def test_features_that_equal_the_reference_are_not_drawn(tmp_path: Path) -> None:
    scene = stored_scene(tmp_path)
    reference = scene.run.reference_features["fc6"]
    runners = [
        record.model_copy(update={"features": {"shared": {"fc6": reference}}})
        for record in scene.run.runners
    ]
    run = scene.run.model_copy(update={"runners": runners})
    with pytest.raises(NothingToDrawError, match=r"every runner's fc6 equals the reference's"):
        draw("features", Scene(run, scene.folder))


def test_errors_of_the_shared_tensor_and_of_the_own_input_are_marks() -> None:
    moved = [PreprocessingFeature(feature="fc6", relative_l2=0.25, explained_by_resize=None)]
    run = whole_run(["a", "b"]).model_copy(
        update={
            "parity": [entry("a", "fc6", 2e-7, "pass"), entry("b", "fc6", 0.5, "divergent")],
            "preprocessing": [Preprocessing(label="a", rms=3.0, stages={}, features=moved)],
        }
    )
    drawn = draw("errors", Scene(run))
    axes = drawn.figure.axes[0]
    marks = {
        (
            round(float(line.get_xdata()[0]), 12),
            int(line.get_ydata()[0]),
        ): line.get_markerfacecolor()
        for line in axes.lines
        if line.get_marker() in MARKERS
    }
    assert set(marks) == {(2e-7, 0), (0.25, 0), (0.5, 1)}
    assert marks[0.25, 0] == "none" != marks[2e-7, 0]
    assert (
        "a: 2.0e-07, pass, its own input moves it by 2.5e-01; b: 5.0e-01 ≠, DIVERGES" in drawn.alt
    )
    [shaded] = axes.patches
    assert shaded.get_x() + shaded.get_width() == pytest.approx(8 * 1e-7)  # 8 times the floor


def test_the_feature_asked_for_is_drawn(tmp_path: Path) -> None:
    drawn = draw("features", stored_scene(tmp_path, choice=Choice(feature="fc7")))
    assert drawn.figure.axes[0].get_xlabel() == "fc7 of the float64 reference"


def test_the_values_farthest_apart_are_among_those_drawn(tmp_path: Path) -> None:
    scene = stored_scene(tmp_path, choice=Choice(feature="conv1_1"))
    stored = scene.run.reference_features["conv1_1"]
    truth = scene.folder.read_array(stored)
    assert truth.size > 4096
    wrong = truth.astype(np.float32)
    wrong.flat[4321] += 100
    file = scene.folder.write_array("runners/off/shared-conv1_1.npy", wrong)
    record = scene.records["off"]
    features = {"shared": record.features["shared"] | {"conv1_1": file}}
    changed = record.model_copy(update={"features": features})
    runners = [changed if r is record else r for r in scene.run.runners]
    run = scene.run.model_copy(update={"runners": runners})
    drawn = draw("features", Scene(run, scene.folder, scene.choice))
    lines = {line.get_label(): line for line in drawn.figure.axes[0].lines}
    assert len(lines["off"].get_xdata()) <= 4096
    scale = np.sqrt(np.mean(truth.astype(float) ** 2))
    assert max(lines["off"].get_ydata()) == pytest.approx(100 / scale)


def test_shares_of_the_limit() -> None:
    axes = draw("limit", Scene(RUN)).figure.axes[0]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([100 * 0.01 / 0.2] * 2)


def test_words_stay_at_the_edge_of_a_limit_that_was_passed() -> None:
    over = RUN.limit.model_copy(update={"seconds": 0.9})
    axes = draw("limit", Scene(RUN.model_copy(update={"limit": over}))).figure.axes[0]
    assert axes.get_xlim()[1] > 450
    rates = [text for text in axes.texts if "GFLOP/s" in text.get_text()]
    assert [text.xy[0] for text in rates] == [1, 1]  # of the axes' width


def test_labels_that_differ_at_their_end_stay_different() -> None:
    keys = ["", ",stamp=yes", ",stamp=yes,profile=yes", ",compile_cache=cold"]
    labels = [f"keras2-theano[keras=2.0.4,data_format=channels_first{key}]" for key in keys]
    for length in (30, 40, 52):
        assert len({short(label, length) for label in labels}) == len(labels)
        assert all(len(short(label, length)) == length for label in labels)


def test_a_runner_whose_feature_is_lost_is_named(tmp_path: Path) -> None:
    scene = stored_scene(tmp_path)
    (scene.folder.path / scene.records["twin"].features["shared"]["fc6"].file).unlink()
    drawn = draw("features", scene)
    assert "Not drawn, as their file is missing or changed: twin." in drawn.caption
    assert "right" in drawn.alt and "twin" not in drawn.alt


# --- pictures -------------------------------------------------------------------------------


def test_tools_that_made_the_same_tensor_share_a_picture(tmp_path: Path) -> None:
    document = stored_document(tmp_path)
    shown = {each.title: each for each in pictures(document.runs[0], document.folder(0))}
    assert list(shown) == [
        "The image",
        "The shared input",
        "Made by right and 1 more",
        "Difference × 42.3",
        "Made by off",
        "Difference × 1",
    ]
    # Three grey levels more everywhere, enlarged until they just fit: 128 + 127.
    assert np.unique(shown["Difference × 42.3"].pixels) == [255]
    assert np.unique(shown["Difference × 1"].pixels) == [128]
    assert "right, twin: 3 grey levels" in shown["Difference × 42.3"].caption


def test_a_tensor_that_is_no_image_is_left_out(tmp_path: Path) -> None:
    document = stored_document(tmp_path)
    [run], folder = document.runs, document.folder(0)
    bad = folder.write_array("runners/right/native-input.npy", np.full((1, 64, 64, 3), np.nan))
    runners = [r.model_copy(update={"native_input": bad}) for r in run.runners]
    shown = pictures(run.model_copy(update={"runners": runners}), folder)
    assert [each.title for each in shown] == ["The image", "The shared input"]


# --- texts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_alternative_text_names_every_tool(kind: str, stored: Scene) -> None:
    drawn = draw(kind, stored)
    assert all(label in drawn.alt for label in ("right", "twin", "off"))
    assert drawn.title and drawn.caption.endswith(".") and drawn.alt.endswith(".")


def test_the_alternative_text_has_the_figures() -> None:
    assert "first tool: start-up 0.200 (0.190–0.210) s, load" in draw("phases", Scene(RUN)).alt
    assert (
        "first tool: 5 values of 2 processes from 0.180 to 0.220 s"
        in draw("values", Scene(RUN)).alt
    )
    assert "first tool: 1.0e-07 to 1.0e-07" in draw("layers", Scene(RUN)).alt
    assert "first tool: 5.00 %, 5.00 GFLOP/s" in draw("limit", Scene(RUN)).alt


def assert_words_stay_text(kind: str, texts: Sequence[str]) -> None:
    run = worded_run(texts).model_copy(update={"parity": every_layer(texts)})
    scene = Scene(run, theme=THEMES["page"])
    with applied(scene.theme):
        svg = KINDS[kind].draw(scene).save("svg", "none")
    ElementTree.fromstring(svg)
    root = ElementTree.fromstring(inline_svg(svg, "x"))
    fetches_and_runs_nothing(root)
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= DRAWN
    shown = "".join(root.itertext())
    assert all(char not in shown for char in "\u202e\u2066\u200b\x01\x07")


def every_layer(texts: Sequence[str]) -> list[ParityEntry]:
    """A layer called by each of the texts."""
    labels = [record.label for record in worded_run(texts).runners if record.status == "ok"]
    return [entry(label, text, 1e-7, "pass") for label in labels for text in ("fc6", *texts)]


DRAWN = {"svg", "g", "defs", "path", "use", "text", "tspan", "clipPath", "rect", "pattern", "image"}
"""What Matplotlib draws with."""


@pytest.mark.parametrize("texts", [WORDS[at : at + 4] for at in range(0, len(WORDS), 4)])
@pytest.mark.parametrize("kind", FROM_RUN_ALONE)
def test_any_label_can_be_drawn(kind: str, texts: list[str]) -> None:
    assert_words_stay_text(kind, texts)


@pytest.mark.parametrize("kind", FROM_RUN_ALONE)
@settings(max_examples=3, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=40), min_size=4, max_size=4, unique=True))
def test_any_text_can_be_drawn(kind: str, texts: list[str]) -> None:
    assert_words_stay_text(kind, texts)


ODD = odd_runs()
EXTREME = ("NaN", "zero seconds", "huge values", "forty runners", "many layers", "hostile words")
"""What could be too much for a renderer; the page of every odd run has its plots."""


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(run, id=name, marks=[] if name in EXTREME else pytest.mark.slow)
        for name, run in ODD.items()
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_an_odd_run_is_drawn_or_said_to_hold_nothing(kind: str, run: Run) -> None:
    try:
        assert rendered(KINDS[kind].draw, Scene(run), "png")
    except NothingToDrawError as reason:
        assert str(reason)


def test_forty_runners_are_all_drawn() -> None:
    run = ODD["forty runners"]
    for kind in ("phases", "values", "limit"):
        texts = {
            text.get_text() for text in draw(kind, Scene(run, width_mm=183)).figure.axes[0].texts
        }
        assert {record.label for record in run.runners} <= texts
    drawn = draw("layers", Scene(run))
    assert len([line for line in drawn.figure.axes[0].lines if line.get_marker() != "None"]) == 40
    assert "28 more runners have lines without a name" in drawn.caption


def test_no_plot_without_what_it_shows() -> None:
    for kind, words in {
        "errors": "no runner's fc6 has an error that is a number",
        "phases": "no runner was timed",
        "values": "no runner has a value of predict",
        "limit": "the hardware limit was not measured",
        "features": "does not hold the reference's fc6",
        "inputs": "the inputs were not kept",
    }.items():
        with pytest.raises(NothingToDrawError, match=words):
            draw(kind, Scene(ODD["no runners"]))


@pytest.mark.parametrize(
    ("value", "text"), [(0.02, "0.02"), (1e-6, "1e-06"), (200.0, "200"), (0.001, "0.001")]
)
def test_figures_on_an_axis(value: float, text: str) -> None:
    assert plain(value) == text


# --- inside a page --------------------------------------------------------------------------


def test_a_label_that_looks_like_markup_is_left_as_it_is() -> None:
    label = 'k id="zz" href="#q" url(#q) #010203'
    with applied(THEMES["page"]):
        scene = Scene(whole_run([label]), theme=THEMES["page"])
        text = inline_svg(KINDS["limit"].draw(scene).save("svg", "none"), "x")
    assert label in "".join(ElementTree.fromstring(text).itertext())


def test_plots_of_one_page_do_not_share_names() -> None:
    scene = Scene(RUN, theme=THEMES["page"])
    with applied(scene.theme):
        svg = KINDS["layers"].draw(scene).save("svg", "none")
    one, other = (inline_svg(svg, prefix) for prefix in ("one", "other"))
    names = [set(re.findall(r'id="([^"]+)"', text)) for text in (one, other)]
    assert names[0] and names[1] and not names[0] & names[1]
    for text, own in zip((one, other), names, strict=True):
        used = re.findall(r"url\(#([^)]+)\)", text) + re.findall(r'href="#([^"]+)"', text)
        assert used and set(used) <= own


def test_a_plot_takes_the_pages_colours_and_letters() -> None:
    scene = Scene(RUN, theme=THEMES["page"])
    with applied(scene.theme):
        text = inline_svg(KINDS["phases"].draw(scene).save("svg", "none"), "x")
    assert "var(--ink)" in text and "var(--muted)" in text and "var(--font)" in text
    assert "#01020" not in text and "DejaVu" not in text and "<style" not in text
    assert "first tool" in "".join(ElementTree.fromstring(text).itertext())


def test_nothing_but_finite_timings_is_stored_so_nothing_else_is_drawn() -> None:
    with pytest.raises(ValueError, match="finite"):
        TimingEntry.model_validate(timing("a", "load", [1.0], None).model_dump() | {
            "median_seconds": float("nan")})  # fmt: skip
