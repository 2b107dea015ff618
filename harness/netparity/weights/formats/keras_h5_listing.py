"""The tensors of a Keras .h5 of any network: groups named by layers, or numbered as in 2015.

The root's attribute `layer_names` gives the order of the layers, and each group's `weight_names`
its arrays, of which a nested model has those of all its layers. Until version 1.0 Keras wrote the
attribute `nb_layers` and the groups `layer_0`, `layer_1`, ... with `param_0`, `param_1`, ...
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from netparity.files import hdf5
from netparity.files.limits import NAME_SHOWN, DamagedError, reading
from netparity.files.source import Source
from netparity.files.stored import Stored
from netparity.networks.reading.keras.weights import names_in
from netparity.weights import tensor_names, tensor_shapes
from netparity.weights.listing import KERAS, Convention, Listing

_OPTIMIZER = "optimizer_weights"
_TOP_LEVEL = "top_level_model_weights"
_SQUARE = (
    "kernel shapes do not determine the ordering; TensorFlow's is assumed unless the file's name "
    "contains th_dim_ordering"
)
_FLATTENED = (
    "Keras 2 stores kernels as HWIO for either order of axes; if the network's was channels_first, "
    "its first dense layer reads channels, height, width, which the file does not say"
)


def listing(source: Source) -> Listing:
    """List the tensors of such a file, also those of a whole saved model.

    Raises:
        InputError: if it is damaged or has another layout.
    """
    with reading(source.path, "Keras .h5"):
        root = source.hdf5
        inside = hdf5.group(root, "model_weights") if "model_weights" in root.members else root
        attributes = {**root.attributes, **inside.attributes}
        if "nb_layers" in inside.attributes:
            return _numbered(inside)
        names = [hdf5.text(name) for name in names_in(inside, "layer_names")]
        if not names:
            raise DamagedError(
                "it has no attribute 'layer_names', so it is not a Keras weight file of the "
                "published layout"
            )
        tensors = dict(_tensors(inside, names))
        convention, reason, notes = _convention(attributes, tensors, source.path.name)
        return Listing(
            tensors,
            convention,
            reason,
            dropout=_lists_dropout(names, tensors),
            left_out=tensor_names.left_out("state of an optimizer", _count(root)),
            notes=notes,
        )


def _tensors(root: hdf5.Group, layers: list[str]) -> Iterator[tuple[str, Stored]]:
    if len(set(layers)) < len(layers):
        twice = Counter(layers).most_common(1)[0][0]
        raise DamagedError(f"layer {twice[:NAME_SHOWN]!r} is duplicated in 'layer_names'")
    groups = [*layers, _TOP_LEVEL] if _TOP_LEVEL in root.members else layers
    for layer in groups:
        group = hdf5.group(root, layer)
        arrays = {
            name: hdf5.numbers(hdf5.member(group, name), name)
            for name in map(hdf5.text, names_in(group, "weight_names"))
        }
        yield from _keyed(layer, arrays).items()


def _keyed(layer: str, arrays: Mapping[str, Stored]) -> dict[str, Stored]:
    """A group's arrays under the group's name, unless theirs begin with it or name it alone."""
    named = {name: tensor_names.split(name) for name in arrays}
    owners = {owner for owner, _ in named.values()}
    again = re.compile(rf"(?:.+/)?{re.escape(layer)}(?:_\d+)?")
    found = {}
    for name, (owner, role) in named.items():
        if (len(owners) == 1 and again.fullmatch(owner)) or not owner:
            under = layer
        else:
            under = owner if owner.startswith(f"{layer}/") else f"{layer}/{owner}"
        found[f"{under}/{role}" if role else under] = arrays[name]
    if len(found) < len(arrays):
        return {f"{layer}/{name}": stored for name, stored in arrays.items()}
    return found


def _convention(
    attributes: Mapping[str, Any], tensors: Mapping[str, Stored], file_name: str
) -> tuple[Convention, str, tuple[str, ...]]:
    """How arrays are stored, how that is known, and what is not.

    A published file says the ordering and for which convolution it is in its name alone (see
    `preprocess_weights_for_loading` in Keras 2.0.4).
    """
    axes = tensor_shapes.kernel_axes(tensors)
    theano = axes == "OIHW" or (axes is None and "th_dim_ordering" in file_name)
    kernels: tuple[str, ...] = ("OIHW", "HWIO") if theano else ("HWIO", "OIHW")
    if axes is not None:
        kernels = (axes,)
        tool = "Theano's" if theano else "TensorFlow's"
        reason = f"the shapes of kernels are {axes}, which is {tool} ordering"
    else:
        reason = _SQUARE
    rotated, notes = theano, tuple[str, ...]()
    if (backend := attributes.get("backend")) is not None:
        rotated = hdf5.text(backend) == "theano"
        reason += f"; the attribute 'backend' is {hdf5.text(backend)[:40]!r}"
        notes = (_FLATTENED,) if rotated and not theano else ()
    elif "th_kernels" in file_name or "tf_kernels" in file_name:
        rotated = "th_kernels" in file_name
        reason += f"; the file's name contains {'th' if rotated else 'tf'}_kernels"
    elif theano:
        reason += (
            "; the file does not say for which convolution, and published files of this ordering "
            "are for Theano's (weights verify can tell)"
        )
    return (
        Convention(kernels, ("IO",), None, KERAS.first, rotated, KERAS.epsilon),
        reason,
        notes,
    )


def _lists_dropout(layers: list[str], tensors: Mapping[str, Stored]) -> bool | None:
    """Whether there are dropout layers; those of nested models are not listed."""
    if any(name.startswith("dropout") for name in layers):
        return True
    owners = {tensor_names.split(name)[0] for name in tensors}
    return False if owners <= set(layers) else None


def _numbered(root: hdf5.Group) -> Listing:
    """The layout of 2015; Keras ran on Theano then."""
    count = _count_in(root, "nb_layers")
    groups = [name for name in root.members if re.fullmatch(r"layer_\d+", name)]
    if count != len(groups):
        raise DamagedError(f"it announces {count:,} layers and has {len(groups):,}")
    tensors = {}
    for layer in sorted(groups, key=tensor_names.natural):
        group = hdf5.group(root, layer)
        listed = sorted(
            (name for name in group.members if re.fullmatch(r"param_\d+", name)),
            key=tensor_names.natural,
        )
        announced = _count_in(group, "nb_params")
        if announced != len(listed):
            raise DamagedError(f"{layer!r} announces {announced:,} arrays and has {len(listed):,}")
        arrays = [hdf5.numbers(hdf5.member(group, name), f"{layer}/{name}") for name in listed]
        for role, stored in zip(
            tensor_shapes.roles([array.shape for array in arrays]), arrays, strict=True
        ):
            tensors[f"{layer}/{role}"] = stored
    axes = tensor_shapes.kernel_axes(tensors) or "OIHW"
    convention = Convention((axes,), ("IO",), None, KERAS.first, True, KERAS.epsilon)
    reason = f"the layers are numbered as Keras did in 2015, on Theano; kernels are {axes}"
    return Listing(tensors, convention, reason)


def _count_in(group: hdf5.Group, name: str) -> int:
    value = group.attributes.get(name)
    if not isinstance(value, (int, np.integer)):
        raise DamagedError(f"the attribute {name!r} is {str(value)[:40]!r}, not a number of them")
    return int(value)


def _count(root: hdf5.Group) -> int:
    """How many arrays the optimizer's state has."""
    group = root.members.get(_OPTIMIZER)
    return len(names_in(group, "weight_names")) if isinstance(group, hdf5.Group) else 0
