"""Do two files state the same function, and if not, how do they differ?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from netparity.networks.graph import Network, Preprocessing
from netparity.networks.matching import Matching, compare
from netparity.networks.matching.sentences import value
from netparity.networks.matching.values import Values, compare_values
from netparity.networks.reading import ReadNetwork
from netparity.watch import SILENT, Watch

_COLOURS = 3


@dataclass(frozen=True)
class Diff:
    """What two networks, A and B, have in common and what not.

    Attributes:
        structure: how their nodes match.
        values: how their tensors compare; None if one of them states no tensors.
        preprocessing: a sentence for each difference in what is done to an image first.
        remarks: what does not make a difference, or could not be compared.
    """

    structure: Matching
    values: Values | None
    preprocessing: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether nothing differs of what both networks state."""
        return not self.differences

    @property
    def differences(self) -> tuple[str, ...]:
        """A sentence each: the structure first, then the preprocessing, then the tensors."""
        values = () if self.values is None else self.values.differences
        return (*self.structure.differences, *self.preprocessing, *values)

    @property
    def summary(self) -> str:
        """The result in one sentence."""
        if not self.structure.same:
            return "A and B are different functions."
        if self.values is None:
            rest = "; one of them states no weights, so weights were not compared"
            different = "different preprocessing" if self.preprocessing else ""
            return f"A and B have the same structure{' and ' * bool(different)}{different}{rest}."
        if self.same:
            return (
                f"A and B are the same function: the same structure and {self.values.total} equal "
                "tensors."
            )
        parts = [f"{self.values.equal} of {self.values.total} tensors are equal"]
        parts += ["the preprocessing differs"] * bool(self.preprocessing)
        return f"A and B have the same structure; {', and '.join(parts)}."


def diff(a: ReadNetwork, b: ReadNetwork, watch: Watch = SILENT) -> Diff:
    """Compare structure, preprocessing and, where both have them, tensors."""
    valued = bool(a.tensors) and bool(b.tensors)
    tensors = (a.tensors, b.tensors) if valued else (None, None)
    structure = compare(a.network, b.network, *tensors)
    values = compare_values(structure, a.tensors, b.tensors, watch) if valued else None
    remarks = [*structure.notes, *_remarks(a.network, b.network)]
    return Diff(
        structure, values, tuple(preprocessing_differences(a.network, b.network)), tuple(remarks)
    )


def as_dict(found: Diff) -> dict[str, Any]:
    """The result for JSON."""
    return {
        "same": found.same,
        "sentence": found.summary,
        "structure": list(found.structure.differences),
        "preprocessing": list(found.preprocessing),
        "tensors": None if found.values is None else list(found.values.differences),
        "remarks": list(found.remarks),
        "nodes": dict(found.structure.nodes),
    }


def _remarks(a: Network, b: Network) -> Iterator[str]:
    """What is not stated of the images, and how they are resized, which no function includes."""
    for name, network, other in (("A", a, b), ("B", b, a)):
        if network.inputs[0].preprocessing is None and other.inputs[0].preprocessing is not None:
            yield f"{name} does not say what is done to an image first"
    first, second = a.inputs[0].preprocessing, b.inputs[0].preprocessing
    if first is not None and second is not None and _resizing(first) != _resizing(second):
        yield f"an image is resized {_resizing(first)} in A, {_resizing(second)} in B"


def preprocessing_differences(a: Network, b: Network) -> Iterator[str]:
    """A sentence for each difference between the values that both networks expect of an image.

    The order of the channels is none: the first kernels are compared accordingly.
    """
    first, second = a.inputs[0].preprocessing, b.inputs[0].preprocessing
    if first is None or second is None:
        return
    for title, x, y in zip(("mean", "divisor"), _affine(first), _affine(second), strict=True):
        if value(x) != value(y) and not (
            title == "mean" and (first.mean_image or second.mean_image)
        ):
            yield f"the {title} of red, green and blue is {value(x)} in A, {value(y)} in B"
    if (first.mean_image is None) != (second.mean_image is None):
        image = "A" if first.mean_image is not None else "B"
        other = "B" if image == "A" else "A"
        yield f"{image} subtracts a mean image, {other} a number for each channel"
    if "grey" in (first.order, second.order) and first.order != second.order:
        yield f"the image is {first.order} in A, {second.order} in B"


def _resizing(expected: Preprocessing) -> str:
    size = "to the input's size"
    if expected.resize is not None:
        size = f"to {expected.resize[0]} x {expected.resize[1]} and cropped"
    return f"{size}{', proportions kept,' * expected.keep_aspect} by the filter {expected.filter}"


def _affine(expected: Preprocessing) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and divisor of each colour for values of 0 to 255, whatever the scale and the order."""
    mean = tuple(number / expected.scale for number in _by_colour(expected, expected.mean))
    divisor = tuple(number / expected.scale for number in _by_colour(expected, expected.deviation))
    return mean, divisor


def _by_colour(expected: Preprocessing, numbers: tuple[float, ...]) -> tuple[float, ...]:
    colours = numbers * _COLOURS if len(numbers) == 1 else numbers
    return colours[::-1] if expected.order == "BGR" else colours
