"""ONNX Runtime."""

from __future__ import annotations

from typing import ClassVar

from netparity.networks import Node
from netparity.networks.ops import OPS
from netparity.networks.ops.base import attribute_of
from netparity.runners.base import DEVICE, PER_LAYER, Option
from netparity.runners.environments import Stack
from netparity.runners.python_tool import PythonRunner


class OnnxRuntime(PythonRunner):
    """`onnxruntime`."""

    name = "onnxruntime"
    network_format = "onnx"
    stack = Stack("onnxruntime", ">=3.11,<3.14", download_megabytes=50, disk_megabytes=175)
    script = "extract_onnxruntime.py"
    packages = ("onnxruntime", "onnxruntime-gpu")
    modules = ("onnxruntime", "numpy", "PIL")
    colour = "#7b68c8"
    options: ClassVar = {
        "optimize": Option("ONNX Runtime's optimisations of the graph", ("all", "none")),
        "device": DEVICE,
        "per_layer": PER_LAYER,
    }
    advice: ClassVar = {
        "precision-tf32": "Give the CUDA provider `use_tf32=0`: `InferenceSession(file, providers="
        "[('CUDAExecutionProvider', {'use_tf32': '0'})])`.",
    }

    def lacks(self, node: Node) -> str | None:
        """What ONNX lacks, and two forms that ONNX Runtime refuses (pool_attributes.h, lrn.h)."""
        if (reason := super().lacks(node)) is not None:
            return reason
        if node.op in ("max_pool", "average_pool"):
            pads, window = (attribute_of(OPS[node.op], node, key) for key in ("pads", "window"))
            if max(pads[:2]) >= window[0] or max(pads[2:]) >= window[1]:
                return f"ONNX Runtime refuses a pool with pads {pads} for a window {window}"
        if node.op == "lrn" and attribute_of(OPS["lrn"], node, "size") % 2 == 0:
            return "ONNX Runtime refuses an even size"
        return None
