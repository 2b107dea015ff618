"""How long does `check` look for a cause at full size, and does it find it?

    OPENBLAS_NUM_THREADS=1 .venv/bin/python -m benchmarks.diagnosis_time vgg16 [--only nearest ...]

Faults that people make are planted alone and in pairs: images by Pillow, everything else by float32
passes whose sums are in an order that the search does not use. The budget is counted in processor
seconds of one thread, so that what else the machine does has no influence; two free cores need
about half of it. The set-up is measured once: reference, noise floor and verdict.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from netparity.diagnosis import Diagnosis, Search
from netparity.diagnosis.mistakes import mistakes_of
from netparity.diagnosis.pace import TimeLimit
from netparity.inputs import SAMPLE_IMAGE
from netparity.judge.layout import LABEL
from netparity.judge.other_inputs import other_inputs
from netparity.judge.subject import Subject, network_with_weights, subject_of
from netparity.networks.ops.base import Array, How
from netparity.networks.plain_input import from_plain
from netparity.parity import ReferencePass, Rule, Truth, compare_features
from netparity.parity.passes import run_nodes, segment_before
from netparity.protocol.lazy import MOST_BYTES, Remembering
from netparity.watch import SILENT

SUMS = How(channel_order="shuffled-again")
FEATURES = {"vgg16": "fc6", "resnet50": "pool5"}
SHIFTED, HALF = (123.68, 116.779, 103.939), 0.5

Picture = Image.Image
NEAREST, BILINEAR = Image.Resampling.NEAREST, Image.Resampling.BILINEAR
BICUBIC = Image.Resampling.BICUBIC


@dataclass(frozen=True)
class Fault:
    """One thing that is done wrongly; None where it is done right.

    Attributes:
        keys: mistakes by which the diagnosis may call it.
        before: to the picture before it is resized.
        resize: from a picture and the input's size to one of that size.
        values: from grey levels in RGB to what the network is given, in RGB.
        swapped: whether the channels are swapped in the end.
        node: a node and the key of the mistake made there.
        read: the node whose value is exported.
        after: to the feature.
    """

    keys: tuple[str, ...]
    before: Callable[[Picture], Picture] | None = None
    resize: Callable[[Picture, int], Picture] | None = None
    values: Callable[[Array], Array] | None = None
    swapped: bool = False
    node: tuple[str, str] | None = None
    read: str | None = None
    after: Callable[[Array], Array] | None = None


def _again_as_jpeg(picture: Picture) -> Picture:
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=75)
    return Image.open(data)


def _cropped(filtered: Image.Resampling) -> Callable[[Picture, int], Picture]:
    def make(picture: Picture, size: int) -> Picture:
        larger = round(size * 256 / 224)
        scale = larger / min(picture.size)
        wide, high = (int(length * scale) for length in picture.size)
        whole = picture.resize((wide, high), filtered)
        left, top = round((wide - size) / 2.0), round((high - size) / 2.0)
        return whole.crop((left, top, left + size, top + size))

    return make


def _to(filtered: Image.Resampling) -> Callable[[Picture, int], Picture]:
    return lambda picture, size: picture.resize((size, size), filtered)


def _letterboxed(picture: Picture, size: int) -> Picture:
    return ImageOps.pad(picture, (size, size), BICUBIC, color="black")


def _torch(levels: Array) -> Array:
    return (levels / 255 - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)


IMAGES: Mapping[str, Fault] = {
    "nearest": Fault(("resize",), resize=_to(NEAREST)),
    "bilinear": Fault(("resize",), resize=_to(BILINEAR)),
    "BGR": Fault(("channels-swapped",), swapped=True),
    "no mean": Fault(("mean-missing",), values=lambda x: x),
    "0 to 1": Fault(("scale-0-1",), values=lambda x: x / 255),
    "torchvision": Fault(("scale-torch",), values=_torch),
    "-1 to 1": Fault(("scale-pm1",), values=lambda x: x / 127.5 - 1),
    "mean 128": Fault(("input-affine",), values=lambda x: x - 128),
    "mirrored": Fault(("image-flipped",), before=ImageOps.mirror),
    "crop": Fault(("image-cropped",), resize=_cropped(BICUBIC)),
    "bilinear crop": Fault(("image-cropped",), resize=_cropped(BILINEAR)),
    "letterbox": Fault(("image-padded",), resize=_letterboxed),
    "JPEG 75": Fault(("image-source",), before=_again_as_jpeg),
    "L2": Fault(("treated-l2",), after=lambda x: x / np.linalg.norm(x)),
    "times 3": Fault(("treated-scaled",), after=lambda x: 3 * x),
    "square root": Fault(("treated-root",), after=np.sqrt),
}
OWN: Mapping[str, Mapping[str, Fault]] = {
    "vgg16": {
        "before ReLU": Fault(("relu-missing",), node=("fc6", "relu-missing")),
        "channels first": Fault(("flatten-chw",), node=("fc6_linear", "flatten-chw")),
        "next layer": Fault(("off-by-one",), read="fc7"),
        "kernels of conv3_2": Fault(
            ("kernels-rotated",), node=("conv3_2_linear", "kernels-rotated")
        ),
        "no bias in conv1_1": Fault(("bias-missing",), node=("conv1_1_linear", "bias-missing")),
    },
    "resnet50": {
        "last ReLU": Fault(("relu-missing",), node=("res5c_relu", "relu-missing")),
        "kernels of res3a": Fault(("kernels-rotated",), node=("res3a_branch2b", "kernels-rotated")),
        "no BN in res2a": Fault(
            ("batch-norm-missing",), node=("bn2a_branch2a", "batch-norm-missing")
        ),
        "no bias in conv1": Fault(("bias-missing",), node=("conv1", "bias-missing")),
    },
}
PAIRS: Sequence[tuple[str, str]] = (
    *(("nearest", other) for other in ("BGR", "no mean", "torchvision", "0 to 1", "mean 128")),
    *(("nearest", other) for other in ("before ReLU", "next layer", "channels first", "L2")),
    *(("nearest", other) for other in ("times 3", "mirrored", "last ReLU", "square root")),
    *(("BGR", other) for other in ("no mean", "crop", "channels first", "JPEG 75", "L2")),
    ("bilinear crop", "torchvision"),
    ("torchvision", "channels first"),
    ("mean 128", "before ReLU"),
    ("letterbox", "no mean"),
    ("kernels of conv3_2", "BGR"),
    ("kernels of res3a", "BGR"),
)


@dataclass(frozen=True)
class Planting:
    """A network with its weights and picture, and what is planted in it."""

    subject: Subject
    picture: Picture
    weights: Remembering[Array]
    feature: str
    truth: Truth = field(repr=False)

    def values(self, faults: Sequence[Fault]) -> Array:
        """The feature with these faults."""
        whole = {name: _first(name, faults) for name in Fault.__dataclass_fields__}
        network = self.subject.network
        picture, size = self.picture, network.input_size[0]
        if whole["before"]:
            picture = whole["before"](picture)
        resized = (whole["resize"] or _to(BICUBIC))(picture.convert("RGB"), size)
        levels = np.asarray(resized, dtype=np.float64)
        plain = (whole["values"] or (lambda x: x - network.mean_rgb))(levels)
        x = np.asarray(from_plain(plain[None], network), dtype=np.float32)
        if whole["swapped"]:
            x = np.ascontiguousarray(x[..., ::-1])
        target = network.by_name[whole["read"] or self.feature]
        changes = {}
        if whole["node"]:
            name, key = whole["node"]
            node = network.by_name[name]
            changes = {name: [each for each in mistakes_of(network, node) if each.key == key]}
            assert changes[name], f"{name} cannot have {key}"
        nodes = segment_before(network, (), target).nodes
        given = {network.inputs[0].name: x}
        for node, result in run_nodes(nodes, self.weights, given, SUMS, changes, (target.name,)):
            values = result if node is target else None
        assert values is not None
        return np.asarray((whole["after"] or (lambda y: y))(values), dtype=np.float32)


def _first(name: str, faults: Sequence[Fault]) -> object:
    return next((found for fault in faults if (found := getattr(fault, name))), None)


def coloured(folder: Path) -> Path:
    """The sample image with colours, so that its channels differ."""
    grey = np.asarray(Image.open(SAMPLE_IMAGE).convert("L"), dtype=np.float64)
    tinted = np.stack([grey, np.roll(grey, 9, 0) * 0.8, 255 - np.roll(grey, 7, 1) * 0.6], axis=2)
    path = folder / "coloured.png"
    Image.fromarray(tinted.astype(np.uint8)).save(path)
    return path


def set_up(model: str, image: Path) -> Planting:
    """What `check` does before it searches."""
    network, resolved = network_with_weights(model, "synthetic:0", None, SILENT)
    subject = subject_of(network, resolved, image, None)
    tensors = Remembering(subject.weights.tensors(), MOST_BYTES)
    feature = network.layer(FEATURES[model]).node.name
    reference = ReferencePass(network, tensors, subject.images, wanted=[feature])
    wanted = {feature: reference[feature]}
    truth = Truth(network, subject.images, wanted, reference.floors, tensors)
    return Planting(subject, Image.open(image), tensors, feature, truth)


def diagnosed(planting: Planting, values: Array, seconds: float) -> tuple[Diagnosis, float, float]:
    """The diagnosis, with the processor seconds of verdict and search, and the wall seconds."""
    begun, wall = time.process_time(), time.monotonic()
    over = TimeLimit(seconds, time.process_time)
    features = {planting.feature: values}
    compare_features("shared", {LABEL: features}, {LABEL: planting.truth}, Rule())
    subject = planting.subject
    inputs = other_inputs(subject.decoded, subject.network, subject.images, None)
    search = Search(planting.truth, Rule(), {}, inputs, over=over)
    found = search.diagnose(LABEL, features, lambda name: None)
    return found, time.process_time() - begun, time.monotonic() - wall


def outcome(found: Diagnosis, faults: Sequence[Fault]) -> str:
    """`confirmed` if all faults are, and nothing else."""
    causes = {cause.mistake for cause in found.causes}
    if not causes:
        [finding] = found.findings
        if finding.explanation is not None:
            return "suspected " + ", ".join(each.mistake for each in finding.explanation.causes)
        return "unexplained" + (", time was up" if finding.cut_short else "")
    named = [any(key in causes for key in fault.keys) for fault in faults]
    return "confirmed" if all(named) else "confirmed " + ", ".join(sorted(causes))


def main() -> None:
    """A line for each fault: what was found, seconds and how much was tried."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", choices=FEATURES)
    parser.add_argument("--only", nargs="*", help="faults, or pairs as `nearest+BGR`")
    parser.add_argument("--budget", type=float, default=60.0)
    settings = parser.parse_args()
    faults = {**IMAGES, **OWN[settings.model]}
    cases = [(name,) for name in faults]
    cases += [pair for pair in PAIRS if set(pair) <= faults.keys()]
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        planting = set_up(settings.model, coloured(Path(folder)))
        before = time.process_time() - begun
        print(f"set-up: {before:.1f} processor seconds", flush=True)
        confirmed, count = 0, 0
        for case in cases:
            if settings.only and "+".join(case) not in settings.only:
                continue
            chosen = [faults[name] for name in case]
            values = planting.values(chosen)
            found, processor, wall = diagnosed(planting, values, settings.budget - before)
            text = outcome(found, chosen)
            tried = sum(finding.tried for finding in found.findings)
            count, confirmed = count + 1, confirmed + (text == "confirmed")
            seconds = f"{before + processor:.0f} | {wall:.0f}"
            print(f"| {' + '.join(case)} | {text} | {seconds} | {tried} |", flush=True)
    print(f"{confirmed} of {count} confirmed")


if __name__ == "__main__":
    main()
