"""A tiny VGG16, its job, and an independent float64 forward pass. NumPy only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
PYTHON_FOLDER = ROOT / "python"
GOLDEN = ROOT / "tests" / "golden"
MEAN_RGB = (123.68, 116.779, 103.939)
Arrays = dict[str, tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Tiny:
    """The architecture of the golden job: VGG16 with 4 to 32 channels, 64 x 64 pixels."""

    architecture: dict[str, Any]
    arrays: Arrays = field(repr=False)


def _tiny() -> Tiny:
    architecture = json.loads((GOLDEN / "job.json").read_text(encoding="utf-8"))["architecture"]
    random = np.random.default_rng(20140904)
    arrays: Arrays = {}

    def add(name: str, shape: tuple[int, ...]) -> None:
        scale = np.sqrt(2 / np.prod(shape[:-1]))  # He et al., arXiv:1502.01852
        kernel = random.normal(0, scale, shape).astype(np.float32)
        arrays[name] = (kernel, random.normal(0, 0.1, shape[-1]).astype(np.float32))

    channels = 3
    for block, widths in enumerate(architecture["blocks"], start=1):
        for position, width in enumerate(widths, start=1):
            add(f"block{block}_conv{position}", (3, 3, channels, width))
            channels = width
    units = channels * 2 * 2
    dense = [*architecture["dense"], architecture["classes"]]
    for name, width in zip(("fc1", "fc2", "predictions"), dense, strict=True):
        add(name, (units, width))
        units = width
    # keeps the softmax off its corners, where every error vanishes
    arrays["predictions"] = (arrays["predictions"][0] * np.float32(0.01), arrays["predictions"][1])
    return Tiny(architecture, arrays)


TINY = _tiny()


def forward(arrays: Arrays, rgb: np.ndarray) -> dict[str, np.ndarray]:
    """Return every layer's output, float64, for N x H x W x 3 mean-subtracted RGB."""
    outputs = {}
    x = rgb[..., ::-1].astype(np.float64)  # Keras's VGG16 takes BGR
    for block in range(1, 6):
        for name in [name for name in arrays if name.startswith(f"block{block}_")]:
            kernel, bias = arrays[name]
            x = np.maximum(convolve(x, kernel.astype(np.float64)) + bias, 0)
            outputs[name] = x
        x = pool(x)
        outputs[f"block{block}_pool"] = x
    x = x.reshape(len(x), -1)
    for name in ("fc1", "fc2", "predictions"):
        kernel, bias = arrays[name]
        x = x @ kernel.astype(np.float64) + bias
        x = softmax(x) if name == "predictions" else np.maximum(x, 0)
        outputs[name] = x
    return outputs


def convolve(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Correlate N x H x W x Cin with 3 x 3 x Cin x Cout, zero padding 1, as nine products."""
    height, width = x.shape[1:3]
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return sum(
        padded[:, i : i + height, j : j + width] @ kernel[i, j] for i in range(3) for j in range(3)
    )


def pool(x: np.ndarray) -> np.ndarray:
    """2 x 2 maximum, stride 2."""
    n, height, width, channels = x.shape
    return x.reshape(n, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))


def softmax(x: np.ndarray) -> np.ndarray:
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def relative_l2(found: np.ndarray, expected: np.ndarray) -> float:
    return float(np.linalg.norm(found - expected) / np.linalg.norm(expected))


def write_weights(python: str, arrays: Arrays, path: Path) -> None:
    """Write an .h5 file in the layout of the published VGG16 weights, by another interpreter."""
    npz = path.with_suffix(".npz")
    flat = {}
    for name, (kernel, bias) in arrays.items():
        flat[f"{name}/kernel"], flat[f"{name}/bias"] = kernel, bias
    np.savez(npz, **flat)
    script = ROOT / "tests" / "python" / "write_keras_h5.py"
    subprocess.run([python, str(script), str(npz), str(path)], check=True)


def write_ppm(path: Path, rgb: np.ndarray) -> None:
    """Write H x W x 3 uint8 as a binary PPM, the simplest format that Pillow reads."""
    path.write_bytes(b"P6 %d %d 255\n" % (rgb.shape[1], rgb.shape[0]) + rgb.tobytes())


@dataclass
class Case:
    """A job ready to run."""

    job: dict[str, Any]
    job_file: Path
    output_dir: Path
    image: np.ndarray
    shared: np.ndarray

    def write(self) -> None:
        self.job_file.write_text(json.dumps(self.job), encoding="utf-8")

    def result(self) -> dict[str, Any]:
        return json.loads((self.output_dir / "result.json").read_text(encoding="utf-8"))

    def array(self, entry: dict[str, Any]) -> np.ndarray:
        return np.load(self.output_dir / entry["file"], allow_pickle=False)


def make_case(folder: Path, weights_file: Path) -> Case:
    """Two images of 128 x 128 pixels, so that resizing to 64 x 64 is seen."""
    random = np.random.default_rng(7)
    image = random.integers(0, 256, (2, 128, 128, 3), dtype=np.uint8)
    shared = random.normal(0, 50, (2, 64, 64, 3)).astype(np.float32)
    job = json.loads((GOLDEN / "job.json").read_text(encoding="utf-8"))
    images = [folder / f"photo's $({i}).ppm" for i in range(2)]
    for path, pixels in zip(images, image, strict=True):
        write_ppm(path, pixels)
    np.save(folder / "input.npy", shared)
    output_dir = folder / "out"
    output_dir.mkdir()
    job["weights"]["file"] = str(weights_file)
    job["images"] = [str(path) for path in images]
    job["shared_input"].update(file=str(folder / "input.npy"), shape=list(shared.shape))
    job["features"] = [
        {"name": "conv1_1", "layer": "block1_conv1", "shape": [2, 64, 64, 4]},
        {"name": "pool3", "layer": "block3_pool", "shape": [2, 8, 8, 16]},
        {"name": "fc6", "layer": "fc1", "shape": [2, 256]},
        {"name": "prob", "layer": "predictions", "shape": [2, 10]},
    ]
    job.update(data_format="channels_last", options={}, repeats=2, output_dir=str(output_dir))
    case = Case(job, folder / "job.json", output_dir, image, shared)
    case.write()
    return case


def stack_environment(compile_cache: Path) -> dict[str, str]:
    """Environment variables as the harness sets them."""
    inherited = {k: v for k, v in os.environ.items() if k not in ("THEANO_FLAGS", "KERAS_BACKEND")}
    return {
        **inherited,
        "OMP_NUM_THREADS": "2",
        "OPENBLAS_NUM_THREADS": "2",
        "THEANO_FLAGS": f"base_compiledir={compile_cache}",
        # Theano writes one operation's C code in the order of a set: with a random hash seed each
        # process compiles it anew, however warm the cache.
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def run_extractor(
    script: str, python: str, arguments: list[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run one of python/'s scripts; a hang is a failure after five minutes."""
    return subprocess.run(
        [python, str(PYTHON_FOLDER / script), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code that imports from python/, in this interpreter's own process group."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={
            **os.environ,
            "PYTHONPATH": f"{PYTHON_FOLDER}{os.pathsep}{ROOT}",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
