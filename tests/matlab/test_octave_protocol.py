"""The .m side reads the golden job and writes the golden results, and never half a file."""

from __future__ import annotations

import json
import resource
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.support import octave_process
from tests.support.octave_process import OctaveError
from tests.support.scripts import loaded

Call = Callable[[list[tuple]], list]
PYTHON = Path(__file__).parents[2] / "python"


@pytest.mark.parametrize("status", ["ok", "failed", "started"])
def test_golden_results_survive_reading_and_writing(
    call: Call, golden: Path, tmp_path: Path, status: str
) -> None:
    file = golden / f"result-{status}.json"
    (folder,) = call([("copy_result", str(file), str(tmp_path))])
    assert not isinstance(folder, OctaveError), folder
    written = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert written == json.loads(file.read_text(encoding="utf-8"))
    assert [p.name for p in tmp_path.iterdir()] == ["result.json"]


def test_golden_job_is_read_with_lists_as_lists(call: Call, golden: Path) -> None:
    (job,) = call([("np_read_job", str(golden / "job.json"))])
    job = job[0, 0]
    expected = json.loads((golden / "job.json").read_text(encoding="utf-8"))
    assert job["label"].item() == expected["label"]
    assert [image.item() for image in job["images"][0]] == expected["images"]
    assert job["weights"][0, 0]["file"].item() == "/data/with space/weights.h5"
    feature = job["features"][0, 0]
    assert (feature["name"].item(), feature["layer"].item()) == ("fc6", "fc1")
    assert feature["shape"].tolist() == [[1, 256]]
    assert job["shared_input"][0, 0]["shape"].tolist() == [[1, 64, 64, 3]]
    assert (job["threads"].item(), job["warmup"].item(), job["repeats"].item()) == (2, 1, 5)


def test_features_with_unlike_fields_are_read_alike(
    call: Call, golden: Path, tmp_path: Path
) -> None:
    job = json.loads((golden / "job.json").read_text(encoding="utf-8"))
    job["features"] = [
        {"name": "a", "layer": "relu6", "shape": [4]},
        {"note": "x", "name": "b", "layer": "pool1", "shape": [1, 2, 3, 4]},
    ]
    job["options"] = {}
    file = tmp_path / "job.json"
    file.write_text(json.dumps(job), encoding="utf-8")
    (read,) = call([("np_read_job", str(file))])
    features = read[0, 0]["features"][0]
    assert [f["name"].item() for f in features] == ["a", "b"]
    assert [f["shape"].tolist() for f in features] == [[[4]], [[1, 2, 3, 4]]]


@pytest.mark.parametrize(
    ("change", "word"),
    [({"schema_version": 2}, "schema_version 2"), ({"images": []}, "no image"), (None, "features")],
)
def test_a_job_that_cannot_be_run_is_refused(
    call: Call, golden: Path, tmp_path: Path, change: dict | None, word: str
) -> None:
    job = json.loads((golden / "job.json").read_text(encoding="utf-8"))
    if change is None:
        del job["features"]
    job |= change or {}
    file = tmp_path / "job.json"
    file.write_text(json.dumps(job), encoding="utf-8")
    (message,) = call([("np_read_job", str(file))])
    assert isinstance(message, OctaveError) and word in message


def test_numbers_are_written_so_that_they_read_the_same(call: Call) -> None:
    numbers = [
        0.0,
        1.0,
        -1.5,
        0.1,
        1 / 3,
        1763920000.123457,
        1e300,
        5e-324,
        2.0**53,
        123456789012.0,
    ]
    got = call([("np_encode_json", value) for value in numbers])
    assert [json.loads(text.item()) for text in got] == numbers


def test_values_keep_their_json_kind(call: Call) -> None:
    cases = [
        (None, "null"),
        (float("nan"), "null"),
        (float("inf"), "null"),
        ("", '""'),
        (True, "true"),
        ([1.0, 2.0], "[1, 2]"),
        (["a"], '["a"]'),
        (np.float32(0.5).reshape(1, 1), "0.5"),
        ('tab\t quote" back\\ line\n', json.dumps('tab\t quote" back\\ line\n')),
    ]
    got = call([("np_encode_json", value) for value, _ in cases])
    assert [json.loads(text.item()) for text in got] == [json.loads(text) for _, text in cases]


def test_odd_feature_names_survive_as_keys(call: Call) -> None:
    names = ["block5/conv3:0", "2nd layer", "a.b"]
    (text,) = call([("encode_map", names, ["x", "y", "z"])])
    assert json.loads(text.item()) == dict(zip(names, "xyz", strict=True))


@pytest.mark.parametrize("count", [4000, 4_000_000], ids=["within the buffer", "beyond it"])
def test_a_full_disk_is_an_error_that_names_the_file(
    octave: Callable, tmp_path: Path, count: int
) -> None:
    def limit_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    file = tmp_path / "feature.npy"
    script = Path(__file__).parent / "write_zeros.m"
    done = octave(script, octave_process.MATLAB, file, count, before=limit_files)
    assert done.returncode != 0
    assert str(file) in done.stderr and "full disk" in done.stderr


def test_features_are_saved_in_the_same_files_as_in_python(call: Call) -> None:
    feature_files = loaded(PYTHON / "feature_files.py")
    names = ["fc6", "fire2/squeeze1x1", "FC6", "../x", "ö", "a b", "a_b-5", "y" * 90, "fc6"]
    (cells,) = call([("np_feature_files", "shared", np.array([names], dtype=object))])
    assert not isinstance(cells, OctaveError), cells
    found = [f"{cell.item()}.npy" for cell in cells[0]]
    assert found == feature_files.file_names("shared", names)
