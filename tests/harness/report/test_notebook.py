"""What `netparity.load_run` gives a notebook: typed frames, stored features, plots, a display."""

from __future__ import annotations

import csv
import inspect
import io
import pickle
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import html5lib
import numpy as np
import pandas
import pytest
from PIL import Image

import netparity
from netparity import LoadedRun
from netparity.errors import InputError, UsageError
from netparity.judge.drawing import draw_files
from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.parity import ReferencePass
from netparity.protocol import (
    PHASES,
    Calibration,
    Clock,
    LayerTiming,
    LocalError,
    Round,
    Run,
    RunnerRecord,
)
from netparity.report import Document, render
from netparity.report.answers import answers
from netparity.report.notebook import RunPlot
from netparity.report.plots import KINDS
from netparity.results.folder import RunFolder
from tests.support.cases import input_tensor, make_run
from tests.support.stored_runs import (
    HOSTILE,
    LAYERS,
    SHARED,
    TINY_WEIGHTS,
    StoredRun,
    entry,
    failed,
    mixed_run,
    ok,
    timing,
)

FRAMES = ("tidy", "summary", "timings", "measurements", "agreement", "layers")
CSV = {
    "tidy": "tidy",
    "csv": "summary",
    "measurements": "measurements",
    "parity": "agreement",
    "layers": "layers",
}
"""Formats of `netparity report` that hold what a frame holds."""

WILD = [
    *HOSTILE,
    '" onmouseover="alert(1)',
    "'><img src=https://example.org/x onerror=alert(1)>",
    "</bdi></table></div><svg onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<!-- comment",
    "{{ 7 * 7 }} {% raw %}",
    "$\\href{https://example.org}{x}$",
]


def measured_run() -> Run:
    """Two runners of which one was measured, with everything that a frame can hold."""
    measured = Round(
        round=1,
        order=2,
        status="ok",
        phases={"startup": [2.5], "predict": [0.25, 0.125]},
        wall_seconds=4.0,
        log="log.txt",
        clock=Clock(name="monotonic", tick_seconds=2.0**-20, predict_loops=3),
        calibration=Calibration(multiply_seconds=0.5, copy_seconds=0.0625),
    )
    local = LocalError(since="fc6", relative_l2=0.25, floor=1e-7, verdict="divergent")
    return make_run(
        [ok("a").model_copy(update={"rounds": [measured]}), failed("b", "it crashed", ["boom"])],
        parity=[
            entry("a", "fc6", 1e-7, "pass", count=256, identical_to=["c", "d"]),
            entry("a", "fc7", 0.5, "divergent", max_abs_at=[0, 17], local=local),
        ],
        timing=[timing("a", "predict", [0.25, 0.125, 0.5], 2.0)],
        layer_timing=[
            LayerTiming(label="a", layer="fc6", up_to_seconds=0.5, own_seconds=-0.125, flops=2**33),
        ],
    )


def unmeasured_run(**changes: object) -> Run:
    absent = RunnerRecord(label="a", runner="x", status="unavailable", reason="none")
    return make_run([absent], **changes)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    made = StoredRun.begin(tmp_path_factory.mktemp("results"))
    made.add("right")
    made.add("other", native=input_tensor(VGG16_TINY, seed=1))
    parity = [entry(label, "fc6", 1e-7, "pass") for label in ("right", "other")]
    times = [timing("right", "predict", [0.1, 0.2, 0.3], 1.0)]
    made.store.write_run(made.run(parity=parity, timing=times))
    return made


@pytest.fixture
def loaded(stored: StoredRun) -> LoadedRun:
    return netparity.load_run(stored.store.path)


# --- what is loaded ------------------------------------------------------------------------------


def test_a_loaded_run_is_the_run_that_was_stored(stored: StoredRun, loaded: LoadedRun) -> None:
    plain = stored.store.read_run()
    assert isinstance(loaded, Run)
    assert loaded == plain
    assert plain == loaded
    assert loaded.model_dump() == plain.model_dump()
    assert loaded.model_dump_json(exclude_unset=True) == plain.model_dump_json(exclude_unset=True)
    assert loaded != plain.model_copy(update={"finished": None})


def test_it_knows_its_folder_and_copies_of_it_do(stored: StoredRun, loaded: LoadedRun) -> None:
    copies = [pickle.loads(pickle.dumps(loaded)), loaded.model_copy(update={"finished": None})]
    assert {each.folder for each in [loaded, *copies]} == {stored.store.path}
    assert LoadedRun.of(mixed_run()).folder is None


@pytest.mark.parametrize("kind", [Path, str])
def test_a_folder_or_its_run_json_will_do(stored: StoredRun, loaded: LoadedRun, kind) -> None:
    assert netparity.load_run(kind(stored.store.path / "run.json")) == loaded


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"contains no run\.json"):
        netparity.load_run(tmp_path)


def test_a_run_that_was_cut_short_shows_what_it_holds(tmp_path: Path) -> None:
    store = RunFolder.create(tmp_path)
    whole = measured_run()
    begun = make_run(whole.runners, finished=None)
    store.write_run(begun)
    run = netparity.load_run(store.path)
    assert run.finished is None
    assert run.measurements()["seconds"].tolist() == [2.5, 0.25, 0.125]
    assert len(run.timings()) == len(run.agreement()) == 0
    assert "The run was cut short" in run._repr_html_()
    assert "<code>netparity report</code>" in run._repr_html_()


def test_what_compare_returns_is_a_loaded_run(tmp_path: Path) -> None:
    run = netparity.compare(model="vgg16-tiny", runners="matconvnet-matlab", results=tmp_path)
    assert run.folder == tmp_path / run.run_id
    assert run == netparity.load_run(tmp_path / run.run_id)
    assert run.summary()["status"].tolist() == ["unavailable"]


def test_it_is_printed_as_its_outcome_and_its_table() -> None:
    run = mixed_run()
    lines = str(LoadedRun.of(run)).splitlines()
    for line, (heading, answer) in zip(lines, answers(run).with_headings(), strict=False):
        assert line == f"{heading}: {answer}"
    for record in run.runners:
        assert any(line.startswith(f"{record.label} ") for line in lines)
    assert lines[-1] == f"run {run.run_id}"


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_prompt_shows_the_same_for_any_number_of_runners(count: int) -> None:
    run = LoadedRun.of(make_run([ok(f"r{number}") for number in range(count)]))
    assert repr(run) == str(run)
    assert sum(line.startswith("r") and "run" not in line for line in str(run).splitlines()) == (
        count
    )


@pytest.mark.parametrize("wild", WILD)
def test_printing_moves_no_cursor_whatever_the_run_holds(wild: str) -> None:
    run = make_run([ok(wild), failed("b", wild, [wild])], run_id=wild, model=wild)
    assert all(line.isprintable() for line in repr(LoadedRun.of(run)).split("\n"))


# --- data frames ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("run", [unmeasured_run(), mixed_run(), make_run([])], ids=["a", "b", "c"])
def test_columns_have_their_types_whatever_is_missing(name: str, run: Run) -> None:
    full = getattr(LoadedRun.of(measured_run()), name)().dtypes
    found = getattr(LoadedRun.of(run), name)().dtypes
    kept = full if name != "summary" or run.runners else full[list(found.index)]
    pandas.testing.assert_series_equal(found, kept)


@pytest.mark.parametrize("name", FRAMES)
def test_no_column_is_of_mixed_objects(name: str) -> None:
    types = getattr(LoadedRun.of(measured_run()), name)().dtypes
    assert {str(each).partition("[")[0] for each in types} <= {
        *("string", "float64", "int64", "Int64", "bool", "datetime64")
    }


@pytest.mark.parametrize(("form", "name"), CSV.items())
@pytest.mark.parametrize("run", [measured_run(), mixed_run()], ids=["measured", "mixed"])
def test_a_frame_holds_what_the_csv_file_holds(form: str, name: str, run: Run) -> None:
    frame = getattr(LoadedRun.of(run), name)()
    text = render(Document.of(run), form)
    assert isinstance(text, str)
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert len(frame) == len(rows)
    assert not rows or list(frame.columns) == list(rows[0])
    for row, cells in zip(frame.to_dict("records"), rows, strict=True):
        for column, cell in cells.items():
            value = row[column]
            if cell == "":
                assert pandas.isna(value) or value == "", column
            elif isinstance(value, pandas.Timestamp):
                assert value == pandas.Timestamp(cell), column
            elif isinstance(value, str | bool):
                assert str(value) == cell, column
            else:
                assert value == float(cell), column


def test_tidy_has_one_figure_per_row_with_interval_and_unit() -> None:
    run = mixed_run()
    frame = LoadedRun.of(run).tidy()
    [row] = frame.query("label == 'fast' and phase == 'predict' and quantity == 'seconds'").to_dict(
        "records"
    )
    assert (row["value"], row["low"], row["high"], row["unit"]) == (0.2, 0.1, 0.3, "s")
    assert (frame["started"] == pandas.Timestamp("2026-01-02T03:04:05Z")).all()
    assert frame.query("quantity == 'peak_rss' and label == 'wrong'")["value"].item() == 2 * 2**30


def test_a_time_that_is_none_is_missing() -> None:
    run = mixed_run().model_copy(update={"started": "yesterday"})
    assert LoadedRun.of(run).tidy()["started"].isna().all()


def test_timings_have_a_row_for_every_runner_and_phase_that_was_timed() -> None:
    run = mixed_run()
    frame = LoadedRun.of(run).timings().set_index(["label", "phase"])
    assert list(frame.index) == [(each.label, each.phase) for each in run.timing]
    wrong = frame.loc[("wrong", "predict")]
    assert (wrong["ratio"], wrong["ratio_low"], wrong["ratio_high"]) == (2.0, 0.9 * 2, 1.1 * 2)
    assert np.isnan(wrong["interval_low_seconds"])
    assert frame.loc[("fast", "predict"), "interval_high_seconds"] == 0.3
    assert frame["runner"].tolist()[0] == "keras3-tensorflow"
    assert frame["ratio"].isna()["odd", "preprocess"]


def test_timings_keep_quantiles_and_count_outliers() -> None:
    changes = {"quantiles_seconds": (1.0, 2.0, 3.0, 4.0), "outliers": [(1, 0), (3, 2)]}
    one = timing("a", "predict", [1.0, 2.0], None).model_copy(update=changes)
    [row] = LoadedRun.of(make_run([ok("a")], timing=[one])).timings().to_dict("records")
    names = [f"quantile_{each}_seconds" for each in ("05", "25", "75", "95")]
    assert [row[name] for name in names] == [1.0, 2.0, 3.0, 4.0]
    assert row["outliers"] == 2


def test_measurements_hold_every_raw_second() -> None:
    frame = LoadedRun.of(measured_run()).measurements()
    assert frame[["phase", "index", "seconds", "loops"]].to_dict("list") == {
        "phase": ["startup", "predict", "predict"],
        "index": [1, 1, 2],
        "seconds": [2.5, 0.25, 0.125],
        "loops": [1, 3, 3],
    }
    assert frame["peak_rss_bytes"].isna().all()
    assert (frame["copy_seconds"] == 0.0625).all()


def test_agreement_has_what_a_layer_did_itself() -> None:
    frame = LoadedRun.of(measured_run()).agreement().set_index("feature")
    assert frame.loc["fc7", ["local_since", "local_relative_l2"]].tolist() == ["fc6", 0.25]
    assert frame.loc["fc7", "max_abs_at"] == "0 17"
    assert pandas.isna(frame.loc["fc6", "max_abs_at"])
    assert pandas.isna(frame.loc["fc6", "local_relative_l2"])
    assert frame.loc["fc6", "identical_to"] == "c; d"
    assert frame["count"].tolist() == [256, pandas.NA]
    assert (frame["max_abs"] == 8 * frame["relative_l2"]).all()


def test_a_layer_that_noise_makes_negative_stays_so() -> None:
    [row] = LoadedRun.of(measured_run()).layers().to_dict("records")
    assert (row["own_seconds"], row["flops"]) == (-0.125, 2**33)
    assert np.isnan(row["limit_seconds"])


def test_summary_has_a_row_for_every_runner_also_for_those_that_did_not_run() -> None:
    run = mixed_run()
    frame = LoadedRun.of(run).summary().set_index("label")
    assert list(frame.index) == [record.label for record in run.runners]
    assert frame.index[frame["ranked"]].tolist() == ["fast"]
    assert np.isnan(frame.loc["crashed", "predict_median_seconds"])
    assert frame.loc["fast", "shared_fc7_relative_l2"] == 3.5e-6
    assert frame.loc["fast", "native_fc6_verdict"] == "divergent"


def test_frames_of_several_runs_stand_below_each_other() -> None:
    runs = [mixed_run(), measured_run().model_copy(update={"run_id": "later"})]
    frames = [LoadedRun.of(run).timings() for run in runs]
    both = pandas.concat(frames, ignore_index=True)
    assert both.groupby("run_id").size().to_dict() == {run.run_id: len(run.timing) for run in runs}
    assert both.dtypes.equals(frames[0].dtypes)


@pytest.mark.parametrize("name", FRAMES)
def test_every_column_is_documented(name: str) -> None:
    documented = set(re.findall(r"\w+", inspect.getdoc(getattr(LoadedRun, name)) or ""))
    of_timings = set(re.findall(r"\w+", inspect.getdoc(LoadedRun.timings) or ""))
    run, phases = measured_run(), sorted(PHASES, key=len, reverse=True)
    prefixes = [f"{kind}_{feature}_" for kind in ("shared", "native") for feature in ("fc6", "fc7")]
    for column in getattr(LoadedRun.of(run), name)().columns:
        of_phase = next((each for each in phases if column.startswith(f"{each}_")), None)
        of_feature = next((each for each in prefixes if column.startswith(each)), None)
        if name == "summary" and of_phase:
            assert column.removeprefix(f"{of_phase}_") in of_timings, column
        elif name == "summary" and of_feature:
            assert column.removeprefix(of_feature) in documented, column
        else:
            assert column in documented, column


@pytest.mark.parametrize("name", FRAMES)
def test_without_pandas_a_sentence_says_what_to_install(
    name: str, loaded: LoadedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)  # importing it then fails
    with pytest.raises(UsageError, match=re.escape("pip install 'netparity[notebook]'")):
        getattr(loaded, name)()
    assert loaded.reference("fc6").size
    assert loaded._repr_html_()


# --- features ------------------------------------------------------------------------------------


def test_features_are_those_that_were_stored(stored: StoredRun, loaded: LoadedRun) -> None:
    truth = ReferencePass(VGG16_TINY, TINY_WEIGHTS, SHARED)
    for name in LAYERS:
        assert np.array_equal(loaded.reference(name), truth[name])
        assert loaded.reference(name).dtype == np.float64
        assert loaded.feature("right", name).dtype == np.float32
        assert loaded.feature("right", name).shape == truth[name].shape
    assert loaded.feature("right", "conv1_1").shape == (len(SHARED), *SHARED.shape[1:3], 4)


def test_a_feature_is_within_rounding_of_the_reference(
    stored: StoredRun, loaded: LoadedRun
) -> None:
    x, r = loaded.feature("right", "fc6"), loaded.reference("fc6")
    floors = {each.feature: each.relative_l2 for each in loaded.noise_floors[0].layers}
    assert 0 < np.linalg.norm(x - r) / np.linalg.norm(r) <= 8 * floors["fc6"]


def test_the_native_input_gives_other_features(loaded: LoadedRun) -> None:
    shared, native = (loaded.feature("other", "fc6", kind) for kind in ("shared", "native"))
    assert shared.shape == native.shape
    assert not np.array_equal(shared, native)
    assert np.array_equal(
        loaded.feature("right", "fc6", "native"), loaded.feature("right", "fc6", "shared")
    )


@pytest.mark.parametrize(
    ("arguments", "kind", "said"),
    [
        (("nobody", "fc6"), InputError, "no runner 'nobody'; it has right, other"),
        (("right", "fc8"), InputError, "right has no feature 'fc8' of the shared input; it has"),
        (("right", "fc6", "mine"), UsageError, "input 'mine' is not one of shared, native"),
    ],
)
def test_what_a_run_does_not_hold_is_named_with_what_it_holds(
    loaded: LoadedRun, arguments: tuple[str, ...], kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=re.escape(said)):
        loaded.feature(*arguments)  # type: ignore[arg-type]


def test_a_runner_without_features_has_none() -> None:
    run = LoadedRun.of(mixed_run())
    with pytest.raises(InputError, match=r"crashed has no feature 'fc6' .*; it has none"):
        run.feature("crashed", "fc6")
    with pytest.raises(InputError, match="no reference feature 'fc6'; it has none"):
        run.reference("fc6")


def test_figures_without_their_features_say_so(stored: StoredRun, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_bytes((stored.store.path / "run.json").read_bytes())
    run = netparity.load_run(tmp_path)
    for read in (lambda: run.reference("fc6"), lambda: run.feature("right", "fc6")):
        with pytest.raises(InputError, match=r"does not hold .*fc6\.npy: only run.json was kept"):
            read()
    with pytest.raises(InputError, match=r"netparity\.load_run"):
        LoadedRun.of(stored.store.read_run()).reference("fc6")


def test_a_feature_that_was_changed_is_refused(tmp_path: Path) -> None:
    made = StoredRun.begin(tmp_path)
    made.store.write_run(made.run())
    path = made.store.path / made.reference["fc6"].file
    np.save(path, np.load(path) + 1)
    with pytest.raises(InputError, match="has been changed"):
        netparity.load_run(made.store.path).reference("fc6")


def test_a_feature_outside_the_folder_is_refused(stored: StoredRun, tmp_path: Path) -> None:
    store = RunFolder.create(tmp_path)
    np.save(tmp_path / "outside.npy", np.zeros(3))
    outside = stored.reference["fc6"].model_copy(update={"file": "../outside.npy"})
    store.write_run(make_run([ok("a")], reference_features={"fc6": outside}))
    with pytest.raises(InputError, match="is outside the run's folder"):
        netparity.load_run(store.path).reference("fc6")


# --- plots ---------------------------------------------------------------------------------------


def assert_a_plot_with_words(plot: RunPlot, kind: str) -> None:
    assert ET.fromstring(plot._repr_svg_()).tag == "{http://www.w3.org/2000/svg}svg"
    assert plot.title == KINDS[kind].TITLE
    assert plot.alt
    assert repr(plot) == f"RunPlot(kind={kind!r}, title={plot.title!r})"


@pytest.mark.parametrize("kind", ["features", "inputs"])
def test_a_plot_of_the_stored_files(loaded: LoadedRun, kind: str) -> None:
    assert_a_plot_with_words(loaded.plot(kind), kind)


@pytest.mark.parametrize("kind", ["phases", "values", "layers"])
def test_a_plot_of_the_figures_needs_no_files(kind: str) -> None:
    assert_a_plot_with_words(LoadedRun.of(measured_run()).plot(kind), kind)


def test_a_plot_says_what_it_shows(loaded: LoadedRun) -> None:
    alt = loaded.plot("features").alt
    assert "fc6" in alt
    assert "right" in alt
    assert "fc7" in loaded.plot("features", feature="fc7").alt


@pytest.mark.parametrize(
    ("form", "begins"), [("svg", b"<?xml"), ("pdf", b"%PDF"), ("png", b"\x89PNG")]
)
def test_a_saved_plot_is_the_file_that_netparity_plot_makes(
    loaded: LoadedRun, tmp_path: Path, form: str, begins: bytes
) -> None:
    assert loaded.folder is not None
    saved = loaded.plot("phases", theme="dark", width_mm=120).save(tmp_path / f"a.{form}")
    [drawn] = draw_files(
        loaded.folder, "phases", output=tmp_path / f"b.{form}", width_mm=120, theme="dark"
    )
    assert saved == tmp_path / f"a.{form}"
    assert saved.read_bytes() == drawn.read_bytes()
    assert saved.read_bytes().startswith(begins)


def test_what_is_shown_is_what_is_saved(loaded: LoadedRun, tmp_path: Path) -> None:
    plot = loaded.plot("phases")
    path = str(tmp_path / "a.SVG")
    assert plot.save(path).read_text(encoding="utf-8").endswith(plot.svg)


def test_the_width_is_that_asked_for(loaded: LoadedRun, tmp_path: Path) -> None:
    path = loaded.plot("phases", width_mm=100).save(tmp_path / "a.png")
    with Image.open(path) as image:
        assert image.width == pytest.approx(100 / 25.4 * 300, abs=1)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"kind": "pie"}, f"plot 'pie' is not one of {', '.join(KINDS)}"),
        ({"phase": "lunch"}, "phase 'lunch' is not one of startup"),
        ({"theme": "pink"}, "theme 'pink' is not one of light, dark"),
        ({"feature": "fc8"}, "feature 'fc8' is not one of conv1_1"),
        ({"width_mm": 4000.0}, "width 4000: expected 60 to 400 mm"),
        ({"width_mm": float("nan")}, "width nan: expected"),
    ],
)
def test_a_setting_that_is_not_known_is_named(
    loaded: LoadedRun, settings: dict[str, object], said: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        loaded.plot(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", list(KINDS))
def test_what_there_is_nothing_to_draw_of_is_an_error(kind: str) -> None:
    with pytest.raises(InputError, match=f"no plot of {kind}: "):
        LoadedRun.of(unmeasured_run()).plot(kind)


@pytest.mark.parametrize("name", ["plot", "plot.jpg", "plot.svg.txt"])
def test_a_plot_is_saved_only_as_what_its_name_says(
    loaded: LoadedRun, tmp_path: Path, name: str
) -> None:
    with pytest.raises(UsageError, match=r"ends in none of \.svg, \.pdf, \.png"):
        loaded.plot().save(tmp_path / name)
    assert not (tmp_path / name).exists()


# --- what a cell shows ---------------------------------------------------------------------------


def elements(fragment: str) -> list[ET.Element]:
    """Those of the fragment, once a strict parser has found nothing wrong with it in a page."""
    page = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>it</title></head>'
        f"<body>{fragment}</body></html>"
    )
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    body = tree.find("body")
    assert body is not None
    return [each for each in body.iter() if each is not body]


def text_of(fragment: str) -> str:
    return " ".join("".join(elements(fragment)[0].itertext()).split())


def assert_harmless(fragment: str) -> None:
    for element in elements(fragment):
        assert isinstance(element.tag, str), "no comments"
        assert element.tag not in ("script", "style", "link", "iframe", "object", "svg", "a")
        assert set(element.keys()) <= {"class", "style", "scope", "src", "alt"}
        assert element.get("src", "data:image/svg+xml;base64,").startswith("data:image/svg+xml;")
        assert "url(" not in element.get("style", "")


def test_a_cell_shows_the_outcome_parity_beside_speed_and_warnings() -> None:
    fragment = LoadedRun.of(mixed_run())._repr_html_()
    assert_harmless(fragment)
    found = elements(fragment)
    rows = [
        ["".join(cell.itertext()) for cell in row if cell.tag in ("td", "th")]
        for row in found
        if row.tag == "tr"
    ]
    header, first = rows[0], dict(zip(rows[0], rows[1], strict=True))
    assert {"parity", "error", "predict, s", "ratio", "first use, s", "GiB"} <= set(header)
    assert (first["runner"], first["parity"], first["predict, s"]) == (
        "fast",
        "pass",
        "0.20 (0.10–0.30)",
    )
    assert len(rows) == 1 + 7
    said = text_of(fragment)
    assert "Of three runners only fast agrees with the float64 reference" in said
    assert "wrong failed parity: its timings are shown, but not ranked." in said
    assert "absent unavailable: no MATLAB was found. Fix: install MATLAB" in said


def test_it_is_in_the_notebooks_own_colours() -> None:
    fragment = LoadedRun.of(mixed_run())._repr_html_()
    assert not re.search(r"color|background|font", fragment)


@pytest.mark.parametrize("wild", WILD)
def test_nothing_that_a_run_holds_becomes_markup(wild: str) -> None:
    run = make_run(
        [failed(wild, f"because of {wild}", [wild]), ok(f"ok {wild}", code=wild)],
        run_id=wild,
        model=wild,
        started=wild,
        netparity_version=wild,
        machine=mixed_run().machine.model_copy(update={"cpu": wild}),
        settings={"layers": [wild]},
        parity=[entry(f"ok {wild}", wild, 0.5, "divergent", note=wild)],
        timing=[timing(f"ok {wild}", "predict", [0.5], 1.0)],
        warnings=[wild],
        cautions=[wild],
    )
    fragment = LoadedRun.of(run)._repr_html_()
    assert_harmless(fragment)
    plain = elements(LoadedRun.of(mixed_run())._repr_html_())
    assert {each.tag for each in elements(fragment)} <= {each.tag for each in plain}
    shown = " ".join(wild.split())
    if shown.isprintable():
        assert shown in text_of(fragment)


@pytest.mark.parametrize("wild", WILD)
def test_nor_does_what_a_plot_says(wild: str) -> None:
    run = make_run([ok(wild)], timing=[timing(wild, "predict", [0.5], 1.0)])
    fragment = LoadedRun.of(run).plot("phases")._repr_html_()
    assert_harmless(fragment)
    assert [each.tag for each in elements(fragment)] == [
        *("figure", "img", "figcaption", "strong", "bdi")
    ]
    shown = " ".join(wild.split())
    if shown.isprintable() and len(shown) < 100:
        assert shown in (elements(fragment)[1].get("alt") or "")


def real_method(thing: object, name: str) -> object:
    """How IPython finds a display method (IPython.utils.dir2.get_real_method)."""
    if inspect.isclass(thing) or hasattr(thing, "_ipython_canary_method_should_not_exist_"):
        return None
    found = getattr(thing, name, None)
    return found if callable(found) else None


def test_jupyter_finds_the_display_of_a_run_and_of_a_plot(loaded: LoadedRun) -> None:
    for thing, names in ((loaded, ["_repr_html_"]), (loaded.plot(), ["_repr_html_", "_repr_svg_"])):
        for name in names:
            method = real_method(thing, name)
            assert callable(method)
            assert type(method()) is str
        for name in ("_repr_mimebundle_", "_ipython_display_", "_repr_pretty_", "_repr_json_"):
            assert real_method(thing, name) is None


# --- docs/notebook.md ----------------------------------------------------------------------------

GUIDE = (Path(__file__).parents[3] / "docs" / "notebook.md").read_text(encoding="utf-8")


def test_the_guides_example_runs(
    stored: StoredRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"folder": stored.store.path}
    for code in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL):
        exec(code, names)
    assert (tmp_path / "phases.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("name", FRAMES)
def test_the_guide_lists_the_columns_of_every_frame(name: str) -> None:
    table = GUIDE[GUIDE.index("| frame | columns | unit |") :].partition("\n\n")[0]
    listed: dict[str, set[str]] = {}
    frame = ""
    for line in table.splitlines()[2:]:
        first, columns, unit = line.strip("|").split(" | ")
        frame = first.strip(" `") or frame
        listed.setdefault(frame, set()).update(re.findall(r"`(\w+)`", f"{columns} {unit}"))
    columns = set(getattr(LoadedRun.of(measured_run()), name)().columns) - {"run_id"}
    if name == "summary":
        columns = {
            each for each in columns if not re.match(rf"{'|'.join(PHASES)}|shared|native", each)
        }
        assert columns <= listed[name]
    else:
        assert columns == listed[name] - {"run_id"}
