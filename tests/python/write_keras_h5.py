"""Write an .npz of <layer>/kernel and <layer>/bias as a Keras .h5 weights file.

    python write_keras_h5.py arrays.npz weights.h5

The layout is that of the published vgg16_weights_tf_dim_ordering_tf_kernels.h5: groups for layers
without weights too, fixed-length byte strings, and no keras_version or backend attribute.
"""

from __future__ import annotations

import sys

import h5py
import numpy as np


def write(npz_file: str, h5_file: str) -> None:
    with np.load(npz_file) as arrays, h5py.File(h5_file, "w") as file:
        weighted = list(dict.fromkeys(name.partition("/")[0] for name in arrays))
        names = ["input_1"]
        for name, following in zip(weighted, [*weighted[1:], ""], strict=True):
            names.append(name)
            if name.partition("_")[0] != following.partition("_")[0] and name.startswith("block"):
                names.append(name.partition("_")[0] + "_pool")
        names.insert(names.index("fc1") if "fc1" in names else len(names), "flatten")
        file.attrs["layer_names"] = np.array([name.encode() for name in names])
        for name in names:
            group = file.create_group(name)
            own = [f"{name}/kernel", f"{name}/bias"] if name in weighted else []
            stored = [f"{array}:0".encode() for array in own]
            group.attrs["weight_names"] = np.array(stored, dtype="S32" if stored else "f8")
            for array, label in zip(own, stored, strict=True):
                group.create_dataset(label, data=arrays[array])


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2])
