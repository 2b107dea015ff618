"""What the shapes of a file's tensors say: the order of their axes, of the layers, and roles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise, product

from netparity.files.stored import Stored
from netparity.weights import tensor_names

Shape = tuple[int, ...]

_KERNELS = {"kernel", "weight", "weights", "W", "w", "0"}
_VECTORS = ("bias", "biases", "b", "1", "gamma", "beta")
_LARGEST_KERNEL = 15
_NORMALISATION = ("gamma", "beta", "moving_mean", "moving_variance")
_BY_KIND: Mapping[str, Mapping[int, tuple[str, ...]]] = {
    "normalization": {3: ("mean", "variance", "count")},
    "separable_conv2d": {
        2: ("depthwise_kernel", "pointwise_kernel"),
        3: ("depthwise_kernel", "pointwise_kernel", "bias"),
    },
    "batch_normalization": {
        4: _NORMALISATION,
        3: _NORMALISATION[1:],  # without gamma, as in Inception
        2: _NORMALISATION[2:],
    },
    "layer_normalization": {2: ("gamma", "beta")},
    "group_normalization": {2: ("gamma", "beta")},
    "p_re_lu": {1: ("alpha",)},
}


def roles(shapes: Sequence[Shape], kind: str = "") -> tuple[str, ...]:
    """The roles of a layer's arrays, which are numbered in the file; numbers if it is not known.

    Args:
        kind: the layer's class as Keras 3 writes it (`conv2d`); empty if it is not known.
    """
    found = _BY_KIND.get(kind, {}).get(len(shapes))
    if found is not None:
        return found
    if not kind and len(shapes) == 3 and shapes[0] == shapes[1] and not shapes[2]:
        return _BY_KIND["normalization"][3]
    vectors = len(set(shapes)) == 1 and len(shapes[0]) == 1
    if vectors and len(shapes) == len(_NORMALISATION):
        return _NORMALISATION
    if shapes and len(shapes[0]) > 1 and [len(shape) for shape in shapes[1:]] in ([], [1]):
        return ("kernel", "bias")[: len(shapes)]
    return tuple(map(str, range(len(shapes))))


def kernel_axes(tensors: Mapping[str, Stored]) -> str | None:
    """Whether convolutions are stored as HWIO or OIHW; None if the shapes do not tell."""
    found = _layers(tensors, 4)
    return _only(("HWIO", "OIHW"), found, (_fits_vector, _is_small, _is_square))


def matrix_axes(tensors: Mapping[str, Stored]) -> str | None:
    """Whether dense layers are stored as IO or OI; None if the shapes do not tell."""
    found = _layers(tensors, 2)
    axes = _only(("IO", "OI"), found, (_fits_vector,))
    if axes is None and len(found) > 1:
        chained = [axes for axes in ("IO", "OI") if _is_chained([k for k, _ in found], axes)]
        return chained[0] if len(chained) == 1 else None
    return axes


def is_in_order(tensors: Mapping[str, Stored]) -> bool:
    """Whether a file seems to list layers in the order in which data passes through them.

    Dictionaries of Python 2 and lists of TensorFlow's checkpoints are in the order of nothing, or
    sorted as text. Where every layer takes as many channels as the one before gives, in the
    file's order or in that of the names, that is the order.
    """
    layers = {layer: _kernel(arrays) for layer, arrays in tensor_names.by_layer(tensors).items()}
    listed = [layer for layer, kernel in layers.items() if kernel is not None]
    by_name = sorted(listed, key=tensor_names.natural)
    if listed == by_name:
        return True
    kernels, matrices = kernel_axes(tensors), matrix_axes(tensors)
    ways = list(
        product(
            ("HWIO", "OIHW") if kernels is None else (kernels,),
            ("IO", "OI") if matrices is None else (matrices,),
        )
    )
    for order in (listed, by_name):
        shapes = [shape for layer in order if (shape := layers[layer]) is not None]
        if any(_is_chained(shapes, *axes) for axes in ways):
            return order is listed
    return listed != sorted(listed)


def _only(
    candidates: Sequence[str],
    layers: Iterable[tuple[Shape, int | None]],
    tests: Iterable[Callable[[str, Shape, int | None], bool]],
) -> str | None:
    layers = list(layers)
    for test in tests if layers else ():
        kept = [axes for axes in candidates if all(test(axes, *layer) for layer in layers)]
        if len(kept) == 1:
            return kept[0]
    return None


def _layers(tensors: Mapping[str, Stored], axes: int) -> list[tuple[Shape, int | None]]:
    """Kernels with so many axes, and the length of the bias beside each."""
    found = []
    for arrays in tensor_names.by_layer(tensors).values():
        kernel = _kernel(arrays)
        if kernel is not None and len(kernel) == axes:
            vectors = [arrays[role].size for role in _VECTORS if role in arrays]
            found.append((kernel, vectors[0] if vectors else None))
    return found


def _kernel(arrays: Mapping[str, Stored]) -> Shape | None:
    shapes = [array.shape for role, array in arrays.items() if role in _KERNELS]
    return shapes[0] if shapes and len(shapes[0]) in (2, 4) else None


def _fits_vector(axes: str, shape: Shape, outputs: int | None) -> bool:
    return outputs is None or shape[axes.index("O")] == outputs


def _is_small(axes: str, shape: Shape, outputs: int | None) -> bool:
    return max(shape[axes.index("H")], shape[axes.index("W")]) <= _LARGEST_KERNEL


def _is_square(axes: str, shape: Shape, outputs: int | None) -> bool:
    return shape[axes.index("H")] == shape[axes.index("W")]


def _is_chained(shapes: Iterable[Shape], *axes: str) -> bool:
    """Whether each layer takes what the one before gives; the first dense layer takes a map."""
    by_count = {len(order): order for order in axes}
    for before, after in pairwise(shapes):
        if len(before) < len(after):
            return False
        given = before[by_count[len(before)].index("O")]
        taken = after[by_count[len(after)].index("I")]
        flattened = len(before) > len(after) and given > 0 and taken % given == 0
        if given != taken and not flattened:
            return False
    return True
