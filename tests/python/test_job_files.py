"""The protocol in python/job_files.py against the golden files that every language reads."""

from __future__ import annotations

import json

import pytest

from tests.support.tiny_vgg16 import GOLDEN, run_python

REWRITE = "import sys, job_files as f; print(f.to_json(getattr(f, sys.argv[1])(sys.argv[2])))"


@pytest.mark.parametrize(
    ("reader", "name"),
    [
        ("read_job", "job.json"),
        ("read_job", "job-network.json"),
        ("read_result", "result-ok.json"),
        ("read_result", "result-failed.json"),
        ("read_result", "result-started.json"),
    ],
)
def test_golden_file_comes_back_equal(reader, name):
    done = run_python(REWRITE, reader, str(GOLDEN / name))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads((GOLDEN / name).read_text(encoding="utf-8"))


def test_started_result_is_the_golden_one():
    done = run_python("import job_files as f; print(f.to_json(f.started_result(2)))")
    golden = (GOLDEN / "result-started.json").read_text(encoding="utf-8")
    assert json.loads(done.stdout) == json.loads(golden)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema_version": 2}, "schema_version 2, but this extractor reads 1"),
        ({"weights": None}, "'weights' in job file"),
        ({"weights": {"file": "w.h5"}}, "lacks ['format', 'sha256']"),
        ({"features": []}, "expected a non-empty list"),
        ({"architecture": None}, "'architecture' in job file"),
        ({"network": 3}, "'network' in job file"),
        ({"preprocessing": []}, "'preprocessing' in job file"),
    ],
)
def test_unusable_job_is_refused_in_words(tmp_path, change, said):
    job = json.loads((GOLDEN / "job.json").read_text(encoding="utf-8"))
    path = tmp_path / "job.json"
    path.write_text(json.dumps({**job, **change}), encoding="utf-8")
    done = run_python(REWRITE, "read_job", str(path))
    assert done.returncode != 0
    assert "JobError" in done.stderr and said in done.stderr


def test_job_of_before_the_keys_of_a_network_is_read(tmp_path):
    job = json.loads((GOLDEN / "job.json").read_text(encoding="utf-8"))
    del job["network"], job["preprocessing"]
    path = tmp_path / "job.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    done = run_python(REWRITE, "read_job", str(path))
    assert json.loads(done.stdout) == {**job, "network": None, "preprocessing": None}


@pytest.mark.parametrize("text", ["", "{", "[1]", "null"])
def test_job_that_is_no_json_object_is_refused_in_words(tmp_path, text):
    path = tmp_path / "job.json"
    path.write_text(text)
    done = run_python(REWRITE, "read_job", str(path))
    assert "JobError: job file" in done.stderr


SAVE = """
import sys, numpy, job_files
x = numpy.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1)
print(job_files.save_feature(x, sys.argv[1], "shared-x.npy"))
"""


def test_feature_is_float32_in_c_order(tmp_path):
    import numpy as np

    done = run_python(SAVE, str(tmp_path))
    assert done.returncode == 0, done.stderr
    saved = np.load(tmp_path / "shared-x.npy")
    assert saved.dtype == np.float32 and saved.flags.c_contiguous and saved.shape == (4, 2, 3)
    assert saved[1, 0, 2] == 9  # x[c, a, b] = 12 a + 4 b + c
    assert [path.name for path in tmp_path.iterdir()] == ["shared-x.npy"]
