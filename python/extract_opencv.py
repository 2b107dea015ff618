"""Extract features with OpenCV's dnn module.

python extract_opencv.py job.json
"""

from __future__ import annotations

import re
import sys
from typing import Any

import numpy as np

from extractor import main
from graph_stack import image_size
from job_files import Preprocessing
from onnx_cut import FLOAT_SCALAR, Cut
from onnx_stack import OnnxStack, versions_of
from opencv_image import Images
from stack import Description, Settings


class OpenCv(OnnxStack):
    """OpenCV's dnn module on the CPU."""

    # OpenCV refuses an output without a shape, and takes any for one.
    kind = FLOAT_SCALAR

    def start(self, settings: Settings) -> None:
        """Import OpenCV and fix the number of its threads."""
        import cv2  # type: ignore[import-not-found]

        self.tool = cv2
        self.images: Images | None = None
        self.engine: str | None = None
        if settings.threads:
            cv2.setNumThreads(settings.threads)

    def opened(self, part: Cut, layers: list[str]) -> Any:
        """Return a network and its outputs' names: by the new engine if it reads the file."""
        model = np.frombuffer(part.model, np.uint8)
        dnn = self.tool.dnn
        self.engine = "classic"
        if hasattr(dnn, "ENGINE_NEW"):  # OpenCV 5: what ENGINE_AUTO does, in two steps
            network = dnn.readNetFromONNX(model, engine=dnn.ENGINE_NEW)
            if not network.empty():
                self.engine = "new"
                return network, layers
        return dnn.readNetFromONNX(model), layers

    def called(self, model: Any, tensor: np.ndarray) -> list[np.ndarray]:
        """Set the input and compute; OpenCV copies its outputs."""
        network, layers = model
        network.setInput(tensor)
        return list(network.forward(layers))

    def preprocess_as(
        self, image_files: list[str], shape: list[int], preprocessing: Preprocessing
    ) -> np.ndarray:
        """Decode with `imread`; resize, crop and normalise with `blobFromImages`.

        Raises ValueError naming the image.
        """
        self.images = Images(self.tool, image_size(shape), preprocessing)
        blob = self.images.blob(image_files)
        return np.ascontiguousarray(blob.transpose(0, 2, 3, 1)) if self.channels_last else blob

    def describe(self) -> Description:
        """Say what runs; OpenCV tells in a text how it was built."""
        version = str(self.tool.__version__)
        built = self.tool.getBuildInformation()
        flags = {
            "device": "cpu",
            "backend": "OpenCV",
            "instructions": self.tool.getCPUFeaturesLine(),
            "parallel": stated(built, "Parallel framework"),
            "lapack": stated(built, "Lapack"),
            "ipp": stated(built, "Intel IPP"),
        }
        if self.engine is not None:
            flags["engine"] = self.engine
        if self.images is not None:
            flags["native_input"] = self.images.in_words
        has_mlas = stated(built, "DNN MLAS").startswith("YES")
        return Description(
            code=f"OpenCV {version}",
            versions=versions_of("opencv", version),
            threads_found=int(self.tool.getNumThreads()),
            blas="OpenCV's own kernels" + (" and MLAS" if has_mlas else ""),
            flags=flags,
            built=self.built,
        )


def stated(built: str, what: str) -> str:
    """Return what OpenCV's build information says of something, `unknown` if nothing."""
    found = re.search(rf"^ *{re.escape(what)}: +(.+)$", built, re.MULTILINE)
    return found[1].strip() if found else "unknown"


if __name__ == "__main__":
    sys.exit(main(OpenCv(), sys.argv[1:]))
