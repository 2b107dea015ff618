"""The images of a transfer: a folder per class, or scikit-learn's digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from netparity.errors import InputError
from netparity.results.folder import RunFolder
from netparity.transfer.dataset import open_dataset


def images(folder: Path, classes: dict[str, int], size=(9, 7)) -> Path:
    random = np.random.default_rng(1)
    for name, count in classes.items():
        (folder / name).mkdir(parents=True)
        for number in range(count):
            pixels = random.integers(0, 256, (size[1], size[0]), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "results")


def test_a_folder_per_class(tmp_path, store):
    source = images(tmp_path / "pets", {"dog": 5, "cat": 4, ".git": 3})
    (source / "notes.txt").write_text("not a class")
    (source / "cat" / ".hidden.png").write_bytes(b"")
    (source / "dog" / "more").mkdir()
    (source / "dog" / "4.png").rename(source / "dog" / "more" / "4.png")
    dataset = open_dataset(source, store)
    assert dataset.name == "pets"
    assert dataset.items[-1].name == "dog/more/4.png"
    assert dataset.labels == ["cat"] * 4 + ["dog"] * 5
    assert dataset.items[0].name == "cat/0.png"
    assert not dataset.skipped


def test_bad_images_are_left_out_and_listed(tmp_path, store):
    source = images(tmp_path / "pets", {"dog": 5, "cat": 5})
    (source / "cat" / "0.png").write_bytes(b"\x89PNG broken")
    (source / "dog" / "z.txt").write_text("text")
    warnings = []

    class Watch:
        warning = staticmethod(warnings.append)

        def task(self, *_):
            from netparity.watch import SILENT

            return SILENT.task("")

    dataset = open_dataset(source, store, Watch())
    assert [name for name, _ in dataset.skipped] == ["cat/0.png", "dog/z.txt"]
    assert len(dataset.items) == 9
    assert "cat/0.png is left out" in warnings[0]
    assert "2 of 11 images are left out" in warnings[-1]


@pytest.mark.parametrize("classes", [{"cat": 9}, {"cat": 9, "dog": 3}, {}])
def test_without_classes_to_tell_apart_it_says_what_there_is(tmp_path, store, classes):
    (tmp_path / "pets").mkdir()
    source = images(tmp_path / "pets", classes)
    with pytest.raises(InputError, match="at least two folders, one per class, of at least 4"):
        open_dataset(source, store)


def test_what_not_every_tool_reads_is_handed_on_as_png(tmp_path, store):
    source = images(tmp_path / "pets", {"dog": 4, "cat": 4})
    Image.new("CMYK", (8, 8), (1, 2, 3, 4)).save(source / "cat" / "0.tif")
    dataset = open_dataset(source, store)
    handed = next(item for item in dataset.items if item.name == "cat/0.tif")
    assert handed.path.suffix == ".png" and handed.path.is_relative_to(store.path)


def test_the_digits_are_1797_grey_images_of_ten_classes(store):
    dataset = open_dataset(None, store)
    assert len(dataset.items) == 1797 and dataset.classes == [str(digit) for digit in range(10)]
    with Image.open(dataset.items[0].path) as image:
        assert (image.mode, image.size) == ("L", (8, 8))
