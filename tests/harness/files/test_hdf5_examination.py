"""Hostile HDF5 ends in one sentence, within little time and memory, whoever reads it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from netparity.errors import InputError
from netparity.features import read_features
from netparity.files import hdf5
from netparity.files.limits import FEATURES, WEIGHTS, DamagedError
from netparity.networks import NETWORKS
from netparity.weights import open_weights
from tests.support import hostile_hdf5, mat73_writer
from tests.support.cases import NANO, random_tensors
from tests.support.hostile_hdf5 import HOSTILE
from tests.support.processes import processor_seconds

TINY = NETWORKS["vgg16-tiny"]
MOST_SECONDS, MOST_BYTES = 2.0, 500 * 2**20

# A small process in between, since a child begins with the peak of the process that forks it.
MEASURED = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
seconds = used.ru_utime + used.ru_stime
print(json.dumps([done.returncode, done.stderr, seconds, used.ru_maxrss * 1024]))
"""

ANY_HOSTILE = pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__)


@pytest.mark.parametrize(
    "make",
    [
        hostile_hdf5.chain_of_references,
        hostile_hdf5.a_chunk_that_unpacks_to_a_gigabyte,
        pytest.param(hostile_hdf5.chain_of_structs, marks=pytest.mark.slow),
        pytest.param(hostile_hdf5.chunks_of_gigabytes, marks=pytest.mark.slow),
        pytest.param(hostile_hdf5.fill_values_of_gigabytes, marks=pytest.mark.slow),
        pytest.param(hostile_hdf5.a_shape_of_terabytes, marks=pytest.mark.slow),
    ],
    ids=lambda make: make.__name__,
)
def test_check_ends_with_a_sentence_in_little_time_and_memory(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "f.h5")
    np.save(tmp_path / "x.npy", np.zeros((1, *TINY.input_size, 3), np.float32))
    check = [sys.executable, "-m", "netparity.commands", "check", "f.h5"]
    check += ["--model", TINY.name, "--input", "x.npy"]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *check],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    code, printed, seconds, peak_bytes = json.loads(done.stdout)
    assert code == 2
    assert printed.startswith("netparity: error: features f.h5 ")
    assert printed.count("\n") == 1
    assert seconds < MOST_SECONDS
    assert peak_bytes < MOST_BYTES


@ANY_HOSTILE
def test_no_feature_is_read_from_it(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "f.h5")
    begun = processor_seconds()
    with pytest.raises(InputError) as caught:
        read_features(tmp_path / "f.h5", TINY, "fc6")
    assert processor_seconds() - begun < MOST_SECONDS
    assert len(str(caught.value)) < 1000


@ANY_HOSTILE
def test_no_weights_are_read_from_it(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "w.h5")
    begun = processor_seconds()
    with pytest.raises(InputError, match="weights"):
        open_weights(tmp_path / "w.h5")
    assert processor_seconds() - begun < MOST_SECONDS


@pytest.mark.parametrize(
    "make", [hostile_hdf5.chain_of_references, hostile_hdf5.chain_of_empty_cells]
)
def test_nor_from_a_mat_of_version_7_3(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "w.mat"
    mat73_writer.write(path, mat73_writer.simplenn(NANO, random_tensors(NANO)))
    make(tmp_path / "chain.h5")
    with h5py.File(path, "r+") as file, h5py.File(tmp_path / "chain.h5", "r") as chain:
        # References are copied with what they refer to.
        chain.copy("fc6", file, "extra", expand_refs=True)
    begun = processor_seconds()
    with pytest.raises(InputError, match=r"[15]0,000"):
        open_weights(path)
    with pytest.raises(InputError, match=r"[15]0,000"):
        read_features(path, TINY, "fc6")
    assert processor_seconds() - begun < 2 * MOST_SECONDS


def test_what_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight thousand arrays are fewer than a file may have, but too many for no time at all."""
    path = tmp_path / "f.h5"
    with h5py.File(path, "w") as file:
        for place in range(8_000):
            file.create_group(str(place))
    code = "import netparity.files.hdf5_examination as e, sys; e._PROCESSOR_SECONDS = 0.02;"
    code += "e._BYTES_OF_OBJECTS_PER_SECOND = e._BYTES_PER_SECOND = 2**50;"
    code += "sys.exit(e.main(sys.argv[1:]))"
    run = hdf5.ask

    def impatient(command: hdf5.Command, *arguments: object) -> tuple[int | None, str]:
        child = [sys.executable, "-P", "-c", code, command.arguments[-1]]
        return run(hdf5.Command(child), *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(hdf5, "ask", impatient)
    with pytest.raises(DamagedError, match="too much time"):
        hdf5.read(hdf5.Place(path), FEATURES)


def test_other_kinds_of_file_start_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hdf5, "ask", pytest.fail)
    (tmp_path / "f.h5").write_bytes(b"<html>")
    with pytest.raises(DamagedError, match="signature"):
        hdf5.read(hdf5.Place(tmp_path / "f.h5"), WEIGHTS)


def test_nothing_is_imported_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("h5py", "numpy", "netparity"):
        (tmp_path / f"{name}.py").write_text("open('ran', 'w')")
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file["x"] = np.zeros(3)
    monkeypatch.chdir(tmp_path)
    hdf5.read(hdf5.Place(tmp_path / "f.h5"), WEIGHTS)
    assert not (tmp_path / "ran").exists()


def test_a_file_is_examined_once_however_many_formats_look_at_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    run = hdf5.ask
    monkeypatch.setattr(hdf5, "ask", lambda *order: started.append(order) or run(*order))
    hostile_hdf5.chain_of_groups(tmp_path / "w.h5")
    (tmp_path / "damaged.h5").write_bytes((tmp_path / "w.h5").read_bytes()[:900])
    for name in ("w.h5", "damaged.h5"):
        with pytest.raises(InputError):
            open_weights(tmp_path / name)
    assert len(started) == 2
