"""Runs stored by older versions of netparity are shown; those of newer versions are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from netparity.errors import InputError
from netparity.judge.documents import open_document
from netparity.protocol import Run, TimingEntry
from netparity.report import EXPORTERS, Document, render
from tests.support.consoles import in_console
from tests.support.odd_runs import whole_run

RUN_ID = "20260102T030405Z-abcdef"


def current() -> dict[str, Any]:
    """A run of the current version with every field, as JSON."""
    run = whole_run(["a", "b"], settings={"max_relative_l2": 1e-5, "command": ["netparity"]})
    found = json.loads(run.model_copy(update={"schema_version": 3}).model_dump_json())
    assert found["limit"] and found["layer_timing"] and found["preprocessing"]
    return found


def keep(things: list[dict[str, Any]], *names: str) -> None:
    """Keep only these fields."""
    for thing in things:
        for name in set(thing) - set(names):
            del thing[name]


def second() -> dict[str, Any]:
    """Version 2: before clocks, calibration, intervals and limits."""
    run = current() | {"schema_version": 2}
    for name in ("cautions", "limit", "layer_timing"):
        del run[name]
    for record in run["runners"]:
        for each in record["rounds"]:
            for name in ("clock", "calibration", "wasted_seconds", "layers"):
                del each[name]
    for name in ("instructions", "governors", "load_average"):
        del run["machine"][name]
    for name in ("precision", "budget_seconds", "affinity", "memory_limit_bytes"):
        del run["settings"][name]
    plain = ("label", "phase", "median_seconds", "min_seconds", "max_seconds", "values")
    keep(run["timing"], *plain, "ratio_to_reference")
    return run


def first() -> dict[str, Any]:
    """Version 1: no noise floors, no local errors, three metrics."""
    run = second() | {"schema_version": 1}
    for name in ("noise_floors", "preprocessing"):
        del run[name]
    for name in ("floor_factor", "atol", "rtol"):
        del run["settings"][name]
    for image in run["images"]:
        del image["decoded"]
    identity = ("label", "against", "input", "feature", "verdict", "note")
    keep(run["parity"], *identity, "relative_l2", "max_abs", "cosine_distance")
    return run


VERSIONS = {1: first, 2: second, 3: current}


def opened(folder: Path, document: object) -> Document:
    path = folder / RUN_ID
    path.mkdir()
    (path / "run.json").write_text(json.dumps(document))
    return open_document([path])


def refused(folder: Path, data: bytes) -> str:
    path = folder / RUN_ID
    path.mkdir()
    (path / "run.json").write_bytes(data)
    with pytest.raises(InputError) as caught:
        open_document([path])
    assert str(path / "run.json") in str(caught.value)
    return str(caught.value)


# --- versions that are read -----------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("form", EXPORTERS)
def test_every_version_is_shown_in_every_format(form: str, version: int, tmp_path: Path) -> None:
    document = opened(tmp_path, VERSIONS[version]())
    assert document.runs[0].schema_version == version
    rendered = render(document, form)
    expected = "vgg16-tiny.b" if form == "junit" else RUN_ID
    # Of an older run there are no layers; of Parquet only pyarrow knows what it says.
    headers_alone = form == "layers" and version < 3
    assert isinstance(rendered, bytes) or headers_alone or expected in rendered
    assert rendered[:4] == b"PAR1" if isinstance(rendered, bytes) else len(rendered) > 40


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_is_shown_in_a_terminal(version: int, tmp_path: Path) -> None:
    message = " ".join(in_console(opened(tmp_path, VERSIONS[version]())).split())
    assert "only a agrees with the float64 reference at fc6 and fc7 to 4.0e-07" in message


def test_what_an_old_version_did_not_know_is_missing_and_never_zero(tmp_path: Path) -> None:
    document = opened(tmp_path, first())
    [run] = document.runs
    assert run.timing and run.parity
    assert {entry.interval_seconds for entry in run.timing} == {None}
    table = next(line for line in str(render(document, "markdown")).splitlines() if "| a |" in line)
    assert table == "| a | A tool 1.0 | pass | 4.0e-07 | 0.200 | 1.00 | – | 1.00 |"
    judged = json.loads(str(render(document, "json")))["runs"][0]["runners"][0]
    assert (judged["seconds_interval"], judged["verdict"]) == (None, None)
    assert judged["all"]["shared_fc6_floor"] is None
    assert "noise floor" not in str(render(document, "junit"))


def test_an_old_median_is_not_called_what_it_was_not(tmp_path: Path) -> None:
    assert "geometric mean" not in str(render(opened(tmp_path, second()), "methods"))


def test_todays_fields_that_older_versions_lack_are_those_left_out_here() -> None:
    """A field that a future version adds must be removed from the older versions above."""
    lost = {version: set(current()) - set(make()) for version, make in VERSIONS.items()}
    assert lost == {
        1: {"cautions", "limit", "layer_timing", "noise_floors", "preprocessing"},
        2: {"cautions", "limit", "layer_timing"},
        3: set(),
    }
    assert set(current()) == {*Run.model_fields, "image"}
    added = set(TimingEntry.model_fields) - set(first()["timing"][0])
    assert {"interval_seconds", "verdict", "p_value", "processes"} < added


# --- versions that are not ------------------------------------------------------------------


@pytest.mark.parametrize("version", [0, 4, 99, -1, "x", "3", None, 2.5, [], {}, True])
def test_another_version_is_refused_by_name(version: object, tmp_path: Path) -> None:
    message = refused(tmp_path, json.dumps(current() | {"schema_version": version}).encode())
    assert f"is not a run of schema version 1 to 3: its schema version is {version!r}" in message


def test_no_version_at_all_is_refused(tmp_path: Path) -> None:
    run = current()
    del run["schema_version"]
    assert "its schema version is None" in refused(tmp_path, json.dumps(run).encode())


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_a_file_that_was_cut_short_is_refused(share: float, tmp_path: Path) -> None:
    data = json.dumps(current()).encode()
    refused(tmp_path, data[: int(share * len(data))])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": 7}, "model: Input should be a valid string"),
        ({"surprise": 1}, "surprise: Extra inputs are not permitted"),
        ({"images": []}, "images: List should have at least 1 item"),
        ({"runners": None}, "runners: Input should be a valid list"),
    ],
)
def test_a_damaged_file_is_refused_with_the_place(changes, words: str, tmp_path: Path) -> None:
    message = refused(tmp_path, json.dumps(current() | changes).encode())
    assert words in message
    assert "\n" not in message


@pytest.mark.parametrize("data", [b"\xff\xfe", b"null", b"[1]", b"{", b"\x00" * 100])
def test_what_is_no_json_object_is_refused(data: bytes, tmp_path: Path) -> None:
    assert "is not a run of schema version 1 to 3: " in refused(tmp_path, data)


def test_one_bad_run_among_several_is_named(tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    for path in (good, bad):
        path.mkdir()
        document = current() | ({"schema_version": 4} if path == bad else {})
        (path / "run.json").write_text(json.dumps(document))
    with pytest.raises(InputError, match=r"bad/run\.json is not a run of schema version 1 to 3"):
        open_document([good, bad])


def test_half_a_character_is_refused_and_not_passed_on(tmp_path: Path) -> None:
    message = refused(tmp_path, json.dumps(current() | {"warnings": ["\ud800"]}).encode())
    assert "surrogates not allowed" in message


def test_a_whole_one_written_as_two_halves_is_read(tmp_path: Path) -> None:
    run = opened(tmp_path, current() | {"warnings": ["\U0001f642"]}).runs[0]
    assert run.warnings == ["\U0001f642"]
