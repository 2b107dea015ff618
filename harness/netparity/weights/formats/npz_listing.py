"""The tensors of an .npz of any names, and what the names say about the tool that they are from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from netparity.files.limits import NAME_SHOWN, DamagedError
from netparity.files.stored import Stored
from netparity.weights import tensor_names, tensor_shapes
from netparity.weights.listing import KERAS, TORCH, UNKNOWN, Convention, Listing

_NUMBERED = re.compile(r"(?P<stem>[A-Za-z]*)_?(?P<number>\d+)")
_OF_TORCH = re.compile(r".+\.(?:weight|bias|running_mean|running_var|num_batches_tracked)")
_OF_KERAS = re.compile(r".+/(?:kernel|bias|gamma|beta|moving_\w+)(?::\d+)?")
_NUMBERS = "fiub"
_ASSUMED = (
    "the arrays are numbered: four vectors in a row are taken for a batch normalisation's gamma, "
    "beta, mean and variance"
)
_UNCLEAR = (
    "its arrays are numbered, and which of {count} vectors in a row belong to which batch "
    "normalisation is not clear; save the model with model.save(file), or its arrays under names"
)
_MOST_VECTORS = 5
"""A bias, and what a batch normalisation has."""
_OBJECTS = (
    "{name!r} holds pickled objects, which are never unpickled. If you trust the file, save its "
    "arrays one by one: for a list, np.savez(file, *model.get_weights()); for a dictionary, "
    "np.savez(file, **weights)"
)


def listing_of(arrays: Mapping[str, Stored]) -> Listing:
    """List arrays under names that separate layer and role.

    Raises:
        DamagedError: if one of them holds objects, or none holds numbers.
    """
    objects = [name for name, stored in arrays.items() if stored.dtype.hasobject]
    plain = any(len(array.shape) > 1 and not array.dtype.hasobject for array in arrays.values())
    if objects and not plain:
        raise DamagedError(_OBJECTS.format(name=objects[0][:NAME_SHOWN]))
    kept = {name: stored for name, stored in arrays.items() if stored.dtype.kind in _NUMBERS}
    state = {name for name in kept if tensor_names.is_state(name)}
    means = {name for name in kept if tensor_names.is_mean(name)}
    tensors = {name: stored for name, stored in kept.items() if name not in state | means}
    if not tensors:
        raise DamagedError("it holds no arrays of numbers that could be weights")
    left_out = (
        *tensor_names.left_out("state of an optimizer", len(state)),
        *tensor_names.left_out("mean of the images", len(means)),
        *tensor_names.left_out("arrays without numbers", len(arrays) - len(kept)),
    )
    if (numbered := in_order_of_numbers(list(tensors.items()))) is not None:
        return replace(of_weights(numbered), left_out=left_out)
    named = tensor_names.named(tensors.items())
    convention, reason = _convention(list(tensors), named)
    return Listing(
        named, convention, reason, ordered=tensor_shapes.is_in_order(named), left_out=left_out
    )


def in_order_of_numbers(arrays: list[tuple[str, Stored]]) -> list[Stored] | None:
    """Arrays of a list, if the names are its numbers (`arr_0`, `arr_1`, ...); None if not."""
    matches = [_NUMBERED.fullmatch(name) for name, _ in arrays]
    if len({match["stem"] for match in matches if match is not None}) != 1 or None in matches:
        return None
    numbers = [int(match["number"]) for match in matches if match is not None]
    if len(set(numbers)) < len(numbers):
        return None
    order = sorted(range(len(numbers)), key=numbers.__getitem__)
    return [arrays[place][1] for place in order]


def of_weights(arrays: list[Stored]) -> Listing:
    """What `model.get_weights()` of Keras, or a list of PyTorch's parameters, has in this order."""
    tensors = dict(_by_layer(arrays))
    kernels = tensor_shapes.kernel_axes(tensors)
    if kernels == "OIHW" and tensor_shapes.matrix_axes(tensors) in (None, "OI"):
        return Listing(
            tensors, TORCH, "the arrays are numbered and the shapes of kernels are PyTorch's"
        )
    convention = replace(KERAS, kernels=KERAS.kernels if kernels is None else (kernels,))
    reason = "the arrays are numbered as in get_weights() of Keras, whose VGG networks take BGR"
    normalised = any(name.endswith("/moving_mean") for name in tensors)
    return Listing(tensors, convention, reason, notes=(_ASSUMED,) if normalised else ())


def _by_layer(arrays: list[Stored]) -> Iterator[tuple[str, Stored]]:
    """A layer begins with each kernel, or with the vectors of a normalisation behind a bias.

    Raises:
        DamagedError: if there are more vectors in a row: Keras 2 lists those of a nested model's
            normalisations that are not trained behind all others.
    """
    starts = [place for place, array in enumerate(arrays) if len(array.shape) > 1]
    layers: list[list[Stored]] = []
    for start, stop in pairwise([*sorted({0, *starts}), len(arrays)]):
        vectors = sum(len(array.shape) < 2 for array in arrays[start:stop])
        if vectors > _MOST_VECTORS:
            raise DamagedError(_UNCLEAR.format(count=vectors))
        layers += _parts(arrays[start:stop])
    for number, layer in enumerate(layers, 1):
        shapes = [array.shape for array in layer]
        for role, array in zip(tensor_shapes.roles(shapes), layer, strict=True):
            yield f"layer_{number}/{role}", array


def _parts(group: list[Stored]) -> list[list[Stored]]:
    """The layers of a kernel, if there is one, and the vectors behind it.

    Three or four vectors in a row are a normalisation; one more is the kernel's bias.
    """
    if not group or len(group[0].shape) < 2:
        return [group] if group else []
    first = 1 if len(group) in (4, 5) else 2
    return [part for part in (group[:first], group[first:]) if part]


def _convention(names: list[str], tensors: Mapping[str, Stored]) -> tuple[Convention, str]:
    kernels, matrices = tensor_shapes.kernel_axes(tensors), tensor_shapes.matrix_axes(tensors)
    of_torch = all(_OF_TORCH.fullmatch(name) for name in names)
    if of_torch and kernels != "HWIO" and matrices != "IO":
        return TORCH, "the names are PyTorch's, whose kernels are OIHW"
    found = replace(
        UNKNOWN,
        kernels=UNKNOWN.kernels if kernels is None else (kernels,),
        matrices=UNKNOWN.matrices if matrices is None else (matrices,),
        epsilon=KERAS.epsilon,
    )
    reason = f"the shapes of kernels are {kernels}"
    if kernels is None:
        reason = f"the shapes of kernels do not tell their order, and {found.kernels[0]} is usual"
    if matrices is not None:
        words = {"IO": "inputs x units", "OI": "units x inputs"}
        reason += f", dense layers {words[matrices]}"
    if sum(_OF_KERAS.fullmatch(name) is not None for name in tensors) > len(tensors) / 2:
        reason += "; the names are Keras's, whose VGG networks take BGR"
        return replace(found, first=KERAS.first), reason
    if all(tensor_names.role(name).isdecimal() for name in tensors):
        reason += "; the names are those of lists, as for networks from Caffe, which take BGR"
        return replace(found, first="BGR", epsilon=TORCH.epsilon), reason
    return found, reason
