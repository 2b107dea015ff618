"""What `padding="same"` means for a given size: TensorFlow's way, and Theano's."""

from __future__ import annotations

from netparity.networks.graph import Shape

Pads = tuple[int, int, int, int]


def same(size: int, reach: int, stride: int) -> tuple[int, int]:
    """As many windows as size / stride, rounded up; the odd one of the padding is at the end.

    Args:
        reach: of the window, with its dilation.
    """
    total = max(0, (-(-size // stride) - 1) * stride + reach - size)
    return total // 2, total - total // 2


def same_in_theano(size: int, reach: int, stride: int) -> tuple[int, int]:
    """Half the window before; then Keras keeps as many windows as size / stride, rounded up."""
    return _kept(size, reach, stride, reach // 2)


def same_pool_in_theano(size: int, window: int, stride: int) -> tuple[int, int]:
    """Keras 2's `pool2d`: one less than the window, or two less for odd ones."""
    odd = window > 2 and window % 2 == 1
    return _kept(size, window, stride, window - 2 if odd else window - 1)


def _kept(size: int, reach: int, stride: int, before: int) -> tuple[int, int]:
    places = min(-(-size // stride), (size + 2 * before - reach) // stride + 1)
    return before, max(0, (places - 1) * stride + reach - size - before)


def four(
    kind: str, theano: bool, shape: Shape, reach: tuple[int, int], strides: tuple[int, int]
) -> Pads:
    """Pads at the top, bottom, left and right of a `conv` or a `pool`."""
    theano_rule = same_in_theano if kind == "conv" else same_pool_in_theano
    rule = theano_rule if theano else same
    return (*rule(shape[0], reach[0], strides[0]), *rule(shape[1], reach[1], strides[1]))
