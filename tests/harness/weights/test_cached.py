"""Converted files are made once, and again when they are not as they were written."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.weights import WeightSet, cached, resolve, stamps


@pytest.fixture
def weights() -> WeightSet:
    return resolve("synthetic:0", VGG16_TINY)


def stamp_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.stamp")


def rot(path: Path) -> bytes:
    """Change one bit, as a disk does: size and time stay."""
    status, good = path.stat(), path.read_bytes()
    at = len(good) // 2
    path.write_bytes(good[:at] + bytes([good[at] ^ 4]) + good[at + 1 :])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    return good


def look_again_tomorrow(path: Path) -> None:
    yesterday = time.time() - 86401
    os.utime(stamp_of(path), (yesterday, yesterday))


def test_a_rotten_file_is_found_within_a_day_and_made_again(weights: WeightSet):
    path = weights.file("keras-h5")
    good = rot(path)
    look_again_tomorrow(path)
    assert weights.file("keras-h5").read_bytes() == good


def test_a_good_file_is_hashed_once_a_day(weights: WeightSet, monkeypatch):
    path = weights.file("npz")
    hashed = []
    real = stamps._hash
    monkeypatch.setattr(stamps, "_hash", lambda path: hashed.append(path.name) or real(path))
    weights.file("npz")
    assert hashed == []
    look_again_tomorrow(path)
    weights.file("npz")
    weights.file("npz")
    assert hashed == [path.name]


@pytest.mark.parametrize("change", ["longer", "edited", "no stamp", "old stamp", "other version"])
def test_what_is_not_as_it_was_written_is_made_again(weights: WeightSet, change: str, monkeypatch):
    path = weights.file("npz")
    good = path.read_bytes()
    if change == "longer":
        path.write_bytes(good + b"\0")
    elif change == "edited":
        path.write_bytes(b"x" * len(good))
    elif change == "no stamp":
        stamp_of(path).unlink()
        path.write_bytes(b"x")
    elif change == "old stamp":
        status = path.stat()
        stamp_of(path).write_text(f"{status.st_size} {status.st_mtime_ns}")
        path.write_bytes(b"x" * len(good))
    else:
        rot(path)
        monkeypatch.setattr(stamps, "WRITERS_VERSION", stamps.WRITERS_VERSION + 1)
    assert weights.file("npz").read_bytes() == good


def test_after_a_failed_parity_every_file_is_hashed_and_the_rotten_removed(weights: WeightSet):
    paths = [weights.file("npz"), weights.file("keras-h5")]
    assert cached.remove_changed(weights.folder) == []
    good = rot(paths[0])
    assert cached.remove_changed(weights.folder) == [paths[0]]
    assert [path.exists() for path in paths] == [False, True]
    assert weights.file("npz").read_bytes() == good
