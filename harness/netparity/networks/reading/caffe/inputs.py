"""The inputs of a network: stated as such, or what a data layer makes while it is trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from netparity.networks.node import Input, Preprocessing, Shape
from netparity.networks.reading.caffe.assembly import Assembly
from netparity.networks.reading.caffe.known_sizes import size_of_known
from netparity.networks.reading.caffe.layers import Layer
from netparity.networks.reading.caffe.message import Message, WrongError

Size = tuple[int, int]
_DATA_PARAMETERS = ("data_param", "image_data_param")
_COLOURS = 3


@dataclass(frozen=True)
class _Stated:
    """What the file says of an input.

    Attributes:
        sizes: Caffe's shape with the images first; None if it is not stated.
        layer: the data layer that makes it.
    """

    name: str
    sizes: tuple[int, ...] | None
    layer: Layer | None = None


def add_inputs(
    net: Message, layers: Sequence[Layer], graph: Assembly, input_size: Size | None
) -> None:
    """Add the inputs of the network that the layers read; what else they make are labels.

    Raises:
        WrongError: if the size of an input is not known.
    """
    read = {name for layer in layers for name in layer.bottoms}
    for stated in _all_stated(net, layers):
        is_label = stated.sizes is not None and len(stated.sizes) < 2
        if is_label or stated.name not in read:
            graph.values[stated.name] = None
            if not is_label:
                graph.notes.append(
                    f"the input {stated.name[:80]!r}, which nothing reads, is left out"
                )
            continue
        given = input_size if not graph.inputs else None
        shape = _shape(stated, layers, given, graph.notes)
        if not graph.inputs and stated.sizes is not None:
            graph.images = stated.sizes[0]
        preprocessing = _preprocessing(stated, shape, graph.notes)
        graph.inputs.append(Input(stated.name, shape, preprocessing))
    for layer in layers:
        if layer.is_data:
            graph.values |= dict.fromkeys(layer.tops[1:], None)


def _all_stated(net: Message, layers: Sequence[Layer]) -> Iterator[_Stated]:
    names, dims = net.texts("input"), net.integers("input_dim")
    shapes = [tuple(shape.integers("dim")) for shape in net.messages("input_shape")]
    if not shapes and len(dims) == 4 * len(names):
        shapes = [tuple(dims[4 * place : 4 * place + 4]) for place in range(len(names))]
    shapes = shapes * len(names) if len(shapes) == 1 else shapes
    if shapes and len(shapes) != len(names):
        raise WrongError(f"states {len(names)} inputs and {len(shapes)} shapes")
    for place, name in enumerate(names):
        yield _Stated(name, shapes[place] if shapes else None)
    found = bool(names)
    for layer in layers:
        if layer.type == "Input":
            found = True
            given = layer.parameters("input_param").messages("shape")
            sizes = [tuple(shape.integers("dim")) for shape in given] * len(layer.tops)
            for place, top in enumerate(layer.tops):
                yield _Stated(top, sizes[place] if sizes else None)
        elif layer.is_data:
            found = True
            yield _Stated(layer.tops[0], _made_sizes(layer), layer)
    if not found:
        made = {top for layer in layers for top in layer.tops}
        for name in dict.fromkeys(n for layer in layers[:1] for n in layer.bottoms):
            if name not in made or layers[0].tops == (name,):
                yield _Stated(name, None)


def _made_sizes(layer: Layer) -> tuple[int, ...] | None:
    """The shape that a data layer states."""
    memory, dummy = (layer.fields.message(f"{kind}_data_param") for kind in ("memory", "dummy"))
    for given in (memory, dummy):
        if given.has("channels"):
            names = ("channels", "height", "width")
            return (1, *(given.integer(name, 0) for name in names))
    for shape in dummy.messages("shape")[:1]:
        return tuple(shape.integers("dim"))
    return None


def _shape(stated: _Stated, layers: Sequence[Layer], given: Size | None, notes: list[str]) -> Shape:
    """Height x width x channels, or channels alone."""
    sizes, called = stated.sizes, stated.name[:80]
    if sizes is not None and (len(sizes) not in (2, 4) or any(size < 1 for size in sizes)):
        raise WrongError(
            f"states the shape {sizes[:8]} for the input {called!r}, expected images x channels x "
            "height x width"
        )
    if sizes is not None and len(sizes) == 2:
        return sizes[1:]
    if sizes is not None:
        return (*(given or sizes[2:]), sizes[1])
    size = given or _cropped_size(stated.layer)
    if size is None and (known := size_of_known(layers)) is not None:
        size, name = known
        notes.append(
            f"it does not state its input's size; that of {name} is taken, whose kernels it has"
        )
    if size is None:
        raise WrongError(
            f"does not state the size of its input {called!r}; fix: --input-size H,W, "
            "such as --input-size 227x227, or give its deploy.prototxt as --model"
        )
    return (*size, _channels(stated, layers))


def _cropped_size(layer: Layer | None) -> Size | None:
    """The size of a data layer's images, if every one of them is cut or resized to it."""
    if layer is None:
        return None
    transform = layer.fields.message("transform_param")
    if transform.integer("crop_h", 0) > 0 and transform.integer("crop_w", 0) > 0:
        return transform.integer("crop_h", 0), transform.integer("crop_w", 0)
    for parameters in (transform, *(layer.fields.message(name) for name in _DATA_PARAMETERS)):
        size = parameters.integer("crop_size", 0)
        if size > 0:
            return size, size
    return _resized(layer)


def _resized(layer: Layer) -> Size | None:
    images = layer.fields.message("image_data_param")
    size = images.integer("new_height", 0), images.integer("new_width", 0)
    return size if min(size) > 0 else None


def _channels(stated: _Stated, layers: Sequence[Layer]) -> int:
    """What the first convolution reads, if its weights are there; else those of colour images."""
    for layer in layers:
        if stated.name in layer.bottoms and layer.type == "Convolution" and layer.blobs:
            groups = layer.fields.message("convolution_param").integer("group", 1)
            return (1, 1, 1, *layer.blobs[0].shape)[-3] * max(1, groups)
    if stated.layer is not None:
        transform = stated.layer.fields.message("transform_param")
        images = stated.layer.fields.message("image_data_param")
        if transform.flag("force_gray", False) or not images.flag("is_color", True):
            return 1
    return _COLOURS


def _preprocessing(stated: _Stated, shape: Shape, notes: list[str]) -> Preprocessing | None:
    """(value - mean) * scale of BGR, as a data layer states it; None if nothing does."""
    if stated.layer is None or len(shape) != 3 or shape[2] not in (1, _COLOURS):
        notes.append("it does not state the preprocessing of images")
        return None
    groups = [stated.layer.fields.message(name) for name in ("transform_param", *_DATA_PARAMETERS)]
    scale = next((g.number("scale", 1.0) for g in groups if g.has("scale")), 1.0)
    mean = groups[0].numbers("mean_value") or [0.0]
    if len(mean) not in (1, shape[2]):
        raise WrongError(f"states {len(mean)} values as mean_value for {shape[2]} channels")
    file = next((g.text("mean_file") for g in groups if g.has("mean_file")), "")
    if file:
        notes.append(
            f"it subtracts the mean in the file {file[:120]!r}, which is not read; give its colour "
            "with --mean FILE.binaryproto or --mean R,G,B"
        )
    if any(group.flag("mirror", False) for group in groups):
        notes.append("images are mirrored at random in training only")
    resize = _resized(stated.layer)
    return Preprocessing(
        order="BGR" if shape[2] == _COLOURS else "grey",
        mean=tuple(value * scale for value in mean),
        scale=scale,
        resize=resize if resize != shape[:2] else None,
        filter="bilinear",
    )
