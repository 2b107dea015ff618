"""OpenVINO."""

from __future__ import annotations

from typing import ClassVar

from netparity.runners.base import PER_LAYER, Option
from netparity.runners.environments import Stack
from netparity.runners.python_tool import PythonRunner


class OpenVino(PythonRunner):
    """`openvino`."""

    name = "openvino"
    network_format = "onnx"
    stack = Stack("openvino", ">=3.11,<3.14", download_megabytes=85, disk_megabytes=275)
    script = "extract_openvino.py"
    packages = ("openvino",)
    modules = ("openvino", "numpy", "PIL")
    colour = "#0d7fa5"
    options: ClassVar = {
        "precision": Option(
            "in which numbers it computes; if left out, OpenVINO chooses by the processor",
            ("f32", "bf16"),
        ),
        "per_layer": PER_LAYER,
    }
    advice: ClassVar = {
        "precision-bfloat16": "Compile with `core.compile_model(model, 'CPU', "
        "{'INFERENCE_PRECISION_HINT': 'f32'})`: without it OpenVINO computes in bfloat16 wherever "
        "the processor can.",
    }
