"""When a runner fails parity, the weights that it loaded are hashed again."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.protocol import RunnerRecord
from netparity.run.rotten import check_weight_files
from netparity.weights import WeightSet, resolve
from tests.support.stored_runs import entry, mixed_run
from tests.support.watches import Messages


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WeightSet:
    """In a cache of their own: what rots here is not met by other tests."""
    monkeypatch.setenv("NETPARITY_CACHE", str(tmp_path / "cache"))
    return resolve("synthetic:0", VGG16_TINY)


def point(weights: WeightSet, verdict: str) -> SimpleNamespace:
    run = mixed_run().model_copy(
        update={
            "runners": [RunnerRecord(label="a", runner="x", status="ok")],
            "parity": [entry("a", "fc6", 1.0, verdict)],
            "cautions": ["first"],
        }
    )
    return SimpleNamespace(run=run, plan=SimpleNamespace(weights=weights))


def rot(path) -> None:
    status, good = path.stat(), path.read_bytes()
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_rotten_weights_are_named_and_removed(weights: WeightSet):
    rotten, good = weights.file("npz"), weights.file("keras-h5")
    rot(rotten)
    watch, points = Messages(), [point(weights, "divergent"), point(weights, "divergent")]
    check_weight_files(points, watch)
    [warning] = watch.warnings
    assert warning.startswith(f"{rotten} had changed on the disk")
    assert [each.run.cautions for each in points] == [["first", warning]] * 2
    assert good.exists() and not rotten.exists()


@pytest.mark.parametrize(("verdict", "rots"), [("pass", True), ("divergent", False)])
def test_otherwise_nothing_is_said(weights: WeightSet, verdict: str, rots: bool):
    path = weights.file("npz")
    if rots:
        rot(path)
    watch, points = Messages(), [point(weights, verdict)]
    check_weight_files(points, watch)
    assert watch.warnings == [] and points[0].run.cautions == ["first"]
    assert path.exists()
