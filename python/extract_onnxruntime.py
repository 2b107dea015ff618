"""Extract features with ONNX Runtime.

python extract_onnxruntime.py job.json
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from accelerator import (
    device_flags,
    device_name,
    device_of,
    memory_of,
    no_gpu,
)
from extractor import main
from onnx_cut import Cut
from onnx_stack import OnnxStack, versions_of
from stack import Description, Settings

PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}


class OnnxRuntime(OnnxStack):
    """ONNX Runtime."""

    def start(self, settings: Settings) -> None:
        """Import ONNX Runtime and fix threads, device and optimisations.

        Raises ValueError for an unknown option, or if there is no GPU where one is asked for.
        """
        self.device = device_of(settings.options)
        self.optimize = settings.options.get("optimize", "all")
        if self.optimize not in ("all", "none"):
            raise ValueError(f"option optimize is {self.optimize!r}, expected 'all' or 'none'")
        self.threads = settings.threads

        import onnxruntime  # type: ignore[import-not-found]

        self.tool = onnxruntime
        self.tool.disable_telemetry_events()
        self.tool.set_default_logger_severity(3)  # errors alone
        provider = PROVIDERS[self.device]
        if provider not in self.tool.get_available_providers():
            raise no_gpu("ONNX Runtime", f"this package has no {provider}")

    def options(self) -> Any:
        """Return the settings of a session."""
        options = self.tool.SessionOptions()
        if self.threads:
            options.intra_op_num_threads = self.threads
            options.inter_op_num_threads = 1
        levels = self.tool.GraphOptimizationLevel
        options.graph_optimization_level = (
            levels.ORT_ENABLE_ALL if self.optimize == "all" else levels.ORT_DISABLE_ALL
        )
        return options

    def opened(self, part: Cut, layers: list[str]) -> Any:
        """Return a session."""
        # What CUDA cannot compute is computed on the CPU, as for every user.
        providers = list(dict.fromkeys([PROVIDERS[self.device], PROVIDERS["cpu"]]))
        session = self.tool.InferenceSession(part.model, self.options(), providers)
        if PROVIDERS[self.device] not in session.get_providers():
            raise no_gpu("ONNX Runtime", "its CUDA provider cannot be started")
        return session

    def called(self, model: Any, tensor: np.ndarray) -> list[np.ndarray]:
        """Run the session."""
        [entry] = model.get_inputs()
        with memory_of("ONNX Runtime", self.device):
            outputs: list[np.ndarray] = model.run(None, {entry.name: tensor})
        return outputs

    def describe(self) -> Description:
        """Say what runs; ONNX Runtime has kernels of its own, MLAS, and no BLAS."""
        version = str(self.tool.__version__)
        on_gpu = self.device == "cuda"
        session = getattr(self, "model", None)
        providers = [PROVIDERS[self.device]] if session is None else session.get_providers()
        flags = {
            **device_flags(self.device, device_name() if on_gpu else None, None),
            "providers": " ".join(providers),
            "optimize": self.optimize,
            "inter_op_threads": "1" if self.threads else "chosen by ONNX Runtime",
        }
        if on_gpu:
            flags["tf32"] = "on"  # the provider's default, use_tf32
        return Description(
            code=f"ONNX Runtime {version}",
            versions=versions_of("onnxruntime", version),
            threads_found=None
            if session is None
            else session.get_session_options().intra_op_num_threads or None,
            blas="cuDNN and cuBLAS" if on_gpu else "MLAS",
            flags=flags,
            built=self.built,
        )


if __name__ == "__main__":
    sys.exit(main(OnnxRuntime(), sys.argv[1:]))
