"""Pooling."""

from __future__ import annotations

from netparity.networks.reading.caffe.assembly import Assembly, Value
from netparity.networks.reading.caffe.convolutions import pads, strides, window
from netparity.networks.reading.caffe.layers import Layer
from netparity.networks.reading.caffe.message import WrongError


def pooling(layer: Layer, graph: Assembly) -> Value:
    """The number of windows is rounded up; a mean counts padding, but nothing beyond it.

    Without padding, Caffe counts a last window even if it lies beyond the image as a whole.
    """
    given = layer.parameters("pooling_param")
    [x] = graph.read(layer)
    method = given.word("pool", "MAX")
    if method == "STOCHASTIC":
        raise WrongError("pools at random (STOCHASTIC), which netparity does not read")
    if len(x.shape) != 3:
        raise WrongError("works on a blob that is not images x channels x height x width")
    if len(layer.tops) > 1:
        raise WrongError("also writes the places of its maxima, which netparity does not read")
    if given.flag("global_pooling", False):
        op = "global_max" if method == "MAX" else "global_average"
        return graph.add(layer, op, [x], {"keep_dims": True})
    is_up = given.word("round_mode", "CEIL") == "CEIL"
    attributes = {
        "window": window(given),
        "strides": strides(given),
        "pads": pads(given),
        "ceil": is_up,
    }
    if method == "AVE":
        attributes["count_padding"] = True
    if is_up and not any(pads(given)):
        _refuse_empty(x, window(given), strides(given))
    return graph.add(layer, "max_pool" if method == "MAX" else "average_pool", [x], attributes)


def _refuse_empty(x: Value, size: tuple[int, int], steps: tuple[int, int]) -> None:
    for length, kernel, step in zip(x.shape[:2], size, steps, strict=True):
        if step < 1:
            raise WrongError(f"has stride {step}")
        if -(-(length - kernel) // step) * step >= length:
            raise WrongError(
                f"has a last window that lies beyond its input of {x.shape[0]} x {x.shape[1]}"
            )
