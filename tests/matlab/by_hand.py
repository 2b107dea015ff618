"""The tests' job for a MATLAB that no Engine can start: a workflow's, or one beside you.

python -m tests.matlab.by_hand make FOLDER      leaves FOLDER/job.json
extract_features('FOLDER/job.json')             in MATLAB, with matlab/ on its path
python -m tests.matlab.by_hand check FOLDER     ends with an error unless all is right
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.support.simplenn_reference import TinyVgg
from tests.support.tiny_job import RESULT_KEYS, assert_features_are_right, make_job


def make(folder: Path) -> None:
    """Lay the job out."""
    job = make_job(folder, TinyVgg())
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")


def check(folder: Path) -> None:
    """Hold the features against the float64 pass."""
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    text = (Path(job["output_dir"]) / "result.json").read_text(encoding="utf-8")
    result = json.loads(text)
    assert list(result) == RESULT_KEYS
    assert (result["status"], result["error"]) == ("ok", None), result["error"]
    assert_features_are_right(job, result, TinyVgg())
    print(result["code"])


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]](Path(sys.argv[2]).absolute())
