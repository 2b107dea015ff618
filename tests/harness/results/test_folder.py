"""Results are written completely, inside their own folder, and checked when read."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netparity.errors import InputError, StoreError
from netparity.protocol import FeatureFile, RunnerRecord
from netparity.results.folder import RunFolder, array_hash, parse_run, read_npy
from netparity.system.cache import replacing
from tests.support.cases import make_run, npy_header

RUN = make_run([RunnerRecord(label="a", runner="keras3-tensorflow", status="pending")])


@pytest.fixture
def store(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "results")


def test_a_runs_folder_is_named_by_its_utc_time_and_an_id(store: RunFolder) -> None:
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{6}", store.run_id)
    assert store.path.is_dir()
    assert store.path.is_absolute()


def test_runs_begun_in_one_second_have_folders_of_their_own(tmp_path: Path) -> None:
    assert len({RunFolder.create(tmp_path).run_id for _ in range(20)}) == 20


def test_a_results_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"cannot be written.*--out"):
        RunFolder.create(tmp_path / "file" / "results")


# --- run.json -------------------------------------------------------------------------------


def test_a_run_is_read_as_it_was_written(store: RunFolder) -> None:
    store.write_run(RUN)
    assert store.read_run() == RUN
    assert RunFolder.open(store.path).read_run() == RUN
    assert RunFolder.open(store.path / "run.json").read_run() == RUN


def test_a_run_is_replaced_whole_or_not_at_all(store: RunFolder, monkeypatch) -> None:
    store.write_run(RUN)
    before = (store.path / "run.json").stat().st_ino

    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full_disk)
        with pytest.raises(StoreError, match=r"run\.json cannot be written: No space left"):
            store.write_run(RUN.model_copy(update={"model": "other"}))
    assert store.read_run() == RUN
    assert [path.name for path in store.path.iterdir()] == ["run.json"]
    store.write_run(RUN)
    assert (store.path / "run.json").stat().st_ino != before


def test_an_interrupted_write_leaves_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), replacing(path) as draft:
        draft.write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_without_a_run(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none", tmp_path / "none" / "run.json"):
        with pytest.raises(InputError, match=re.escape(str(path))):
            RunFolder.open(path)


def test_a_path_that_is_too_long() -> None:
    with pytest.raises(InputError):
        RunFolder.open(Path("a" * 300))


def damaged(store: RunFolder, data: bytes) -> str:
    (store.path / "run.json").write_bytes(data)
    with pytest.raises(InputError) as caught:
        store.read_run()
    assert str(store.path / "run.json") in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("keep", [0.0, 0.5, 0.99])
def test_a_truncated_run(store: RunFolder, keep: float) -> None:
    data = RUN.model_dump_json().encode()
    damaged(store, data[: int(len(data) * keep)])


@pytest.mark.parametrize(
    "data",
    [
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe\x00",
        b'{"schema_version": 1}',
        pytest.param(b"[" * 100_000),
    ],
    ids=["null", "list", "object", "bytes", "almost nothing", "deep"],
)
def test_a_document_that_is_no_run(store: RunFolder, data: bytes) -> None:
    damaged(store, data)


def changed(**changes) -> bytes:
    return json.dumps(json.loads(RUN.model_dump_json()) | changes).encode()


@pytest.mark.parametrize("version", [0, 4, "1", None, 99])
def test_another_schema_version_is_refused_by_name(store: RunFolder, version) -> None:
    assert f"its schema version is {version!r}" in damaged(store, changed(schema_version=version))


def test_a_run_of_the_first_schema_version_is_still_read(store: RunFolder) -> None:
    """The form written by netparity 0.1: no noise floors, local errors or preprocessing."""
    document = json.loads(changed(schema_version=1))
    for name in ("noise_floors", "preprocessing"):
        del document[name]
    del document["settings"]["floor_factor"]
    del document["images"][0]["decoded"]
    document["parity"] = [
        {
            "label": "a",
            "against": "reference",
            "input": "shared",
            "feature": "fc6",
            "verdict": "pass",
            "note": None,
            "relative_l2": 1e-6,
            "max_abs": 1e-5,
            "cosine_distance": 0.0,
        }
    ]
    (store.path / "run.json").write_text(json.dumps(document))
    run = store.read_run()
    assert (run.schema_version, run.parity[0].verdict) == (1, "pass")
    assert (run.noise_floors, run.parity[0].local, run.parity[0].ulp_99) == ([], None, None)


def test_a_run_of_the_second_schema_version_is_read(store: RunFolder) -> None:
    store.write_run(RUN.model_copy(update={"schema_version": 2}))
    assert store.read_run().schema_version == 2


def test_an_unknown_key_is_refused_by_name(store: RunFolder) -> None:
    assert "surprise" in damaged(store, changed(surprise=1))


def test_a_run_without_images_is_refused(store: RunFolder) -> None:
    assert "images" in damaged(store, changed(images=[]))


def test_what_is_derived_is_derived_again() -> None:
    document = json.loads(RUN.model_dump_json())
    assert document["image"]["file"] == "sample.png"
    document["image"]["file"] = "another.png"
    assert parse_run(json.dumps(document).encode()).image.file == "sample.png"


# --- folders of processes -------------------------------------------------------------------

hostile = st.one_of(
    st.text(max_size=300),
    st.sampled_from(
        ["../../etc", "/", ".", "..", "a/b", "\0", "\n", "\u202e", "CON", "-rf", "x" * 300]
    ),
)


@given(label=hostile)
def test_any_label_gets_a_safe_folder(tmp_path_factory, label: str) -> None:
    store = RunFolder.create(tmp_path_factory.mktemp("results"))
    folder = store.process_folder(3, label, 2)
    assert folder.is_dir()
    assert folder.resolve().is_relative_to(store.path.resolve())
    assert re.fullmatch(r"runners/03-[A-Za-z0-9][A-Za-z0-9-]*/round-2", store.relative(folder))
    assert len(folder.parent.name) < 100


def test_labels_that_look_alike_do_not_share_a_folder(store: RunFolder) -> None:
    folders = {store.process_folder(n, label, 1) for n, label in enumerate(["a b", "a-b", "é"], 1)}
    assert len(folders) == 3


def test_a_folder_is_never_used_twice(store: RunFolder) -> None:
    store.process_folder(1, "a", 1)
    with pytest.raises(StoreError, match="cannot be written"):
        store.process_folder(1, "a", 1)


# --- arrays ---------------------------------------------------------------------------------


def test_an_array_is_described_relative_to_the_run(store: RunFolder) -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    stored = store.write_array("features/reference/fc6.npy", array)
    assert stored == FeatureFile(
        file="features/reference/fc6.npy", shape=[2, 3], sha256=array_hash(array)
    )
    np.testing.assert_array_equal(store.read_array(stored), array)
    np.testing.assert_array_equal(np.load(store.path / stored.file), array)


def test_the_hash_tells_values_shapes_and_types_apart() -> None:
    array = np.arange(6, dtype=np.float32)
    others = [array.reshape(2, 3), array.astype(np.float64), -array, array[:5]]
    assert len({array_hash(each) for each in (array, *others)}) == 5
    assert array_hash(np.asfortranarray(array.reshape(2, 3))) == array_hash(array.reshape(2, 3))


@pytest.mark.parametrize(
    "name", ["../outside.npy", "/etc/passwd", "a/../../outside.npy", "link.npy"]
)
def test_an_array_outside_the_runs_folder_is_not_read(store: RunFolder, name: str) -> None:
    outside = store.path.parent / "outside.npy"
    np.save(outside, np.zeros(3))
    (store.path / "link.npy").symlink_to(outside)
    with pytest.raises(InputError, match="is outside the run's folder"):
        store.read_array(FeatureFile(file=name, shape=[3], sha256=""))


def test_an_array_that_was_changed_is_not_taken_for_the_stored_one(store: RunFolder) -> None:
    stored = store.write_array("x.npy", np.zeros(3))
    np.save(store.path / "x.npy", np.ones(4))
    with pytest.raises(InputError):
        store.read_array(stored)


def test_a_disk_that_is_full_while_an_array_is_written(store: RunFolder, monkeypatch) -> None:
    def full(*arguments, **settings) -> None:
        raise OSError(28, "No space left on device")

    store.write_run(RUN)
    monkeypatch.setattr(np, "save", full)
    with pytest.raises(StoreError, match="No space left on device; what was stored before"):
        store.write_array("x.npy", np.zeros(3))
    assert store.read_run() == RUN


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not an array",
        b"\x93NUMPY\x01\x00",
        npy_header("(4,)") + b"\0" * 8,
        npy_header("(-1,)") + b"\0" * 8,
        npy_header("(1,)", "|O") + b"\x80\x04K\x01.",
        b"\x80\x04K\x01.",
        pytest.param(npy_header("(1000000000000,)") + b"\0" * 8),
        pytest.param(npy_header("(10000000000000000000000,)") + b"\0" * 8),
        pytest.param(npy_header("(4,") + b"\0" * 16),
        pytest.param(npy_header("(4,)", "<04") + b"\0" * 16),
    ],
    ids=[
        "empty",
        "text",
        "cut header",
        "cut values",
        "negative",
        "object",
        "pickle",
        "terabytes",
        "overflow",
        "open bracket",
        "bad type",
    ],
)
def test_a_damaged_array_names_its_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(data)
    with pytest.raises(InputError, match=re.escape(str(path))):
        read_npy(path)


def test_an_archive_is_no_array(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    with path.open("wb") as file:
        np.savez(file, a=np.zeros(2))
    with pytest.raises(InputError):
        read_npy(path).close()


def test_a_missing_array_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.npy", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_npy(path)
