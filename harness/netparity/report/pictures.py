"""The inputs of a run as pictures: the decoded image, each tool's tensor, and differences."""

from __future__ import annotations

import io
import warnings
from base64 import b64encode
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netparity.errors import InputError
from netparity.networks.plain_input import to_plain
from netparity.protocol import FeatureFile, Run
from netparity.results.folder import RunFolder
from netparity.results.network import run_network

Pixels = npt.NDArray[np.uint8]
Tensor = npt.NDArray[np.float64]

MOST_TENSORS = 6
_MOST_PIXELS = 64 * 2**20
_LARGEST_SIDE = 448
_GREY = 128.0
_MOST_GAIN = 64.0


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        pixels: H x W x 3.
        caption: how to read it, in sentences.
        alt: what it shows, for readers who cannot see it.
    """

    title: str
    caption: str
    alt: str
    pixels: Pixels

    @property
    def data_uri(self) -> str:
        """The picture as a PNG inside a data URI."""
        from PIL import Image

        grey = self.pixels[..., :1] == self.pixels
        shown = self.pixels[..., 0] if grey.all() else self.pixels
        file = io.BytesIO()
        Image.fromarray(shown).save(file, "PNG", optimize=True)
        return f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"


def pictures(run: Run, folder: RunFolder | None) -> list[Picture]:
    """Pictures of a run's first image, as far as its folder holds the files.

    Tools that made the same tensor share a picture.
    """
    if folder is None:
        return []
    made = [picture for picture in (_decoded(run, folder), _shared(run, folder)) if picture]
    shared = _tensor(run, folder, "input/shared.npy")
    tensors = _natives(run, folder)
    for labels, tensor in list(tensors.items())[:MOST_TENSORS]:
        names = ", ".join(labels)
        title = f"Made by {labels[0]}" + (f" and {len(labels) - 1} more" if labels[1:] else "")
        made.append(
            Picture(title, "", f"the tensor that {names} made from the image", _grey(tensor))
        )
        if shared is not None and shared.shape == tensor.shape:
            made.append(_difference(run, labels, tensor - shared))
    return made


def _decoded(run: Run, folder: RunFolder) -> Picture | None:
    from PIL import Image

    image = run.image
    if image.decoded is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # for decompression bombs
            with Image.open(folder.inside(image.decoded), formats=["PNG"]) as opened:
                if opened.width * opened.height > _MOST_PIXELS:
                    return None
                picture = opened.convert("RGB")
        picture.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE))
    except (InputError, OSError, ValueError, Warning, Image.DecompressionBombError):
        return None
    width, height = image.size
    alt = f"{image.file}, {width} × {height} pixels, mode {image.mode}"
    return Picture("The image", f"{alt}.", alt, np.asarray(picture, dtype=np.uint8))


def _shared(run: Run, folder: RunFolder) -> Picture | None:
    tensor = _tensor(run, folder, "input/shared.npy")
    if tensor is None:
        return None
    size = f"{tensor.shape[1]} × {tensor.shape[0]}"
    return Picture(
        "The shared input",
        "The tensor given to every tool, with the mean added back.",
        f"the image resized to {size} pixels",
        _grey(tensor),
    )


def _natives(run: Run, folder: RunFolder) -> dict[tuple[str, ...], Tensor]:
    """Each distinct tensor, and the labels of the tools that made it."""
    labels: dict[str, list[str]] = {}
    files: dict[str, FeatureFile] = {}
    for record in run.runners:
        if record.native_input is not None:
            labels.setdefault(record.native_input.sha256, []).append(record.label)
            files.setdefault(record.native_input.sha256, record.native_input)
    found = {}
    for digest, file in files.items():
        tensor = _tensor(run, folder, file.file)
        if tensor is not None:
            found[tuple(labels[digest])] = tensor
    return found


def _tensor(run: Run, folder: RunFolder, name: str) -> Tensor | None:
    """The first image of a batch N x H x W x 3 in grey levels; None if it is missing or damaged."""
    try:
        batch = folder.read_plain_array(str(folder.inside(name).relative_to(folder.path.resolve())))
    except InputError:
        return None
    if batch.ndim != 4 or batch.shape[-1] != 3 or not batch.size:
        return None
    if batch.dtype.kind != "f" or not np.isfinite(batch[0]).all():
        return None
    try:
        network = run_network(run, folder)
    except InputError:
        return None
    plain = to_plain(batch[:1].astype(np.float64), network)
    levels: Tensor = plain[0] + np.asarray(network.mean_rgb)
    return levels


def _difference(run: Run, labels: tuple[str, ...], difference: Tensor) -> Picture:
    """The difference, amplified until the largest value just fits, so that it can be seen."""
    largest = float(np.abs(difference).max())
    gain = min(_MOST_GAIN, (_GREY - 1) / largest) if largest > 0 else 1.0
    rms = float(np.sqrt(np.mean(difference**2)))
    stages = next((made.stages for made in run.preprocessing if made.label in labels), {})
    parts = [f"{name} {value:.2g}" for name, value in stages.items() if value > 0]
    by = f" ({', '.join(parts)})" if parts else ""
    names = ", ".join(labels)
    return Picture(
        f"Difference × {gain:.3g}",
        f"{names}: {rms:.2g} grey levels from the shared input (root mean square){by}. Mid-grey: "
        "equal; lighter: brighter than the shared input.",
        f"grey where {names} equals the shared input; difference {rms:.2g} grey levels{by}",
        _grey(_GREY + gain * difference),
    )


def _grey(values: Tensor) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
