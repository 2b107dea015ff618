"""What a model's layers returned is kept, and the model stays as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import netparity
from netparity.capturing.given_input import network_input
from netparity.errors import InputError, UsageError
from netparity.networks import Input, Network, Node
from netparity.networks.writing import onnx
from tests.support.cases import SMALL, input_tensor, numpy_runner, random_tensors
from tests.support.framework_standins import Layer, Model, Module, Tensor, returning

WEIGHTS = random_tensors(SMALL)
X = input_tensor(SMALL, images=2)


def values(seed: int = 0, shape: tuple[int, ...] = (2, 3, 4, 5)) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


def hooks_of(model: Module) -> int:
    return sum(len(each.hooks) + len(each.pre_hooks) for _, each in model.named_modules())


# --- PyTorch --------------------------------------------------------------------------------


def test_modules_have_their_qualified_names() -> None:
    model = Module(
        features=Module(**{"0": returning("Conv2d", values(1)), "1": returning("ReLU", values(2))}),
        fc=returning("Linear", values(3)),
    )
    with netparity.capture(model) as seen:
        model(Tensor(values()))
    assert seen.names == ["features.0", "features.1", "fc"]
    np.testing.assert_array_equal(seen.features["features.1"], values(2))
    np.testing.assert_array_equal(seen.input, values())
    assert hooks_of(model) == 0


def test_no_hook_is_left_after_an_error() -> None:
    model = Module(a=returning("Conv2d", values()), b=returning("ReLU", RuntimeError("boom")))
    with pytest.raises(RuntimeError, match="boom"), netparity.capture(model) as seen:
        model(Tensor(values()))
    assert hooks_of(model) == 0
    assert seen.names == ["a"]


def test_a_module_that_is_called_again_is_numbered() -> None:
    relu = returning("ReLU", values(1), values(2))
    model = Module(first=relu, conv=returning("Conv2d", values(3)), again=relu)
    model.named_modules = lambda prefix="": iter(  # as PyTorch, which names a module once
        [("", model), ("first", relu), ("conv", model.inside["conv"])]
    )
    with netparity.capture(model) as seen:
        model(Tensor(values()))
    assert seen.names == ["first", "conv", "first_2"]
    np.testing.assert_array_equal(seen.features["first_2"], values(2))


def test_a_module_of_others_counts_where_it_computes_more() -> None:
    class Doubling(Module):
        def forward(self, x: Tensor) -> Tensor:
            return Tensor(2 * super().forward(x).values)

    model = Module(
        plain=Module(a=returning("Conv2d", values(1))),
        double=Doubling(b=returning("Conv2d", values(2))),
    )
    with netparity.capture(model) as seen:
        model(Tensor(values()))
    assert seen.names == ["plain.a", "double.b", "double"]


def test_values_are_copied_as_float32() -> None:
    kept = values().astype(np.float64)
    model = Module(a=returning("Conv2d", kept))
    with netparity.capture(model) as seen:
        model(Tensor(values()))
    kept[:] = 0  # as a ReLU in place does
    assert seen.features["a"].dtype == np.float32
    np.testing.assert_array_equal(seen.features["a"], values())


def test_several_outputs_are_told_apart_and_what_is_no_float_is_left_out() -> None:
    many = (Tensor(values(1)), [Tensor(values(2))], None, Tensor(np.arange(3)))
    model = Module(
        pair=returning("LSTM", many),
        named=returning("Block", {"scores": Tensor(values(3)), "mask": 3}),
        fake=returning("Conv2d", Tensor(values(4), is_meta=True)),
    )
    with netparity.capture(model) as seen:
        model(Tensor(values()))
    assert seen.names == ["pair.0", "pair.1.0", "named"]


def test_the_last_call_counts() -> None:
    model = Module(a=returning("Conv2d", values(1), values(2)))
    with netparity.capture(model) as seen:
        model(Tensor(values(5)))
        model(Tensor(values(6)))
    assert seen.names == ["a"]
    np.testing.assert_array_equal(seen.features["a"], values(2))
    np.testing.assert_array_equal(seen.input, values(6))


def test_parts_that_are_called_alone_are_one_call() -> None:
    model = Module(a=returning("Conv2d", values(1)), b=returning("Conv2d", values(2)))
    with netparity.capture(model) as seen:
        model.inside["a"](Tensor(values()))
        model.inside["b"](Tensor(values()))
    assert seen.names == ["a", "b"]
    assert seen.input is None


@pytest.mark.parametrize("kind", ["OptimizedModule", "ScriptModule"])
def test_a_compiled_model_is_refused(kind: str) -> None:
    with (
        pytest.raises(UsageError, match="calls no hooks; fix: capture the"),
        netparity.capture(returning(kind)),
    ):
        pass


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(UsageError, match="not function; fix: give"), netparity.capture(values):
        pass


def test_nothing_captured_is_said_before_anything_is_read() -> None:
    with netparity.capture(Module(a=returning("Conv2d"))) as seen:
        pass
    with pytest.raises(InputError, match="call the model there with real values"):
        seen.check(network="missing.onnx")


# --- Keras ----------------------------------------------------------------------------------


def keras_model() -> Model:
    double, inner = Layer("double", lambda x: 2 * x), Layer("inner", lambda x: x - 1)
    block = Layer("block", inner, inner)
    return Model(double, block, double)


def untouched(model: Model) -> bool:
    layers = [model, *model.layers, *model.layers[1]._layers]
    own = [name for layer in layers for name in vars(layer) if name in ("call", "predict")]
    return not own and not model.run_eagerly and model.predict_function == "compiled"


def test_layers_of_keras_are_seen_in_a_call() -> None:
    model = keras_model()
    with netparity.capture(model) as seen:
        model(values())
    assert seen.names == ["double", "inner", "double_2"]
    np.testing.assert_array_equal(seen.features["inner"], 2 * values() - 1)
    assert untouched(model)


def test_predict_runs_layer_by_layer_and_its_batches_are_one_call() -> None:
    model, x = keras_model(), values(shape=(5, 4))
    with netparity.capture(model) as seen:
        model.predict(x)
    assert {name: len(each) for name, each in seen.features.items()} == dict.fromkeys(seen.names, 5)
    np.testing.assert_array_equal(seen.features["double_2"], 2 * (2 * x - 1))
    np.testing.assert_array_equal(seen.input, x)
    assert untouched(model)
    with pytest.raises(RuntimeError), netparity.capture(model):
        raise RuntimeError
    assert untouched(model)


def test_a_keras_without_eager_computation_is_refused() -> None:
    old = type("Model", (Model,), {"__module__": "keras.engine.training"})
    with (
        pytest.raises(UsageError, match="computes nothing layer by layer"),
        netparity.capture(old()),
    ):
        pass


# --- the check ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("network") / "small.onnx"
    onnx.write(path, replace(SMALL, default_features=()), WEIGHTS)
    return str(path)


def torch_model(**mistakes: str) -> Module:
    """What PyTorch would return in each module of SMALL, N x C x H x W."""
    made = {layer: (mistake,) for layer, mistake in mistakes.items()}
    found = numpy_runner(SMALL, WEIGHTS, X, mistakes=made)
    first = {name: np.moveaxis(x, -1, 1) if x.ndim == 4 else x for name, x in found.items()}
    return Module(**{name: returning("Block", x) for name, x in first.items()})


def test_every_layer_is_judged_and_the_first_fault_diagnosed(network: str) -> None:
    images = np.moveaxis(X, -1, 1)
    model = torch_model()
    with netparity.capture(model) as seen:
        model(Tensor(images))
    checked = seen.assert_parity(network=network, input=Tensor(images))
    assert f"{len(SMALL.layers)} captured layers of small" in str(checked)
    model = torch_model(conv2_1="relu-missing")  # 6 x 6 x 6, whose shape shows no order
    with netparity.capture(model) as seen:
        model(Tensor(images))
    with pytest.raises(AssertionError, match="confirmed: conv2_1: the ReLU is missing") as raised:
        seen.assert_parity(network=network)
    assert "fix: Apply `F.relu` at `conv2_1`." in str(raised.value), "in PyTorch's words"


def test_a_file_that_leaves_the_size_open_has_that_of_the_input(tmp_path: Path) -> None:
    from onnx import load, save

    conv = Node("c", "conv", ("x",), {}, {"kernel": "c.kernel"})
    graph = Network("open", (Input("x", (4, 6, 3)),), (conv,), {"c.kernel": (1, 1, 3, 5)})
    kernel = values(1, (1, 1, 3, 5))
    path = tmp_path / "open.onnx"
    onnx.write(path, graph, {"c.kernel": kernel})
    made = load(path)
    for each in (*made.graph.input, *made.graph.output):
        for axis, name in ((2, "height"), (3, "width")):
            each.type.tensor_type.shape.dim[axis].dim_param = name
    del made.metadata_props[:]
    save(made, path)
    x = values(2, (2, 3, 7, 9))
    model = Module(c=returning("Conv2d", np.einsum("nchw,co->nohw", x, kernel[0, 0])))
    with netparity.capture(model) as seen:
        model(Tensor(x))
    assert seen.check(str(path)).passed


def test_a_network_of_another_model_is_refused(network: str) -> None:
    model = Module(a=returning("LSTM", values()))
    with netparity.capture(model) as seen:
        model(Tensor(np.moveaxis(X, -1, 1)))
    with pytest.raises(InputError, match=r"'a': small has no layer.*give the model's own network"):
        seen.check(network)


def test_remarks_on_what_may_not_be_meant(network: str) -> None:
    model = torch_model()
    model.training = True
    with netparity.capture(model) as seen:
        model(Tensor(np.moveaxis(X, -1, 1)))
    checked = seen.check(network, input=X + 1, diagnose=False)
    assert len(checked.remarks) == 2
    assert "model.eval()" in checked.remarks[0]
    assert "another input" in checked.remarks[1]


def test_an_input_is_taken_with_channels_first_or_last() -> None:
    for given in (Tensor(np.moveaxis(X, -1, 1)), np.moveaxis(X, -1, 1), X, X.tolist()):
        np.testing.assert_array_equal(network_input(given, SMALL, channels_first=True), X)
    np.testing.assert_array_equal(network_input(X[0], SMALL, channels_first=False), X[:1])


def test_an_input_that_does_not_fit_is_refused(network: str) -> None:
    model = torch_model()
    with netparity.capture(model) as seen:
        model("no tensor")
    assert seen.input is None
    with pytest.raises(InputError, match="give input="):
        seen.check(network)
    with pytest.raises(InputError, match="2 x 3 x 4 x 5; small takes N x 12 x 12 x 3 or N x 3 x"):
        seen.check(network, input=values())
    with pytest.raises(InputError, match="the input is of type int"):
        seen.check(network, input=3)
