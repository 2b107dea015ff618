"""The list of images that a transfer began with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from netparity.errors import InputError
from netparity.results.folder import RunFolder
from netparity.transfer.dataset import Dataset, Item
from netparity.transfer.index import check_index, write_index

ITEMS = [Item(Path(f"{n}.png"), f"a, {n}.png", "cat", f"{n:064x}") for n in range(3)]
DATASET = Dataset("pets", ITEMS, [("b.txt", "it is no image")])


def test_the_same_images_are_accepted(tmp_path: Path):
    store = RunFolder(tmp_path)
    write_index(DATASET, store)
    check_index(DATASET, store)
    assert (tmp_path / "index.csv").read_text().splitlines()[1] == f'0,"a, 0.png",cat,{0:064x}'
    assert (tmp_path / "skipped.csv").read_text() == "image,reason\nb.txt,it is no image\n"


@pytest.mark.parametrize(
    "items",
    [
        ITEMS[:2],
        ITEMS[::-1],
        [*ITEMS[:2], replace(ITEMS[2], sha256="f" * 64)],
        [*ITEMS[:2], replace(ITEMS[2], label="dog")],
    ],
    ids=["fewer", "another order", "another content", "another class"],
)
def test_other_images_are_refused(tmp_path: Path, items: list[Item]):
    store = RunFolder(tmp_path)
    write_index(DATASET, store)
    with pytest.raises(InputError, match="the images of pets have changed since"):
        check_index(replace(DATASET, items=items), store)
