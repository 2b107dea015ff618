"""Known mistakes and where they fit. Pure; `expected.py` says exactly what each one computes.

A place is a layer's name, or one of

    input   the tensor that enters the network, the tool's own and the shared one alike
    native  the tool's own reading of the image alone
    all     the network as a whole
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netparity.networks import Layer, Network

INPUT, NATIVE, ALL = "input", "native", "all"

INPUT_VALUES = ("mean-missing", "mean-twice", "mean-swapped", "scale-0-1", "scale-pm1")
INPUT_ORDERS = ("channels-swapped", "axes-swapped")
RESIZES = ("resize-nearest", "resize-bilinear", "resize-bicubic", "resize-lanczos")
WEIGHT_CHANGES = ("kernels-rotated", "kernels-transposed", "bias-missing")
FLATTENS = ("flatten-chw", "flatten-whc", "flatten-cwh")
POOLS = ("pool-average", "pool-padding")
READINGS = ("before-relu", "off-by-one")
PRECISIONS = ("precision-bfloat16", "precision-float16", "precision-tf32")
POLICIES = ("policy-bfloat16", "policy-float16")

MISTAKES = (
    "channels-swapped",
    "axes-swapped",
    *INPUT_VALUES,
    *RESIZES,
    *WEIGHT_CHANGES,
    "relu-missing",
    "padding-valid",
    *POOLS,
    *FLATTENS,
    "dropout",
    "softmax-missing",
    "relu-added",
    *READINGS,
    "weights-other",
    *PRECISIONS,
    *POLICIES,
    "one-ulp",
)

# Of each of these a place can have one: they are alternatives, or the second hides the first.
_ALTERNATIVES = (
    INPUT_VALUES,
    RESIZES,
    POOLS,
    FLATTENS,
    (*READINGS, "relu-missing"),
    (*PRECISIONS, *POLICIES),
)


@dataclass(frozen=True)
class Plant:
    """One mistake at one place."""

    mistake: str
    place: str

    def __str__(self) -> str:
        return f"{self.mistake}@{self.place}"


def places(mistake: str, model: Network, tool: str | None = None) -> list[str]:
    """Where this mistake can be made and makes a difference; [] where the tool cannot make it.

    Args:
        tool: a runner's name, with or without options; None for whatever any tool can do.

    Raises:
        KeyError: if there is no such mistake.
    """
    if tool is not None and not _can_make(mistake, tool):
        return []
    if mistake in RESIZES:
        return [NATIVE]
    if mistake in ("weights-other", *PRECISIONS, *POLICIES):
        return [ALL]
    if mistake == "axes-swapped":
        return [INPUT] if model.input_size[0] == model.input_size[1] else []
    if mistake in (*INPUT_VALUES, *INPUT_ORDERS):
        return [INPUT]
    found = [layer.name for layer in model.layers if _fits(mistake, layer, model)]
    return [*found, ALL] if mistake in WEIGHT_CHANGES else found


def singles(model: Network, tool: str | None = None) -> list[Plant]:
    """Every mistake at every place."""
    return [Plant(name, place) for name in MISTAKES for place in places(name, model, tool)]


def compatible(first: Plant, second: Plant) -> bool:
    """Whether the two make sense together: neither undoes, hides or forbids the other."""
    if first.mistake == second.mistake:
        return first.place != second.place and ALL not in (first.place, second.place)
    if first.place != second.place:
        return True
    return not any({first.mistake, second.mistake} <= set(group) for group in _ALTERNATIVES)


def all_pairs(model: Network, tool: str | None = None) -> Iterator[tuple[Plant, Plant]]:
    """Every two plants that are compatible, at one place or at two."""
    plants = singles(model, tool)
    for index, first in enumerate(plants):
        for second in plants[index + 1 :]:
            if compatible(first, second):
                yield first, second


def random_pairs(
    model: Network, count: int, seed: int, tool: str | None = None
) -> list[tuple[Plant, Plant]]:
    """Different pairs, first drawn by mistake so that those with many places do not crowd out."""
    rng = np.random.default_rng(seed)
    offered = [name for name in MISTAKES if places(name, model, tool)]
    chosen: dict[tuple[Plant, Plant], None] = {}
    for _ in range(100 * count):
        if len(chosen) == count:
            break
        names = [str(name) for name in rng.choice(offered, 2)]
        pair = tuple(Plant(name, str(rng.choice(places(name, model, tool)))) for name in names)
        first, second = sorted(pair, key=str)
        if first != second and compatible(first, second):
            chosen[first, second] = None
    return list(chosen)


def expand(plants: Sequence[Plant], model: Network) -> list[Plant]:
    """The same with one plant per layer for a change to the weights of all layers."""
    spread: list[Plant] = []
    for plant in plants:
        if plant.mistake in WEIGHT_CHANGES and plant.place == ALL:
            layers = [name for name in places(plant.mistake, model) if name != ALL]
            spread += [Plant(plant.mistake, name) for name in layers]
        else:
            spread.append(plant)
    return spread


def check(plants: Sequence[Plant], model: Network, tool: str | None = None) -> None:
    """Refuse plants that do not fit.

    Raises:
        ValueError: naming the first.
    """
    for index, plant in enumerate(plants):
        if plant.mistake not in MISTAKES:
            raise ValueError(f"there is no mistake {plant.mistake!r}; there are {MISTAKES}")
        if plant.place not in places(plant.mistake, model, tool):
            raise ValueError(
                f"{plant} does not fit {model.name} in {tool}; places: "
                f"{places(plant.mistake, model, tool)}"
            )
        for other in plants[:index]:
            if not compatible(other, plant):
                raise ValueError(f"{other} and {plant} do not go together")


def dropout_mask(model: Network, place: str, images: int) -> npt.NDArray[np.float32]:
    """Images x units of 0 and 2; the first rows do not depend on how many there are."""
    layer = model.layer(place)
    rng = np.random.default_rng([1929, model.layers.index(layer)])
    return (rng.random((images, *layer.output_shape)) >= 0.5).astype(np.float32) * 2


def next_layer(model: Network, layer: Layer) -> Layer | None:
    """The one behind, None for the last."""
    position = model.layers.index(layer) + 1
    return model.layers[position] if position < len(model.layers) else None


def _can_make(mistake: str, tool: str) -> bool:
    if mistake in POLICIES:
        return tool.startswith("keras3")
    if mistake in RESIZES:
        # Nearest neighbour is what Keras does anyway.
        return tool.startswith("keras") and mistake != "resize-nearest"
    return True


def _fits(mistake: str, layer: Layer, model: Network) -> bool:
    conv, pool = layer.kind == "conv", layer.kind == "pool"
    hidden = layer.kind == "dense" and layer.activation == "relu"
    behind = next_layer(model, layer)
    return {
        "kernels-rotated": conv,
        "kernels-transposed": conv,
        "bias-missing": not pool,
        "one-ulp": not pool,
        "relu-missing": conv or hidden,
        "before-relu": conv or hidden,
        "padding-valid": conv and min(layer.output_shape[:2]) >= 3,
        "pool-average": pool,
        "pool-padding": pool and _input_is_even(layer, model),
        "dropout": hidden,
        "softmax-missing": layer.activation == "softmax",
        "relu-added": layer.activation == "softmax",
        "off-by-one": behind is not None and behind.output_shape == layer.output_shape,
        **{name: _reorders(name, layer, model) for name in FLATTENS},
    }[mistake]


def _input_is_even(pool: Layer, model: Network) -> bool:
    before = model.layers[model.layers.index(pool) - 1]
    return not any(size % 2 for size in before.output_shape[:2])


def _reorders(flatten: str, layer: Layer, model: Network) -> bool:
    """Whether a map flattened in this order differs from the same in the right order."""
    if layer is not next(layer for layer in model.layers if layer.kind == "dense"):
        return False
    assert layer.kernel_shape is not None
    right = np.arange(np.prod(layer.kernel_shape[:3])).reshape(layer.kernel_shape[:3])
    return not np.array_equal(right.transpose(flatten_axes(flatten)).ravel(), right.ravel())


def flatten_axes(flatten: str) -> tuple[int, ...]:
    """The axes of an H x W x C map in the order in which it is flattened, slowest first."""
    return tuple("hwc".index(axis) for axis in flatten.removeprefix("flatten-"))
