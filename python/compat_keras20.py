"""What Keras 2.0.2 to 2.0.6, of spring 2017, need to run on today's numpy and Pillow.

Each is a name or a call that changed since; nothing computes another number than it did in 2017.
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
    """An empty home folder, for a Keras that knows no other place for its settings and weights.

    Keras 2.0.x reads and writes ~/.keras/keras.json at import, whatever KERAS_HOME says, and its
    VGG16() finds the published weights in ~/.keras/models or else downloads them.
    """

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="netparity-keras-"))
        atexit.register(shutil.rmtree, self.path, ignore_errors=True)
        os.environ["HOME"] = str(self.path)

    def stamped(self, weights_file: str, version: str) -> str:
        """Return a file that differs from this one by saying which Keras wrote it.

        It holds links to the layers, not their numbers.
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
        """Have VGG16(weights='imagenet') find this file under the published one's name."""
        models = self.path / ".keras" / "models"
        models.mkdir(parents=True, exist_ok=True)
        link = models / PUBLISHED_NAME
        link.unlink(missing_ok=True)
        link.symlink_to(Path(weights_file).absolute())


def restore_indexing(keras: Any) -> None:
    """Give convert_kernel() back its index.

    It turns a kernel by 180 degrees with a list of slices as the index, which numpy 1.23 takes for
    an array of integers and refuses: numpy before took it for a tuple. The same slices are a tuple
    here.
    """

    def convert_kernel(kernel: Any) -> Any:
        kernel = np.asarray(kernel)
        turned = [slice(None, None, -1)] * (kernel.ndim - 2) + [slice(None)] * 2
        return np.copy(kernel[tuple(turned)])

    for module in (keras.utils.conv_utils, keras.utils.layer_utils):
        module.convert_kernel = convert_kernel


def nearest_load_img(load_img: Any) -> Any:
    """Wrap load_img() to resize as it did.

    It calls Pillow's resize() without naming a filter: nearest neighbour until Pillow 7.0 made the
    default bicubic.
    """
    from PIL import Image

    def load(path: str, target_size: tuple[int, int]) -> Any:
        height, width = target_size
        return load_img(path).resize((width, height), Image.Resampling.NEAREST)

    return load
