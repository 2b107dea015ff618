"""Where images come from: files and folders, scikit-learn's digits, or a generator."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from netparity.errors import InputError, SetupError, UsageError
from netparity.inputs.natural import natural_image
from netparity.system.paths import usable_path

GENERATED_SIZE = (96, 128)
"""Height and width of a generated image: not square, as a photograph."""


class Source(Protocol):
    """Images in a fixed order. Only their names are held in memory.

    Attributes:
        title: what they are, in a few words.
        names: of all of them, in order.
    """

    title: str

    @property
    def names(self) -> Sequence[str]:
        """Of all images."""

    def file(self, number: int, folder: Path) -> Path:
        """The file of an image; one that is not a file yet is made in `folder`."""


def open_source(
    paths: Sequence[Path] = (), digits: bool = False, generated: int | None = None, seed: int = 0
) -> Source:
    """The images that were asked for.

    Args:
        paths: image files and folders.
        digits: scikit-learn's, instead.
        generated: how many images are made from `seed`, instead.

    Raises:
        UsageError: if none or several kinds were.
        InputError: if a path does not exist or a folder holds no file.
        SetupError: if scikit-learn is missing.
    """
    given = [bool(paths), digits, generated is not None]
    if sum(given) != 1:
        raise UsageError(
            "give either image files and folders, or --digits, or --generated N"
            + ("" if any(given) else ", as in: netparity dataset photos/")
        )
    if digits:
        return Digits()
    return Files(paths) if generated is None else Generated(generated, seed)


class Files:
    """Image files, and all files of folders; hidden ones are passed over."""

    def __init__(self, sources: Sequence[Path]) -> None:
        self._paths: dict[str, Path] = {}
        for source in sources:
            path = usable_path(source, "image")
            if path.is_dir():
                found = dict(_below(path, prefix=path.name if len(sources) > 1 else ""))
                if not found:
                    raise InputError(f"the folder {path} holds no file; give a folder of images")
            elif path.exists():
                found = {path.name: path}
            else:
                raise InputError(f"{path} does not exist; check the path")
            for name, file in found.items():
                known = self._paths.get(name, file.absolute())
                self._paths[name if known == file.absolute() else str(file)] = file.absolute()
        self.title = ", ".join(source.name for source in sources[:3])
        if len(sources) > 3:
            self.title += f" and {len(sources) - 3} more"

    @cached_property
    def names(self) -> Sequence[str]:
        """The path of each below its folder."""
        return list(self._paths)

    def file(self, number: int, folder: Path) -> Path:
        """The file itself."""
        return self._paths[self.names[number]]


def _below(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            yield (Path(prefix) / name).as_posix(), path


class Digits:
    """The hand-written digits of scikit-learn, 8 x 8, as grey-scale PNG files."""

    title = "digits"

    def __init__(self) -> None:
        if find_spec("sklearn") is None:
            raise SetupError(
                "the digits come with scikit-learn, which is not installed; install it with: "
                "pip install 'netparity[transfer]'"
            )

    @cached_property
    def _bundled(self) -> Any:
        from sklearn.datasets import load_digits

        return load_digits()

    @cached_property
    def names(self) -> Sequence[str]:
        """The digit, and its place in the data set."""
        targets = enumerate(self._bundled.target)
        return [f"{digit}/{number:04d}.png" for number, digit in targets]

    def file(self, number: int, folder: Path) -> Path:
        """Made of the values, which are 0 to 16."""
        values = np.rint(self._bundled.images[number] * (255 / 16)).astype(np.uint8)
        return _written(values, number, folder)


class Generated:
    """Images that look like photographs, each made from the seed and its number."""

    def __init__(self, count: int, seed: int) -> None:
        self.title = f"{count:,} generated images (seed {seed})"
        self._count, self._seed = count, seed

    @cached_property
    def names(self) -> Sequence[str]:
        """Their numbers."""
        return [f"{number:07d}.png" for number in range(self._count)]

    def file(self, number: int, folder: Path) -> Path:
        """Drawn from the seed and the number alone."""
        return _written(natural_image(*GENERATED_SIZE, self._seed, number), number, folder)


def _written(values: npt.NDArray[np.uint8], number: int, folder: Path) -> Path:
    data = io.BytesIO()
    Image.fromarray(values).save(data, "PNG")
    path = folder / f"{number:07d}.png"
    path.write_bytes(data.getvalue())
    return path
