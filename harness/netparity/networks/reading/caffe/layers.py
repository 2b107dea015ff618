"""The layers of a file, whatever the generation of Caffe that wrote it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from netparity.networks.checking import MOST_NODES
from netparity.networks.reading.caffe.blobs import Blob
from netparity.networks.reading.caffe.first_layers import upgraded
from netparity.networks.reading.caffe.layer_fields import OLD_TYPES
from netparity.networks.reading.caffe.message import Message, Word, WrongError, plain

_STAGE = "deploy"
"""NVIDIA's DIGITS marks with it what predicts, in files of one network for every purpose."""
_BY_OLD_NAME = dict(OLD_TYPES.values())
_READS_LABELS = ("Accuracy", "HDF5Output")


@dataclass(frozen=True)
class Layer:
    """One layer.

    Attributes:
        type: as the files of today call it.
        bottoms: the names of the blobs that it reads.
        tops: the names of the blobs that it writes.
        fields: all its fields.
        blobs: its weights; empty if the file has none for it.
        has_weights: whether weights were looked for.
    """

    name: str
    type: str
    bottoms: tuple[str, ...]
    tops: tuple[str, ...]
    fields: Message
    blobs: tuple[Blob, ...] = ()
    has_weights: bool = False

    def parameters(self, name: str) -> Message:
        """A group of parameters, empty if the file does not state it.

        Raises:
            WrongError: if it has a field that Caffe does not have.
        """
        found = self.fields.message(name)
        if found.unknown:
            raise WrongError(
                f"has the field {found.unknown[0][:60]} in {name}, which netparity does not know"
            )
        return found

    @property
    def is_data(self) -> bool:
        """Whether it makes the network's input while the network is trained."""
        return self.type != "Input" and not self.bottoms and bool(self.tops)

    @property
    def is_loss(self) -> bool:
        """Whether it compares a prediction with labels."""
        return self.type.endswith("Loss") or self.type in _READS_LABELS


def layers_of(net: Message) -> Iterator[Layer]:
    """Every layer of every phase, in the file's order.

    Raises:
        WrongError: if a layer is not one.
    """
    old, new = net.messages("layers"), net.messages("layer")
    if old and new:
        raise WrongError("has both `layer` and `layers`, the lists of two generations of Caffe")
    if not old and not new:
        raise WrongError("has no layers")
    if len(old) + len(new) > MOST_NODES:
        raise WrongError(f"has more than {MOST_NODES} layers")
    taken: set[str] = set()
    for place, fields in enumerate((*old, *new), start=1):
        layer = _layer(fields, place)
        name, number = layer.name, 2
        while name in taken:
            name, number = f"{layer.name}_{number}", number + 1
        taken.add(name)
        yield replace(layer, name=name)


def _layer(fields: Message, place: int) -> Layer:
    called = f"layer{place}"
    try:
        is_first = fields.kind == "OldLayer" and fields.has("layer")
        kind, fields = upgraded(fields) if is_first else (_type(fields), fields)
        called = fields.text("name") or called
        blobs = tuple(value for value in fields.values.get("blobs", ()) if isinstance(value, Blob))
        if len(blobs) < len(fields.values.get("blobs", ())):
            raise WrongError("has its weights in the text, which netparity does not read")
        bottoms, tops = tuple(fields.texts("bottom")), tuple(fields.texts("top"))
        return Layer(called, kind, bottoms, tops, fields, blobs, bool(blobs))
    except WrongError as error:
        raise WrongError(f"node {called[:80]!r} {error}") from error


def _type(fields: Message) -> str:
    if fields.kind == "Layer":
        return fields.text("type")
    value = fields.values.get("type", [0])[-1]
    if isinstance(value, Word) and value in _BY_OLD_NAME:
        return _BY_OLD_NAME[value]
    if isinstance(value, int) and value in OLD_TYPES:
        return OLD_TYPES[value][1]
    raise WrongError(f"has the type {value!r:.60}, which netparity does not know")


def predicting(layers: list[Layer]) -> list[Layer]:
    """The layers that are there when the network predicts.

    A snapshot of a network that was trained has the layers of that phase alone: its data layer and
    its losses are kept if there is none for predictions.
    """
    kept = [layer for layer in layers if _applies(layer, "TEST")]
    if not any(layer.is_data or layer.type == "Input" for layer in kept):
        kept = _also(layers, kept, lambda layer: layer.is_data)
    if not any(layer.is_loss for layer in kept):
        kept = _also(layers, kept, lambda layer: layer.is_loss)
    return kept


def _also(layers: list[Layer], kept: list[Layer], wanted: Callable[[Layer], bool]) -> list[Layer]:
    names = {layer.name for layer in kept}
    return [layer for layer in layers if layer.name in names or wanted(layer)]


def _applies(layer: Layer, phase: str) -> bool:
    """Whether a layer's rules let it take part; see `NetStateRule` in Caffe's documentation."""
    try:
        include, exclude = layer.fields.messages("include"), layer.fields.messages("exclude")
        if include:
            return any(_meets(rule, phase) for rule in include)
        return not any(_meets(rule, phase) for rule in exclude)
    except WrongError as error:
        raise WrongError(f"node {layer.name[:80]!r} ({plain(layer.type)}) {error}") from error


def _meets(rule: Message, phase: str) -> bool:
    return (
        rule.word("phase", phase) == phase
        and rule.integer("min_level", 0) <= 0 <= rule.integer("max_level", 0)
        and set(rule.texts("stage")) <= {_STAGE}
        and _STAGE not in rule.texts("not_stage")
    )
