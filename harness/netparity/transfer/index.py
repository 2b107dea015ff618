"""Which images a transfer began with, and the check that they are the same when it is resumed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from netparity.errors import InputError
from netparity.report.rows import harmless
from netparity.results.folder import RunFolder
from netparity.transfer.dataset import Dataset

INDEX_FILE, SKIPPED_FILE = "index.csv", "skipped.csv"


def write_index(dataset: Dataset, store: RunFolder) -> None:
    """Store the images with their hashes, and those that are left out with the reasons."""
    store.write_text(INDEX_FILE, index_text(dataset))
    store.write_text(SKIPPED_FILE, _csv(("image", "reason"), dataset.skipped))


def check_index(dataset: Dataset, store: RunFolder) -> None:
    """See that the images are those that the transfer began with.

    Raises:
        InputError: if they have changed.
    """
    if (store.path / INDEX_FILE).read_text(encoding="utf-8") != index_text(dataset):
        raise InputError(
            f"the images of {dataset.name} have changed since the transfer began; start it anew"
        )


def index_text(dataset: Dataset) -> str:
    """CSV with one row per image, in the order of the features' rows."""
    return _csv(("row", "image", "class", "sha256"), _rows(dataset))


def _rows(dataset: Dataset) -> Iterator[tuple[int, str, str, str]]:
    for row, item in enumerate(dataset.items):
        yield row, item.name, item.label, item.sha256


def _csv(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows(map(harmless, row) for row in rows)
    return text.getvalue()
