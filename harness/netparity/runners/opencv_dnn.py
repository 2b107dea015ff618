"""OpenCV's dnn module."""

from __future__ import annotations

from typing import ClassVar

from netparity.networks import Node
from netparity.networks.ops import OPS
from netparity.networks.ops.base import attribute_of
from netparity.runners.base import PER_LAYER
from netparity.runners.environments import Stack
from netparity.runners.python_tool import PythonRunner


class OpenCvDnn(PythonRunner):
    """`opencv-dnn`."""

    name = "opencv-dnn"
    network_format = "onnx"
    stack = Stack("opencv-dnn", ">=3.11,<3.14", download_megabytes=80, disk_megabytes=230)
    script = "extract_opencv.py"
    packages = ("opencv-python-headless", "opencv-python")
    modules = ("cv2", "numpy")
    colour = "#8c6d1f"
    options: ClassVar = {"per_layer": PER_LAYER}
    advice: ClassVar = {
        "channels-swapped": "Call `blobFromImage` with `swapRB=True` if the weights expect RGB, "
        "and with `swapRB=False` if they expect BGR: `imread` gives BGR.",
        "mean-missing": "Give `blobFromImage` the mean: `mean=$rgb` with `swapRB=True`, and "
        "`mean=$bgr` without.",
        "mean-swapped": "The mean of `blobFromImage` is in the order of the blob: $rgb with "
        "`swapRB=True`, $bgr without.",
        "scale-0-1": "Leave out `scalefactor=1 / 255` of `blobFromImage`, and subtract the mean "
        "($rgb in RGB).",
        "scale-0-1-mean-255": "Leave out `scalefactor=1 / 255` of `blobFromImage`: the mean is in "
        "the range 0…255.",
    }

    def lacks(self, node: Node) -> str | None:
        """What ONNX lacks, and what OpenCV refuses (lrn_layer.cpp)."""
        if (reason := super().lacks(node)) is not None:
            return reason
        if node.op == "lrn" and attribute_of(OPS["lrn"], node, "size") % 2 == 0:
            return "OpenCV refuses an even size"
        return None
