"""What each runner's own preprocessing did to the image, and its effect on the features."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netparity.diagnosis import INPUT_CHANGES, InputChange
from netparity.errors import InputError
from netparity.inputs import InputStory, decode, difference_png, find_resize, split
from netparity.networks import Network
from netparity.networks.plain_input import from_plain, takes_colour, to_plain
from netparity.parity import Truth, forward_float32
from netparity.parity.floor import relative_l2
from netparity.protocol import Preprocessing, PreprocessingFeature, Run
from netparity.results.folder import RunFolder, file_safe

Tensor = npt.NDArray[np.float32]

_NO_CHANGE = InputChange()
_NEAR = 2.0
_GREY_LEVELS = 5.0
_MOST_CHANGES = 6


@dataclass(frozen=True)
class Origin:
    """How a tensor was made: after `changes` are undone, `story` explains the rest."""

    changes: InputChange
    story: InputStory
    alternatives: list[InputChange]

    @property
    def confirmed(self) -> bool:
        """Whether only rounding remains, without an unknown mean."""
        return self.story.exact and not any(self.story.offset)


def stored_images(run: Run, store: RunFolder) -> list[npt.NDArray[np.uint8]] | None:
    """The decoded images, H x W x 3 each; None if the run did not store them."""
    try:
        names = [image.decoded for image in run.images]
        return [decode(store.inside(name)).pixels for name in names if name is not None] or None
    except InputError:
        return None


def find_origin(
    native: Tensor, shared: Tensor, images: Sequence[npt.NDArray[np.uint8]], model: Network
) -> Origin:
    """Find the resize and the mistakes that reproduce a runner's own tensor.

    Args:
        native: N x H x W x 3, RGB.
        shared: N x H x W x 3, the shared input made from the same images.
        images: N decoded images, H x W x 3.
    """
    distances = []
    for change in (_NO_CHANGE, *INPUT_CHANGES):
        undone = change.undo(native, model)
        if undone.shape == shared.shape:  # not that of an image on its side
            distances.append((float(np.sqrt(np.mean((undone - shared) ** 2))), change))
    nearest = min(distance for distance, _ in distances)
    likely = [
        change for distance, change in distances if distance <= _NEAR * nearest + _GREY_LEVELS
    ]
    ranked: list[tuple[tuple[bool, bool, int, float], InputChange, InputStory]] = []
    fewest = math.inf  # mistakes of a change that explains everything
    for change in likely[:_MOST_CHANGES]:
        if len(change.mistakes) > fewest:
            continue  # neither better than that one nor an alternative to it
        story = find_resize(change.undo(native, model), images, model)[0]
        rank = (not story.exact, any(story.offset), len(change.mistakes), round(story.rms, 3))
        ranked.append((rank, change, story))
        if story.exact and not any(story.offset):
            fewest = min(fewest, len(change.mistakes))
    ranked.sort(key=lambda entry: entry[0])
    (best, changes, story), rest = ranked[0], ranked[1:]
    equal = [change for rank, change, _ in rest if rank[:3] == best[:3] and story.exact]
    return Origin(changes, story, equal)


def compare_preprocessing(
    run: Run, store: RunFolder, truth: Truth, natives: Mapping[str, Tensor]
) -> list[Preprocessing]:
    """Every runner's own tensor against the shared one.

    Args:
        truth: of the shared input; if it has no weights, the features are left out.
        natives: label to N x H x W x 3 tensor.
    """
    images = stored_images(run, store)
    found: dict[bytes, Preprocessing] = {}
    records = []
    for label, native in natives.items():
        key = native.tobytes()
        if key not in found:
            found[key] = _describe(label, native, images, truth, store)
        records.append(found[key].model_copy(update={"label": label}))
    return records


def _describe(
    label: str,
    native: Tensor,
    images: Sequence[npt.NDArray[np.uint8]] | None,
    truth: Truth,
    store: RunFolder,
) -> Preprocessing:
    network = truth.network
    if images is None or not takes_colour(network):
        rms = float(np.sqrt(np.mean((native.astype(np.float64) - truth.images) ** 2)))
        return Preprocessing(label=label, rms=rms, features=_effects(native, None, truth))
    plain, shared = to_plain(native, network), to_plain(truth.images, network)
    rms = float(np.sqrt(np.mean((plain.astype(np.float64) - shared) ** 2)))
    origin = find_origin(plain, shared, images, network)
    undone = origin.changes.undo(plain, network)
    stages = split(undone, shared, images, network, origin.story)
    stages["mean"] = stages["mean"] + (plain.astype(np.float64) - undone)
    resized = from_plain(shared + stages["resize"], network).astype(np.float32)
    name = f"input/difference-{file_safe(label)}.png"
    picture = store.write_bytes(name, difference_png(stages))
    story = origin.story
    return Preprocessing(
        label=label,
        resize="no resize" if story.resize is None else story.resize.words,
        grey=story.grey,
        mistakes=list(origin.changes.mistakes),
        or_mistakes=[list(change.mistakes) for change in origin.alternatives],
        exact=origin.confirmed,
        left_max_abs=story.max_abs,
        remark=story.remark or None,
        rms=rms,
        stages={name: float(np.sqrt(np.mean(values**2))) for name, values in stages.items()},
        features=_effects(native, resized, truth),
        difference_image=store.relative(picture),
    )


def _effects(native: Tensor, resized: Tensor | None, truth: Truth) -> list[PreprocessingFeature]:
    """How much the preprocessing changes each feature, and the share due to the resize."""
    if truth.weights is None:
        return []
    others = forward_float32(truth.network, truth.weights, resized) if resized is not None else None
    effects = []
    for layer, x in forward_float32(truth.network, truth.weights, native):
        other = next(others)[1] if others is not None else None
        if layer.name not in truth.reference:
            continue
        reference = truth.reference[layer.name]
        change = relative_l2(x, reference)
        if not np.isfinite(change):
            continue
        explained = None
        if other is not None and change > 0:
            rest = float(np.linalg.norm((x - other).astype(np.float64)))
            total = float(np.linalg.norm(x - reference))
            explained = max(0.0, 1 - (rest / total) ** 2) if total > 0 else None
        effects.append(
            PreprocessingFeature(
                feature=layer.name, relative_l2=change, explained_by_resize=explained
            )
        )
    return effects
