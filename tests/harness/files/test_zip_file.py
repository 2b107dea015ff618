"""Zip archives: what they list, and the checksums of what they hold."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from netparity.files import npy, zip_file
from netparity.files.limits import DamagedError

VALUES = np.random.default_rng(0).standard_normal((8, 5)).astype(np.float32)


def load(path: Path) -> np.ndarray:
    return npy.of_member(zip_file.members(path)["x.npy"]).load()


def changed(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    at = data.index(old)
    path.write_bytes(data[:at] + new + data[at + len(old) :])


def test_the_checksum_of_a_stored_member_is_compared(tmp_path: Path) -> None:
    path = tmp_path / "f.npz"
    np.savez(path, x=VALUES)
    np.testing.assert_array_equal(load(path), VALUES)
    changed(path, VALUES[3].tobytes(), VALUES[4].tobytes())
    with pytest.raises(zipfile.BadZipFile, match="CRC-32"):
        load(path)


def test_an_archive_that_states_no_checksums_is_read(tmp_path: Path) -> None:
    """As `torch.save` writes it after `torch.serialization.set_crc32_options(False)`."""
    path = tmp_path / "f.npz"
    np.savez(path, x=VALUES)
    with zipfile.ZipFile(path) as archive:
        crc = archive.getinfo("x.npy").CRC.to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(crc, bytes(4)))
    np.testing.assert_array_equal(load(path), VALUES)


def test_a_member_has_one_name(tmp_path: Path) -> None:
    """Else a flipped bit in the list hides a member, and nothing compares its checksum."""
    path = tmp_path / "f.npz"
    np.savez(path, x=VALUES)
    data = path.read_bytes()
    at = data.rindex(b"x.npy")
    path.write_bytes(data[:at] + b"y" + data[at + 1 :])
    with pytest.raises(DamagedError, match=r"'x\.npy'"):
        zip_file.members(path)


def test_no_entry_hides_those_behind_it(tmp_path: Path) -> None:
    """An entry whose comment is as long as the next entry swallows it."""
    path = tmp_path / "f.npz"
    np.savez(path, x=VALUES, y=VALUES)
    data = bytearray(path.read_bytes())
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    end = data.index(b"PK\x05\x06")
    data[first + 32 : first + 34] = (end - second).to_bytes(2, "little")
    path.write_bytes(data)
    assert len(zipfile.ZipFile(path).infolist()) == 1
    with pytest.raises(DamagedError, match="2 files; 1"):
        zip_file.members(path)


def test_the_list_is_read_once_for_all_members(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f.npz"
    np.savez_compressed(path, **{f"a{place}": VALUES for place in range(50)})
    opened = []
    real = zipfile.ZipFile.__init__
    monkeypatch.setattr(
        zipfile.ZipFile,
        "__init__",
        lambda self, *given, **named: (opened.append(1), real(self, *given, **named))[1],
    )
    for member in zip_file.members(path).values():
        np.testing.assert_array_equal(npy.of_member(member).load(), VALUES)
    assert len(opened) == 1
