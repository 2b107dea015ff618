"""Features of a transfer are extracted once, and again if they are not as they were stored."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from netparity.results.folder import RunFolder
from netparity.transfer import features
from tests.support.watches import Messages

RUNNER = SimpleNamespace(label="a")
WHOLE = features.features_file(1, "a", "shared")


class Extractor:
    """Ten images in chunks of four; each chunk's features are its first image's number."""

    chunks = (slice(0, 4), slice(4, 8), slice(8, 10))

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kind = "shared"
        self.store = RunFolder.create(folder, "transfer")
        self.assignment = SimpleNamespace(images=range(10))
        self.extracted: list[int] = []
        self.messages = Messages()
        monkeypatch.setattr(features, "_extract", self.extract)

    def extract(self, runner, position, number, chunk, extraction):
        self.extracted.append(number)
        return np.full((chunk.stop - chunk.start, 3), chunk.start, np.float32)

    def go(self, steps: int = 99) -> list[int]:
        """Go on with the transfer, for so many chunks; the numbers of those that were extracted."""
        self.extracted.clear()
        for step, _ in enumerate(features.extract_all(RUNNER, 1, self, self.messages), start=1):
            if step == steps:
                break
        return list(self.extracted)

    def file(self, name: str) -> Path:
        return self.store.path / name


@pytest.fixture
def transfer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Extractor:
    return Extractor(tmp_path, monkeypatch)


def edited(path: Path) -> None:
    np.save(path, np.load(path) + 1)


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def without_seal(path: Path) -> None:
    path.with_name(f"{path.name}.sha256").unlink()


DAMAGE = (edited, longer, cut, Path.unlink, without_seal)


def test_a_whole_transfer_leaves_one_file_and_its_hash(transfer: Extractor):
    assert transfer.go() == [1, 2, 3]
    files = sorted(path.name for path in transfer.file("features").iterdir())
    assert files == [Path(WHOLE).name, f"{Path(WHOLE).name}.sha256"]
    assert transfer.store.read_plain_array(WHOLE)[:, 0].tolist() == [0] * 4 + [4] * 4 + [8] * 2
    assert transfer.go() == []


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_a_damaged_chunk_alone_is_extracted_again(transfer: Extractor, damage):
    assert transfer.go(steps=2) == [1, 2]
    part = transfer.file(WHOLE.replace(".npy", "-part-0001.npy"))
    damage(part)
    assert transfer.go() == [1, 3]
    assert transfer.store.read_plain_array(WHOLE)[:, 0].tolist() == [0] * 4 + [4] * 4 + [8] * 2
    warnings = [each for each in transfer.messages.warnings if "has been changed" in each]
    assert len(warnings) == (damage in (edited, longer, cut))


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_damaged_features_are_extracted_again(transfer: Extractor, damage):
    transfer.go()
    good = transfer.file(WHOLE).read_bytes()
    damage(transfer.file(WHOLE))
    assert transfer.go() == [1, 2, 3]
    assert transfer.file(WHOLE).read_bytes() == good
