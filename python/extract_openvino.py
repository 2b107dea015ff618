"""Extract features with OpenVINO.

python extract_openvino.py job.json
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from extractor import main
from onnx_cut import Cut
from onnx_stack import OnnxStack, versions_of
from stack import Description, Settings

PRECISIONS = {"f32": "f32", "bf16": "bf16", "float": "f32", "bfloat16": "bf16", "float16": "f16"}
"""How OpenVINO takes a precision, and how it prints one."""


class OpenVino(OnnxStack):
    """OpenVINO's plug-in for CPUs."""

    def start(self, settings: Settings) -> None:
        """Import OpenVINO and fix threads and precision. Raises ValueError for another one."""
        self.precision = settings.options.get("precision")
        if self.precision not in (None, "f32", "bf16"):
            raise ValueError(f"option precision is {self.precision!r}, expected 'f32' or 'bf16'")
        self.threads = settings.threads

        import openvino  # type: ignore[import-not-found]

        self.tool = openvino
        self.core = openvino.Core()

    def properties(self) -> dict[str, Any]:
        """Return what a model is compiled with: few images at once, as soon as possible."""
        chosen: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY"}
        if self.threads:
            chosen["INFERENCE_NUM_THREADS"] = self.threads
        if self.precision is not None:
            chosen["INFERENCE_PRECISION_HINT"] = self.precision
        return chosen

    def opened(self, part: Cut, layers: list[str]) -> Any:
        """Return a compiled model."""
        model = self.core.read_model(part.model)
        return self.core.compile_model(model, "CPU", self.properties())

    def called(self, model: Any, tensor: np.ndarray) -> list[np.ndarray]:
        """Compute; OpenVINO copies its outputs."""
        outputs = model([tensor])
        return [outputs[output] for output in model.outputs]

    def describe(self) -> Description:
        """Say what runs; the precision is the one in force, which depends on the processor."""
        model = getattr(self, "model", None)
        version = str(self.tool.__version__).split("-")[0]
        flags = {"device": "cpu"}
        threads = None
        if model is not None:
            hint = model.get_property("INFERENCE_PRECISION_HINT")
            needs = str(model.get_property("RUNTIME_REQUIREMENTS"))
            asked = "" if self.precision else " (OpenVINO's choice)"
            flags |= {
                "precision": PRECISIONS.get(hint.get_type_name(), str(hint)) + asked,
                "performance_hint": str(model.get_property("PERFORMANCE_HINT")),
                "instructions": needs.partition("isa=")[2].partition(";")[0] or "unknown",
            }
            threads = int(model.get_property("INFERENCE_NUM_THREADS"))
        return Description(
            code=f"OpenVINO {version}",
            versions=versions_of("openvino", version),
            threads_found=threads or None,
            blas="oneDNN",
            flags=flags,
            built=self.built,
        )


if __name__ == "__main__":
    sys.exit(main(OpenVino(), sys.argv[1:]))
