"""Images with classes: a folder per class, or scikit-learn's bundled digits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from netparity.errors import InputError
from netparity.inputs import decode
from netparity.results.folder import RunFolder
from netparity.run.many.sources import Digits
from netparity.watch import SILENT, Watch

DIGITS = "digits"
LEAST_PER_CLASS = 4
"""Fewer leave a class with no image to train on, or none to test with."""

_DIGITS_FOLDER = "images/digits"
_MOST_NAMED = 5


@dataclass(frozen=True)
class Item:
    """One image: where it lies, its class, its name in the dataset and its file's hash."""

    path: Path
    name: str
    label: str
    sha256: str


@dataclass(frozen=True)
class Dataset:
    """Images that can be used, and those that cannot, with the reason for each."""

    name: str
    items: Sequence[Item]
    skipped: Sequence[tuple[str, str]] = field(default_factory=tuple)

    @property
    def labels(self) -> list[str]:
        """The class of each image."""
        return [item.label for item in self.items]

    @property
    def classes(self) -> list[str]:
        """Their names, in order."""
        return sorted(set(self.labels))


def open_dataset(source: Path | None, store: RunFolder, watch: Watch = SILENT) -> Dataset:
    """Look at every image once; one that cannot be read is left out, with a warning.

    Args:
        source: a folder that holds a folder of images per class; None for the digits.
        store: gets the digits as images, and PNG copies of what not every tool can read.
        watch: is told of progress and of what is left out.

    Raises:
        InputError: if there are no two classes of at least four images each.
    """
    files = list(_digits(store) if source is None else _class_folders(source))
    items, skipped = [], []
    with watch.task("looking at the images", len(files)) as task:
        for number, (name, label, path) in enumerate(files):
            task.advance()
            try:
                image = decode(path)
            except InputError as error:
                skipped.append((name, str(error)))
                continue
            readable = path
            if not image.portable:
                readable = store.write_bytes(f"images/{number:06d}.png", image.as_png())
            items.append(Item(readable.absolute(), name, label, image.sha256))
    for name, reason in skipped[:_MOST_NAMED]:
        watch.warning(f"{name} is left out: {reason}")
    if skipped:
        watch.warning(f"{len(skipped)} of {len(files)} images are left out (skipped.csv has all)")
    dataset = Dataset(DIGITS if source is None else source.absolute().name, items, skipped)
    _check(dataset, source)
    return dataset


def _check(dataset: Dataset, source: Path | None) -> None:
    counts = Counter(dataset.labels)
    small = [name for name, count in sorted(counts.items()) if count < LEAST_PER_CLASS]
    if len(counts) < 2 or small:
        found = ", ".join(f"{name}: {count}" for name, count in sorted(counts.items())[:10])
        raise InputError(
            f"{source} has no classes to tell apart (usable images: {found or 'none'}); give a "
            f"folder that holds at least two folders, one per class, of at least "
            f"{LEAST_PER_CLASS} images each"
        )


def _class_folders(source: Path) -> Iterator[tuple[str, str, Path]]:
    """Name, class and path of every file below a class's folder; hidden ones are passed over."""
    if not source.is_dir():
        raise InputError(f"{source} is not a folder; give one with a folder per class")
    for folder in sorted(source.iterdir()):
        if folder.is_dir() and not folder.name.startswith("."):
            for path in sorted(folder.rglob("*")):
                name = path.relative_to(source)
                if path.is_file() and not any(part.startswith(".") for part in name.parts):
                    yield name.as_posix(), folder.name, path


def _digits(store: RunFolder) -> Iterator[tuple[str, str, Path]]:
    """The 1797 hand-written digits of scikit-learn, 8 x 8, as grey-scale PNG files."""
    digits = Digits()
    folder = store.path / _DIGITS_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(digits.names):
        yield name, name.partition("/")[0], digits.file(number, folder)
