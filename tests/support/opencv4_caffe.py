"""What OpenCV 4 computes from a network of Caffe; run by a Python that has `opencv-python<5`.

    python opencv4_caffe.py NET.prototxt NET.caffemodel INPUT.npy FOLDER

writes the output of every layer as `0.npy`, `1.npy` ... and their names as `names.json`. The input
is N x C x H x W. OpenCV 5 no longer reads Caffe's files.
"""

import json
import sys
from pathlib import Path

try:
    import cv2
except ImportError:  # the tests import this file to know where it is
    cv2 = None
import numpy as np


def main(structure: str, weights: str, tensor: str, folder: str) -> None:
    """Compute every layer."""
    net = cv2.dnn.readNetFromCaffe(structure, weights)
    net.enableFusion(False)
    net.enableWinograd(False)
    net.setInput(np.load(tensor))
    names = [str(name) for name in net.getLayerNames()]
    for place, name in enumerate(names):
        np.save(Path(folder) / f"{place}.npy", net.forward(name))
    (Path(folder) / "names.json").write_text(json.dumps(names))


if __name__ == "__main__":
    main(*sys.argv[1:])
