"""NumPy's .npy of a dictionary or list of arrays, as networks converted from Caffe are kept.

caffe-tensorflow writes `{'conv1': {'weights': ..., 'biases': ...}}`, and older versions of it as
well as tensorflow-vgg `{'conv1_1': [weights, biases]}`. Kernels are HWIO, the first layer takes
BGR, and the first dense layer reads height, width, channels. `np.save(file, model.get_weights())`
writes a list. NumPy pickles all these; the pickle is read without running anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from netparity.files import npy, numpy_pickle
from netparity.files.limits import NAME_SHOWN, DamagedError, reading
from netparity.files.numpy_pickle import NotPlainError, PickledArray
from netparity.files.source import Source
from netparity.files.stored import Stored
from netparity.weights import tensor_names
from netparity.weights.checkpoints import refusals
from netparity.weights.contents import Format
from netparity.weights.formats.npz_listing import in_order_of_numbers, listing_of, of_weights
from netparity.weights.listing import TORCH, Listing

SUFFIXES = (".npy",)

_DEEPEST = 8
_PYTHON3 = 3
_PADDLE = "StructuredToParameterName@@"
_SAVE = (
    'if you trust the file, convert it in Python: d = np.load("{name}", allow_pickle=True, '
    'encoding="latin1").item(); np.savez("weights.npz", **{{f"{{k}}/{{i}}": v for k, a in '
    "d.items() for i, v in enumerate(a)}})"
)
_NORMALISATION = {
    "mean": "moving_mean",
    "variance": "moving_variance",
    "scale": "gamma",
    "offset": "beta",
}


def recognise(source: Source) -> bool:
    """Whether it is .npy, or a pickle of NumPy's arrays by itself."""
    return npy.looks_like(source.head) or refusals.is_numpy_pickle(source.path, source.head)


def listing(source: Source) -> Listing:
    """List the arrays of the dictionary or list in such a file.

    Raises:
        InputError: if it holds a single array, or objects of other types, or is damaged.
    """
    with reading(source.path, "NumPy .npy"):
        by_itself = not npy.looks_like(source.head)
        start = 0 if by_itself else npy.pickle_in(source.path)
        if start is None:
            shape = npy.read(source.path, source.limits).shape
            raise DamagedError(
                f"it is a single array of shape {shape}, and a network has several; save them "
                "with numpy.savez"
            )
        try:
            held, protocol = numpy_pickle.read(source.path, start)
        except NotPlainError as error:
            save = refusals.NUMPY_COMMAND if by_itself else _SAVE.format(name=source.path.name[:60])
            raise DamagedError(f"{error}; {save}") from error
        if by_itself:
            return _of_torch(source, held, protocol)
        return _listing(source, _content(held), protocol)


def _of_torch(source: Source, held: Any, protocol: int) -> Listing:
    """A pickle that is not in an .npy, as Detectron2's models are, with PyTorch's names.

    Lasagne and Paddle pickle arrays too, in orders of their own.
    """
    listed = _listing(source, held, protocol)
    of_paddle = isinstance(held, dict) and _PADDLE in held
    if of_paddle or listed.convention != TORCH:
        raise DamagedError(
            "it is a Python pickle of arrays whose names do not say which tool wrote them; "
            f"{refusals.NUMPY_COMMAND}"
        )
    return listed


def _listing(source: Source, held: Any, protocol: int) -> Listing:
    arrays: dict[str, Stored] = {}
    others = 0
    for name, item in _flat(held, (), source.limits.members):
        if not isinstance(item, PickledArray) or item.kind is None or item.place is None:
            others += 1
            continue
        if name in arrays:
            raise DamagedError(f"{name[:NAME_SHOWN]!r} is duplicated in it")
        arrays[name] = npy.at(source.path, name, item, source.limits)
    if isinstance(held, list) and (numbered := in_order_of_numbers(list(arrays.items()))):
        return of_weights(numbered)
    listed = listing_of(arrays)
    left_out = listed.left_out + ((f"other objects ({others:,})",) if others else ())
    listed = replace(listed, left_out=left_out, ordered=listed.ordered and protocol >= _PYTHON3)
    if listed.convention == TORCH:
        return listed
    convention = replace(listed.convention, first="BGR", epsilon=TORCH.epsilon)
    shapes = listed.reason.split(";")[0]
    reason = f"{shapes}; dictionaries in .npy hold networks from Caffe, which take BGR"
    tensors = _renamed(listed.tensors)
    return replace(listed, tensors=tensors, convention=convention, reason=reason)


def _renamed(tensors: Mapping[str, Stored]) -> dict[str, Stored]:
    """Batch normalisations with the roles that Keras gives; caffe-tensorflow has its own."""
    layers = tensor_names.by_layer(tensors)
    found = {}
    for name, stored in tensors.items():
        layer, role = tensor_names.split(name)
        if {"mean", "variance"} <= set(layers[layer]) and role in _NORMALISATION:
            found[f"{layer}/{_NORMALISATION[role]}"] = stored
        else:
            found[name] = stored
    return found


def _content(held: Any) -> Any:
    """What an array of objects holds: a dictionary, or the list of its items."""
    if not isinstance(held, PickledArray) or held.kind is None or held.place is not None:
        raise DamagedError("its pickle is not that of an array of objects")
    return held.items[0] if held.shape in ((), (1,)) and held.items else held.items


def _flat(held: Any, path: tuple[str, ...], most: int) -> Iterator[tuple[str, Any]]:
    """What dictionaries and lists hold, under their keys and numbers with slashes between."""
    waiting, count = [(path, held)], 0
    while waiting:
        at, item = waiting.pop()
        members: list[tuple[str, Any]] = []
        if isinstance(item, dict):
            members = [(str(key), value) for key, value in item.items()]
        elif isinstance(item, (list, tuple)):
            members = [(str(place), value) for place, value in enumerate(item)]
        elif isinstance(item, PickledArray) and item.items:
            members = [(str(place), value) for place, value in enumerate(item.items)]
        else:
            yield "/".join(at), item
            continue
        count += len(members)
        if len(at) > _DEEPEST or count > most:
            raise DamagedError(f"its dictionaries hold more than {most:,} arrays, or too deep")
        waiting += [((*at, name), value) for name, value in reversed(members)]


FORMATS = (
    Format(
        "npy",
        "NumPy .npy of a dictionary or list",
        SUFFIXES,
        recognise,
        listing,
        None,
        tool="TensorFlow (caffe-tensorflow, tensorflow-vgg)",
        brought="a dictionary or list of arrays, which NumPy has pickled",
    ),
)
