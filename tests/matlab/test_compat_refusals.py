"""What the compatibility functions cannot do, or MatConvNet would refuse, is never computed.

Every message names the function and what was wrong with the call.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.support.octave_process import OctaveError, cell

Call = Callable[[list[tuple]], list]

X = np.ones((4, 5, 4), np.float32)
F = np.ones((3, 3, 4, 2), np.float32)
B = np.ones((1, 2), np.float32)
NET = {"layers": cell([{"type": "relu"}])}
NONE = np.zeros((0, 0))
FIVE = np.ones((2, 2, 2, 2, 2), np.float32)


def layers(*given: object) -> dict:
    return {"layers": cell(list(given))}


def with_options(*options: object) -> tuple:
    return ("vl_nnconv", X, F, None, *options)


def pooled(*options: object) -> tuple:
    return ("vl_nnpool", X, 2, *options)


CONVOLUTION = {
    "integer data": (("vl_nnconv", X.astype(np.int16), F, None), "int16"),
    "logical data": (("vl_nnconv", X > 0, F, None), "logical"),
    "complex data": (("vl_nnconv", X * 1j, F.astype(np.float64), None), "complex"),
    "text as data": (("vl_nnconv", "image", F, None), "char"),
    "a cell as data": (("vl_nnconv", cell([1.0]), F, None), "cell"),
    "five dimensions": (("vl_nnconv", FIVE, F, None), "2  2  2  2  2"),
    "no data": (("vl_nnconv", np.zeros((0, 5, 4), np.float32), F, None), "empty"),
    "double filters": (("vl_nnconv", X, F.astype(np.float64), None), "double"),
    "single filters": (("vl_nnconv", X.astype(np.float64), F, None), "single"),
    "complex filters": (("vl_nnconv", X, F * np.complex64(1j), None), "filters must be real"),
    "filters of five dimensions": (("vl_nnconv", X, FIVE, None), "2  2  2  2  2"),
    "integer filters": (("vl_nnconv", X, F.astype(np.int8), None), "int8"),
    "three channels of four": (("vl_nnconv", X, F[:, :, :3], None), "3 channels"),
    "eight channels of four": (("vl_nnconv", X, np.concatenate([F, F], 2), None), "8 channels"),
    "one filter, two groups": (("vl_nnconv", X, F[:, :, :2, :1], None), "1 filters"),
    "one bias of two": (("vl_nnconv", X, F, B[:, :1]), "there are 1"),
    "three biases of two": (("vl_nnconv", X, F, np.ones((3, 1), np.float32)), "there are 3"),
    "double biases": (("vl_nnconv", X, F, B.astype(np.float64)), "double"),
    "complex biases": (("vl_nnconv", X, F, B * np.complex64(1j)), "real biases"),
    "biases that fit no channel": (("vl_nnconv", X, None, B), "there are 2"),
    "a filter too high": (("vl_nnconv", X, np.ones((5, 3, 4, 2), np.float32), None), "5 x 3"),
    "a filter too wide": (("vl_nnconv", X, np.ones((3, 6, 4, 2), np.float32), None), "3 x 6"),
    "a filter too wide when dilated": (with_options("dilate", [1, 3]), "3 x 7"),
    "no stride": (with_options("stride", 0), "not 0"),
    "negative stride": (with_options("stride", [1, -2]), "[1 -2]"),
    "half a stride": (with_options("stride", 1.5), "1.5"),
    "stride that is no number": (with_options("stride", float("nan")), "NaN"),
    "endless stride": (with_options("stride", float("inf")), "Inf"),
    "three strides": (with_options("stride", [1, 1, 1]), "[1 1 1]"),
    "empty stride": (with_options("stride", None), "'stride'"),
    "complex stride": (with_options("stride", np.array([[1 + 1j]])), "1+1i"),
    "stride in words": (with_options("stride", "one"), "'one'"),
    "negative padding": (with_options("pad", [0, 0, 0, -1]), "[0 0 0 -1]"),
    "half a pixel of padding": (with_options("pad", 0.5), "0.5"),
    "padding that is no number": (with_options("pad", float("nan")), "NaN"),
    "two paddings": (with_options("pad", [1, 2]), "[1 2]"),
    "padding in a cell": (with_options("pad", cell([1.0])), "cell"),
    "no dilation": (with_options("dilate", 0), "not 0"),
    "half a dilation": (with_options("dilate", 0.5), "0.5"),
    "four dilations": (with_options("dilate", [1, 1, 1, 1]), "[1 1 1 1]"),
    "unknown option": (with_options("Padding", 1), "'Padding'"),
    "a pooling option": (with_options("method", "max"), "'method'"),
    "option without value": (with_options("stride", 1, "pad"), "'pad'"),
    "value without option": (with_options("stride", 1, 2), "not 2"),
    "option in a cell": (with_options(cell(["pad"]), 1), "cell"),
    "a derivative": (with_options(X), "forward"),
    "an empty derivative": (with_options(NONE, "pad", 1), "forward"),
}
POOLING = {
    "integer data": (("vl_nnpool", X.astype(np.uint8), 2), "uint8"),
    "complex data": (("vl_nnpool", X * 1j, 2), "complex"),
    "no data": (("vl_nnpool", np.zeros((4, 0), np.float32), 2), "empty"),
    "no window": (("vl_nnpool", X, 0), "not 0"),
    "half a window": (("vl_nnpool", X, [2, 2.5]), "[2 2.5]"),
    "three windows": (("vl_nnpool", X, [2, 2, 2]), "[2 2 2]"),
    "a window that is no number": (("vl_nnpool", X, float("nan")), "NaN"),
    "a window in words": (("vl_nnpool", X, "two"), "'two'"),
    "a window too high": (("vl_nnpool", X, [5, 2]), "5  2"),
    "a window too wide": (("vl_nnpool", X, [2, 9], "pad", [0, 0, 1, 2]), "2  9"),
    "padding as large as the window": (pooled("pad", [0, 2, 0, 0]), "0  2  0  0"),
    "padding as wide as the window": (("vl_nnpool", X, [3, 1], "pad", 1), "1  1  1  1"),
    "negative padding": (pooled("pad", -1), "-1"),
    "half a stride": (pooled("stride", 0.5), "0.5"),
    "unknown method": (pooled("method", "median"), "'median'"),
    "a number as method": (pooled("method", 3), "3"),
    "unknown option": (pooled("dilate", 1), "'dilate'"),
    "option without value": (pooled("method"), "'method'"),
    "a derivative": (pooled(X), "forward"),
}
OTHERS = {
    "integers": (("vl_nnrelu", X.astype(np.int32)), "int32"),
    "complex numbers": (("vl_nnrelu", X * 1j), "single"),
    "negative leak": (("vl_nnrelu", X, None, "leak", -0.5), "-0.5"),
    "leak that is no number": (("vl_nnrelu", X, None, "leak", float("nan")), "NaN"),
    "two leaks": (("vl_nnrelu", X, None, "leak", [1, 2]), "[1 2]"),
    "leak in words": (("vl_nnrelu", X, None, "leak", "small"), "'small'"),
    "leak without value": (("vl_nnrelu", X, None, "leak"), "'leak'"),
    "unknown relu option": (("vl_nnrelu", X, None, "slope", 1), "'slope'"),
    "derivative of relu": (("vl_nnrelu", X, X), "forward"),
    "softmax of integers": (("vl_nnsoftmax", X.astype(np.int32)), "int32"),
    "softmax of nothing": (("vl_nnsoftmax", NONE), "empty"),
    "softmax with an option": (("vl_nnsoftmax", X, None, "dim"), "'dim'"),
    "derivative of softmax": (("vl_nnsoftmax", X, X), "forward"),
    "three parameters": (("vl_nnnormalize", X, [5, 1, 1]), "[5 1 1]"),
    "no channels": (("vl_nnnormalize", X, [0, 1, 1, 1]), "[0 1 1 1]"),
    "half a channel": (("vl_nnnormalize", X, [2.5, 1, 1, 1]), "[2.5 1 1 1]"),
    "negative kappa": (("vl_nnnormalize", X, [5, -1, 1, 0.5]), "[5 -1 1 0.5]"),
    "negative alpha": (("vl_nnnormalize", X, [5, 1, -1, 0.5]), "[5 1 -1 0.5]"),
    "beta that is no number": (("vl_nnnormalize", X, [5, 1, 1, float("nan")]), "[5 1 1 NaN]"),
    "parameters in words": (("vl_nnnormalize", X, "lrn!"), "'lrn!'"),
    "normalization of integers": (("vl_nnnormalize", X.astype(np.int8), [5, 1, 1, 1]), "int8"),
    "derivative of normalization": (("vl_nnnormalize", X, [5, 1, 1, 1], X), "forward"),
    "certain dropout": (("vl_nndropout", X, "rate", 1), "not 1"),
    "negative rate": (("vl_nndropout", X, "rate", -0.1), "-0.1"),
    "rate that is no number": (("vl_nndropout", X, "rate", float("nan")), "NaN"),
    "two rates": (("vl_nndropout", X, "rate", [0.1, 0.2]), "[0.1 0.2]"),
    "mask of another size": (("vl_nndropout", X, "mask", X[0]), "5  4"),
    "mask of another class": (("vl_nndropout", X, "mask", X.astype(float)), "double"),
    "unknown dropout option": (("vl_nndropout", X, "probability", 0.5), "'probability'"),
    "derivative of dropout": (("vl_nndropout", X, X, "mask", X), "forward"),
    "options of no structure": (("vl_argparse", 3, cell(["a", 1.0])), "3"),
    "arguments in words": (("vl_argparse", {"a": 1}, "a"), "'a'"),
    "unknown name": (("vl_argparse", {"a": 1}, cell(["b", 1.0])), "'b'"),
    "unknown inner name": (("vl_argparse", {"a": {"b": 1}}, cell(["a", {"c": 1.0}])), "'c'"),
    "a number for a structure": (("vl_argparse", {"a": {"b": 1}}, cell(["a", 7.0])), "7"),
    "name without value": (("vl_argparse", {"a": 1}, cell(["a"])), "'a'"),
    "number as a name": (("vl_argparse", {"a": 1}, cell([5.0, 1.0])), "5"),
}
NETWORKS = {
    "no network": (("vl_simplenn", 3, X), "3"),
    "a network of another kind": (("vl_simplenn", {"vars": 1}, X), "layers"),
    "a derivative": (("vl_simplenn", NET, X, X), "forward"),
    "unknown mode": (("vl_simplenn", NET, X, None, None, "mode", "train"), "'train'"),
    "mode of no text": (("vl_simplenn", NET, X, None, None, "mode", 1), "not 1"),
    "unknown option": (("vl_simplenn", NET, X, None, None, "memory", True), "'memory'"),
    "no value": (("vl_simplenn", NET, X, None, None, "mode"), "'mode'"),
    "a switch in words": (("vl_simplenn", NET, X, None, None, "conserveMemory", "on"), "'on'"),
    "forward pass skipped": (("vl_simplenn", NET, X, None, None, "skipForward", True), "skip"),
    "unknown layer": (("vl_simplenn", layers({"type": "pdist", "name": "pdist1"}), X), "'pdist1'"),
    "layer without type": (("vl_simplenn", layers({"name": "a"}), X), "'type'"),
    "layer of no structure": (("vl_simplenn", layers(3.0), X), "'type'"),
    "convolution without weights": (("vl_simplenn", layers({"type": "conv"}), X), "'filters'"),
    "filters without biases": (
        ("vl_simplenn", layers({"type": "conv", "filters": F}), X),
        "'biases'",
    ),
    "weights without biases": (
        ("vl_simplenn", layers({"type": "conv", "weights": cell([F])}), X),
        "1 x 1 cell",
    ),
    "pooling without window": (("vl_simplenn", layers({"type": "pool"}), X), "'pool'"),
    "custom layer without function": (("vl_simplenn", layers({"type": "custom"}), X), "'forward'"),
    "not a network": (("vl_simplenn_tidy", {"vars": 1}), "SimpleNN"),
    "layers of no cell": (("vl_simplenn_tidy", {"layers": 5.0}), "SimpleNN"),
}


def test_what_cannot_be_done_is_refused_and_named(call: Call) -> None:
    table = [
        (name, *case)
        for group in (CONVOLUTION, POOLING, OTHERS, NETWORKS)
        for name, case in group.items()
    ]
    got = call([case for _, case, _ in table])
    for (name, case, words), message in zip(table, got, strict=True):
        assert isinstance(message, OctaveError), name
        assert case[0] in message, (name, message)
        assert words in message, (name, message)


def test_errors_inside_a_network_are_those_of_the_layer(call: Call) -> None:
    """Layers computed in one refuse what each of them refuses."""
    conv = {"type": "conv", "weights": cell([F, B])}
    pool = {"type": "pool", "pool": 2.0, "stride": 2.0}
    nets = {
        "'stride' must be": [conv | {"stride": 0.0}, {"type": "relu"}],
        "4 channels": [conv | {"weights": cell([F[:, :, :3], B])}, {"type": "relu"}],
        "there are 1": [conv | {"weights": cell([F, B[:, :1]])}, {"type": "relu"}, pool],
        "'median'": [conv, {"type": "relu"}, pool | {"method": "median"}],
        "window, [9  9]": [conv, {"type": "relu"}, pool | {"pool": 9.0}],
        "'leak' must be": [conv, {"type": "relu", "leak": -1.0}],
        "no option 'fast'": [conv | {"opts": cell(["fast", 1.0])}, {"type": "relu"}],
    }
    for conserve in (False, True):
        got = call(
            [
                ("vl_simplenn", layers(*net), X, None, None, "conserveMemory", conserve)
                for net in nets.values()
            ]
        )
        for words, message in zip(nets, got, strict=True):
            assert isinstance(message, OctaveError), words
            assert words in message, message
