"""What Keras 2.0.2 to 2.0.6, of spring 2017, need to run on today's NumPy and Pillow.

All are names or calls that have changed; the results are those of 2017.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

PUBLISHED_NAME = "vgg16_weights_tf_dim_ordering_tf_kernels.h5"


class PrivateHome:
    """An empty home folder, where these versions of Keras look for settings and weights.

    Keras 2.0.x reads and writes ~/.keras/keras.json at import, whatever KERAS_HOME says, and its
    VGG16() takes the published weights from ~/.keras/models or downloads them.
    """

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="netparity-keras-"))
        atexit.register(shutil.rmtree, self.path, ignore_errors=True)
        os.environ["HOME"] = str(self.path)

    def stamped(self, weights_file: str, version: str) -> str:
        """Return a copy of the file that says which Keras wrote it.

        It holds links to the layers, not their values.
        """
        import h5py  # type: ignore[import-untyped,import-not-found,unused-ignore]

        path = self.path / "stamped.h5"
        with h5py.File(weights_file, "r") as original, h5py.File(path, "w") as stamped:
            for name, value in original.attrs.items():
                stamped.attrs[name] = value
            for name in original:
                stamped[name] = h5py.ExternalLink(str(Path(weights_file).absolute()), name)
            stamped.attrs["keras_version"] = np.bytes_(version)
        return str(path)

    def offer(self, weights_file: str) -> None:
        """Link the file to where VGG16(weights='imagenet') looks for the published one."""
        models = self.path / ".keras" / "models"
        models.mkdir(parents=True, exist_ok=True)
        link = models / PUBLISHED_NAME
        link.unlink(missing_ok=True)
        link.symlink_to(Path(weights_file).absolute())


def restore_indexing(keras: Any) -> None:
    """Make convert_kernel() work again.

    It rotates a kernel by 180 degrees, indexing it with a list of slices. NumPy used to treat that
    as a tuple; NumPy 1.23 treats it as an array of integers and fails. Here it is a tuple.
    """

    def convert_kernel(kernel: Any) -> Any:
        kernel = np.asarray(kernel)
        turned = [slice(None, None, -1)] * (kernel.ndim - 2) + [slice(None)] * 2
        return np.copy(kernel[tuple(turned)])

    for module in (keras.utils.conv_utils, keras.utils.layer_utils):
        module.convert_kernel = convert_kernel


def nearest_load_img(load_img: Any) -> Any:
    """Wrap load_img() to resize as it did in 2017.

    It calls Pillow's resize() with the default filter, which was nearest neighbour and has been
    bicubic since Pillow 7.0.
    """
    from PIL import Image

    def load(path: str, target_size: tuple[int, int]) -> Any:
        height, width = target_size
        return load_img(path).resize((width, height), Image.Resampling.NEAREST)

    return load
