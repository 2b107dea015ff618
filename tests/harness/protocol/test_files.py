"""The golden files follow the protocol, and files that do not are rejected."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from netparity.protocol import (
    ArrayFile,
    Job,
    Round,
    RunnerRecord,
    RunResult,
    WallClock,
    json_schemas,
)
from tests.support.cases import make_run

GOLDEN = Path(__file__).parents[2] / "golden"
RESULTS = sorted(GOLDEN.glob("result-*.json"))
JOBS = sorted(GOLDEN.glob("job*.json"))
FILES = [*((Job, "job.json", p) for p in JOBS), *((RunResult, "result.json", p) for p in RESULTS)]
EVERY_FILE = pytest.mark.parametrize(
    ("kind", "schema", "path"), FILES, ids=[path.name for _, _, path in FILES]
)


@EVERY_FILE
def test_golden_files_come_out_as_they_went_in(kind, schema: str, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert json.loads(kind.model_validate_json(text).model_dump_json()) == json.loads(text)


@EVERY_FILE
def test_golden_files_fit_the_published_schema(kind, schema: str, path: Path) -> None:
    jsonschema.validate(json.loads(path.read_text(encoding="utf-8")), json_schemas()[schema])


@EVERY_FILE
def test_an_unknown_key_is_refused_by_both(kind, schema: str, path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8")) | {"surprise": 1}
    with pytest.raises(ValidationError, match="surprise"):
        kind.model_validate(document)
    with pytest.raises(jsonschema.ValidationError, match="surprise"):
        jsonschema.validate(document, json_schemas()[schema])


@EVERY_FILE
@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_schema_version_is_refused(kind, schema: str, path: Path, version) -> None:
    document = json.loads(path.read_text(encoding="utf-8")) | {"schema_version": version}
    with pytest.raises(ValidationError, match="schema_version"):
        kind.model_validate(document)


@EVERY_FILE
def test_a_document_without_its_version_is_refused(kind, schema: str, path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    del document["schema_version"]
    with pytest.raises(ValidationError):
        kind.model_validate(document)


def test_a_job_needs_an_architecture_or_a_network() -> None:
    document = json.loads((GOLDEN / "job-network.json").read_text(encoding="utf-8"))
    assert Job.model_validate(document).architecture is None
    with pytest.raises(ValidationError, match="architecture and network are both null"):
        Job.model_validate(document | {"network": None})


def test_a_job_without_the_keys_of_a_network_is_one_of_a_vgg() -> None:
    document = json.loads((GOLDEN / "job.json").read_text(encoding="utf-8"))
    del document["network"], document["preprocessing"]
    job = Job.model_validate(document)
    assert (job.network, job.preprocessing) == (None, None)


def test_every_status_has_a_golden_file() -> None:
    found = {json.loads(path.read_text())["status"] for path in RESULTS}
    assert found == {"started", "ok", "failed"}


@pytest.mark.parametrize("schema", ["job.json", "result.json", "run.json"])
def test_schemas_are_valid_json_schema_2020_12(schema: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json_schemas()[schema])


def test_a_run_fits_its_schema() -> None:
    run = make_run([RunnerRecord(label="a", runner="keras3-tensorflow", status="pending")])
    jsonschema.validate(json.loads(run.model_dump_json()), json_schemas()["run.json"])


@pytest.mark.parametrize("name", ["fc6.npy", "shared-conv1_1.npy", "A.b-c_d.npy"])
def test_plain_array_names(name: str) -> None:
    assert ArrayFile(file=name, shape=[1]).file == name


@pytest.mark.parametrize(
    "name",
    [
        "../fc6.npy",
        "a/b.npy",
        "/fc6.npy",
        "a\\b.npy",
        "..npy",
        ".npy",
        "-fc6.npy",
        "fc6.npy\n",
        "fc6.npz",
        "fc6",
        "",
        "a b.npy",
        "a\0.npy",
        "é.npy",
    ],
)
def test_array_names_with_anything_else(name: str) -> None:
    with pytest.raises(ValidationError):
        ArrayFile(file=name, shape=[1])


@pytest.mark.parametrize("seconds", ["-1.0", "NaN", "Infinity", '"x"', "null"])
def test_seconds_are_finite_and_not_negative(seconds: str) -> None:
    text = f'{{"status": "ok", "threads": {{"requested": 1}}, "phases": {{"load": [{seconds}]}}}}'
    with pytest.raises(ValidationError):
        RunResult.model_validate_json(text)


def test_a_missing_value_is_null_and_never_zero() -> None:
    dumped = json.loads(
        Round(round=1, order=1, status="failed", wall_seconds=1.0, log="l").model_dump_json()
    )
    assert dumped["peak_rss_bytes"] is None
    assert dumped["phases"] == {}


def test_nothing_can_be_changed_in_place() -> None:
    run = make_run([RunnerRecord(label="a", runner="keras3-tensorflow", status="pending")])
    with pytest.raises(ValidationError, match="frozen"):
        run.model = "other"


def test_the_harnesss_share_is_what_is_neither_extractors_nor_reference() -> None:
    clock = {"total_seconds": 10, "preparation_seconds": 1, "reference_seconds": 2}
    assert WallClock(**clock, extractor_seconds=7).harness_share == pytest.approx(0.1)
    assert WallClock(**clock, extractor_seconds=9).harness_share == 0
