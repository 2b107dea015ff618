"""State dicts saved by PyTorch itself, read without it.

The small files in `tests/golden/torch` were saved by PyTorch 2.15.0: random numbers (seed 0 of
`random_tensors`) in a network of a few hundred. With NETPARITY_TORCH_PYTHON, the path of a Python
that has torch and onnxruntime, the same is done with the PyTorch that is there.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from netparity.weights import canonical, open_weights
from netparity.weights.formats import BY_NAME
from tests.support.cases import NANO, random_tensors

GOLDEN = Path(__file__).parents[2] / "golden" / "torch"
SAVED = ["nano-2.15.pth", "nano-2.15-legacy.pth", "nano-2.15-checkpoint.pth"]

ROUND_TRIP = """
import sys, numpy as np, torch
mine, zipped, legacy, onnx = sys.argv[1:]
loaded = torch.load(mine, weights_only=True)
torch.save(loaded, zipped)
torch.save(loaded, legacy, _use_new_zipfile_serialization=False)
x = np.random.default_rng(0).uniform(-120, 140, (2, 3, 64, 64)).astype("float32")
names = [n[:-7] for n in loaded if n.endswith(".weight")]
f = torch.tensor(x)
pools_before = {int(n.split(".")[1]) for n in names if n.startswith("features")}
last = max(pools_before)
index = 0
while index <= last + 2:
    if index in pools_before:
        f = torch.relu(torch.nn.functional.conv2d(
            f, loaded[f"features.{index}.weight"], loaded[f"features.{index}.bias"], padding=1))
        index += 2
    else:
        f = torch.nn.functional.max_pool2d(f, 2, 2); index += 1
f = torch.flatten(f, 1)
dense = [n for n in names if n.startswith("classifier")]
for n in dense:
    f = torch.nn.functional.linear(f, loaded[n + ".weight"], loaded[n + ".bias"])
    f = torch.softmax(f, 1) if n == dense[-1] else torch.relu(f)
import onnxruntime
answer = onnxruntime.InferenceSession(onnx).run(None, {"input": x})[0]
np.testing.assert_allclose(answer, f.numpy(), rtol=1e-4, atol=1e-6)
"""


@pytest.mark.parametrize("name", SAVED)
def test_what_pytorch_saved_is_read(name: str) -> None:
    opened = open_weights(GOLDEN / name, NANO)
    tensors = random_tensors(NANO, 0)
    assert opened.format == "torchvision"
    assert canonical.content_hash(opened.tensors, NANO) == canonical.content_hash(tensors, NANO)
    first = opened.tensors["conv1_1.kernel"]
    np.testing.assert_array_equal(first, tensors["conv1_1.kernel"])


def test_the_pytorch_that_is_there(tmp_path: Path) -> None:
    python = os.environ.get("NETPARITY_TORCH_PYTHON")
    if python is None:
        pytest.skip("NETPARITY_TORCH_PYTHON names no Python with torch and onnxruntime")
    tensors = random_tensors(NANO, 0)
    mine, onnx = tmp_path / "mine.pth", tmp_path / "mine.onnx"
    BY_NAME["torchvision"].write(mine, NANO, tensors)
    BY_NAME["onnx"].write(onnx, NANO, tensors)
    saved = [tmp_path / "zipped.pth", tmp_path / "legacy.pth"]
    subprocess.run([python, "-c", ROUND_TRIP, mine, *saved, onnx], check=True)
    for path in saved:
        again = open_weights(path, NANO).tensors
        assert canonical.content_hash(again, NANO) == canonical.content_hash(tensors, NANO)
