"""From image files to a network's input, as OpenCV's users make it: `blobFromImages`."""

from __future__ import annotations

from typing import Any

import numpy as np

from job_files import Preprocessing
from native_image import FILTERS, mean_image_of

INTERPOLATIONS = {"nearest": "NEAREST", "bilinear": "LINEAR", "bicubic": "CUBIC", "area": "AREA"}
"""OpenCV's names; none but `area` averages when it shrinks."""


class Images:
    """How images become a tensor; what `blobFromImages` cannot do is done before or after it."""

    def __init__(self, tool: Any, size: tuple[int, int], preprocessing: Preprocessing) -> None:
        """size: height and width of the network's input. Raises ValueError for another filter."""
        if preprocessing.filter not in FILTERS:
            raise ValueError(
                f"preprocessing has filter {preprocessing.filter!r}, expected one of "
                f"{list(FILTERS)}"
            )
        self.tool, self.size, self.given = tool, size, preprocessing
        whole = preprocessing.resize in (None, list(size)) and not preprocessing.keep_aspect
        square = size[0] == size[1] and preprocessing.resize in (None, list(size))
        # It resizes bilinearly, straight to the input's size.
        self.crops = square and preprocessing.keep_aspect
        self.by_blob = preprocessing.filter == "bilinear" and (whole or self.crops)

    @property
    def in_words(self) -> str:
        """What does what."""
        steps = [] if self.by_blob else [f"resize by {self._interpolation}, crop"]
        steps.append("blobFromImages" + (" with crop" if self.by_blob and self.crops else ""))
        if self.given.mean_image is not None:
            steps.append("mean image subtracted by NumPy")
        if self._deviates:
            steps.append("divided by the deviations by NumPy")
        return "imread, " + ", ".join(steps)

    def blob(self, files: list[str]) -> np.ndarray:
        """Return N x C x H x W float32. Raises ValueError naming an image that is not one."""
        images = [self._image(file) for file in files]
        scale = self.given.scale
        mean = [0.0] if self.given.mean_image is not None else self.given.mean
        # It subtracts before it scales.
        blob: np.ndarray = self.tool.dnn.blobFromImages(
            images if self.by_blob else [self._resized(image) for image in images],
            scalefactor=scale,
            size=self.size[::-1],
            mean=tuple(value / scale for value in (mean * 3 if len(mean) == 1 else mean)),
            swapRB=self.given.order == "RGB",
            crop=self.by_blob and self.crops,
        )
        image = mean_image_of(self.given, {})
        if image is not None:
            blob = blob - np.asarray(image, np.float32).transpose(2, 0, 1)
        if self._deviates:
            blob = blob / np.asarray(self.given.deviation, np.float32).reshape(1, -1, 1, 1)
        return np.ascontiguousarray(blob, np.float32)

    @property
    def _deviates(self) -> bool:
        return any(value != 1 for value in self.given.deviation)

    @property
    def _interpolation(self) -> str:
        return f"INTER_{INTERPOLATIONS[self.given.filter]}"

    def _image(self, file: str) -> np.ndarray:
        """Return H x W x 3 BGR or H x W grey levels."""
        grey = self.given.order == "grey"
        how = self.tool.IMREAD_GRAYSCALE if grey else self.tool.IMREAD_COLOR
        image: np.ndarray | None = self.tool.imread(file, how)
        if image is None:
            raise ValueError(f"image '{file}' cannot be read by OpenCV")
        return image

    def _resized(self, image: np.ndarray) -> np.ndarray:
        """Return an image of the input's size, cropped in the middle."""
        height, width = self.given.resize or self.size
        if self.given.keep_aspect:
            factor = max(height / image.shape[0], width / image.shape[1])
            height, width = round(image.shape[0] * factor), round(image.shape[1] * factor)
        top, left = (height - self.size[0]) // 2, (width - self.size[1]) // 2
        if top < 0 or left < 0:
            raise ValueError(
                f"the image is resized to {height} x {width}, smaller than the network's input "
                f"{self.size[0]} x {self.size[1]}; correct the preprocessing"
            )
        if image.shape[:2] != (height, width):
            how = getattr(self.tool, self._interpolation)
            image = self.tool.resize(image, (width, height), interpolation=how)
        return image[top : top + self.size[0], left : left + self.size[1]]
