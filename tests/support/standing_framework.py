"""A stand-in for a framework that makes networks by name: a program that copies a file.

It makes `big`, which is the file `big.onnx` beside the program. It also lists `small_1` and
`small_2`, which fail, and `huge`, at which the program dies.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from netparity.networks import NETWORKS, converting
from netparity.networks.reading import ReadNetwork
from netparity.networks.writing import WRITERS
from netparity.runners import frameworks, making_networks
from netparity.runners.environments import Environments, Stack
from netparity.runners.frameworks import Framework

PREPROCESSING = {"order": "BGR", "mean": [1.0, 2.0, 3.0], "filter": "nearest"}

PROGRAM = """
import json, pathlib, shutil, sys
print("working")
request = json.loads(pathlib.Path(sys.argv[1]).read_text())
here, folder = pathlib.Path(__file__).parent, pathlib.Path(request["folder"])
with (here / "requests").open("a") as file:
    file.write(json.dumps(request) + "\\n")
answer, code = {"names": ["big", "small_1", "small_2", "huge"]}, 1
if request["name"].startswith("small"):
    answer = {"error": "ValueError: no such luck"}
if request["name"] == "huge":
    raise SystemExit("out of memory")
if request["name"] == "big":
    shutil.copy(here / "big.onnx", folder / "big.onnx")
    (folder / "big.pth").write_bytes(b"own")
    answer, code = {
        "file": "big.onnx", "own_files": {"own": "big.pth"}, "built": "standing.models.big",
        "versions": {"standing": "1.0"}, "preprocessing": PREPROCESSING,
    }, 0
(folder / "answer.json").write_text(json.dumps(answer))
sys.exit(code)
""".replace("PREPROCESSING", repr(PREPROCESSING))

STACK = Stack("standing", ">=3.11")
ENVIRONMENTS = Environments({STACK.name: Path(sys.executable)})


def standing_framework(
    folder: Path, monkeypatch: pytest.MonkeyPatch, network: str = "vgg16-tiny"
) -> Framework:
    """The framework `standing`, whose `big` is a network of the catalogue with weights of 0.5."""
    read = ReadNetwork(NETWORKS[network], weights_of(network))
    converting.convert(read, folder / "big.onnx", WRITERS["onnx"])
    (folder / "make.py").write_text(PROGRAM)
    framework = Framework(
        prefix="standing",
        title="standing.models",
        stack=STACK,
        script="make.py",
        helpers=(),
        packages=("numpy",),
        suffixes=(".pth",),
    )
    monkeypatch.setitem(frameworks.FRAMEWORKS, "standing", framework)
    monkeypatch.setattr(making_networks, "extractor_folder", lambda name: folder)
    return framework


def weights_of(network: str) -> dict[str, np.ndarray]:
    """Tensors of the catalogue's network, all 0.5."""
    return {
        name: np.full(shape, 0.5, np.float32) for name, shape in NETWORKS[network].tensors.items()
    }


def requests(folder: Path) -> Iterator[str]:
    """Each request that its program got."""
    path = folder / "requests"
    yield from path.read_text().splitlines() if path.exists() else ()
