"""Models of PyTorch and Keras themselves, captured in their own interpreters."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.notebooks import run_beside

GUIDE = Path(__file__).parents[3] / "docs" / "capture.md"

TORCH = """
import json, warnings
warnings.simplefilter("ignore")
import torch
from torch import nn

import netparity
import netparity.errors


class Block(nn.Module):
    def __init__(self, inputs, units, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, units, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(units)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(units, units, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(units)
        self.short = nn.Conv2d(inputs, units, 1, stride)

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(y + self.short(x))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        conv = nn.Conv2d(3, 6, 3, padding=1)
        self.stem = nn.Sequential(conv, nn.ReLU(inplace=True), nn.Dropout(), nn.MaxPool2d(2))
        self.block = Block(6, 8, 2)
        self.pool, self.flatten, self.fc = nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5)

    def forward(self, x):
        return self.fc(self.flatten(self.pool(self.block(self.stem(x)))))


torch.manual_seed(0)
model, x = Model(), torch.randn(2, 3, 16, 16)
with torch.no_grad():
    model.train()(torch.randn(8, 3, 16, 16))  # statistics of its own
model.eval()
torch.onnx.export(model, (x,), "mine.onnx", dynamo=False)
torch.onnx.export(model, (x,), "dynamo.onnx", dynamo=True, external_data=False, verbose=False)
"""

TORCH_CHECKS = """
found = {
    "names": seen.names,
    "hooks": sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules()),
    "script": checked.document(),
    "dynamo": seen.check("dynamo.onnx").document(),
}
with torch.no_grad():
    model.block.conv2.weight.copy_(model.block.conv2.weight.flip(2, 3))
with netparity.capture(model) as seen:
    model(x)
found["rotated"] = seen.check("mine.onnx").document()
for key, kind in (("compiled", torch.compile), ("scripted", torch.jit.script)):
    try:
        with netparity.capture(kind(model)):
            pass
    except netparity.errors.UsageError as error:
        found[key] = str(error)
print(json.dumps(found))
"""

KERAS = """
import json, sys
import keras
import numpy as np

import netparity

layers = keras.layers
x = image = keras.Input((16, 16, 3), name="image")
x = layers.Conv2D(6, 3, padding="same", activation="relu", name="conv1")(x)
relu = layers.ReLU(name="relu")
x = layers.Conv2D(6, 3, padding="same", name="conv2")(x)
x = relu(layers.BatchNormalization(name="bn2")(x))
y = layers.Conv2D(6, 1, name="short")(x)
x = layers.MaxPooling2D(name="pool")(relu(layers.Add(name="add")([x, y])))
deep, gap = layers.Conv2D(5, 3, name="deep"), layers.GlobalAveragePooling2D(name="gap")
inner = keras.Sequential([keras.Input((8, 8, 6)), deep, gap])
model = keras.Model(image, layers.Dense(4, activation="softmax", name="probs")(inner(x)))
model.save("mine.keras")
given = np.random.default_rng(0).standard_normal((5, 16, 16, 3), dtype=np.float32)
compiled = model.predict(given, batch_size=2, verbose=0)  # and so there is a compiled function
function = model.predict_function

found = {}
for how in ("call", "predict", "predict_on_batch"):
    with netparity.capture(model) as seen:
        if how == "predict":
            again = model.predict(given, batch_size=2, verbose=0)
        else:
            again = model(given) if how == "call" else model.predict_on_batch(given)
    assert np.allclose(again, compiled, atol=1e-5), how
    found[how] = seen.check("mine.keras", input=given).document()
found["restored"] = model.predict_function is function and not model.run_eagerly
found["own"] = [name for layer in model._flatten_layers() for name in vars(layer) if name == "call"]


class Subclass(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(4, 3, name="conv")

    def call(self, x):
        return self.conv(x) * 2


other = Subclass()
with netparity.capture(other) as seen:
    other.predict(given, verbose=0)
found["subclass"] = seen.names
print(json.dumps(found))
"""


def rows(document: dict[str, Any]) -> dict[str, str]:
    """Captured layer to the network's."""
    return {each["name"]: each["parity"]["feature"] for each in document["features"]}


@pytest.fixture(scope="module")
def in_torch(pytorch_python: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the guide's example and more gave."""
    guide = "\n".join(re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL))
    program = TORCH + guide + TORCH_CHECKS
    return run_beside(pytorch_python, program, tmp_path_factory.mktemp("torch"))


@pytest.mark.parametrize("exporter", ["script", "dynamo"])
def test_a_module_is_found_in_the_file_of_either_exporter(in_torch: Any, exporter: str) -> None:
    document = in_torch[exporter]
    assert document["passed"]
    found = rows(document)
    assert set(document["not_compared"]) == {"stem.2", "block.conv1", "block.conv2"}
    folded = {"block.bn1", "block.bn2"}
    exact = {name: node for name, node in found.items() if name not in folded | {"block.relu_2"}}
    assert all(name == node for name, node in exact.items())
    assert found["block.relu_2"] == "block.relu_1", "the second call, as exporters number it"
    assert document["remarks"] == [], "nothing had to be told by its place"
    assert set(in_torch["names"]) == {*found, *document["not_compared"]}
    assert in_torch["hooks"] == 0


def test_a_wrong_weight_of_a_module_is_diagnosed(in_torch: Any) -> None:
    document = in_torch["rotated"]
    assert document["first_divergent"] == document["first_faulty"] == "block.conv2"
    [finding] = document["diagnosis"]["findings"]
    assert [cause["mistake"] for cause in finding["explanation"]["causes"]] == ["kernels-rotated"]


def test_what_calls_no_hooks_is_refused(in_torch: Any) -> None:
    assert "compiled by torch.compile" in in_torch["compiled"]
    assert "compiled by torch.jit" in in_torch["scripted"]


def test_a_keras_model_however_it_is_called(keras3_python: str, tmp_path: Path) -> None:
    found = run_beside(keras3_python, KERAS, tmp_path)
    names = ["conv1", "conv2", "bn2", "relu", "short", "add", "relu_2", "pool", "deep", "gap"]
    for how in ("call", "predict", "predict_on_batch"):
        assert found[how]["passed"], how
        assert rows(found[how]) == {name: name for name in [*names, "probs"]}
        assert found[how]["not_compared"] == {}
        assert found[how]["features"][0]["parity"]["count"] == 5 * 16 * 16 * 6
    assert found["restored"]
    assert found["own"] == []
    assert found["subclass"] == ["conv", "output"]
