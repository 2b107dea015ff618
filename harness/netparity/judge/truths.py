"""What a stored run is judged against: the reference for the shared input and for native ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netparity.errors import InputError
from netparity.parity import FEWER_ORDERS, ORDERS, LayerFloor, ReferencePass, Truth
from netparity.protocol import FloorEntry, InputKind, NoiseFloor, Run, RunnerRecord
from netparity.results.features import stored_features
from netparity.results.folder import RunFolder
from netparity.results.network import run_network
from netparity.watch import SILENT, Watch
from netparity.weights.canonical import Tensors

SHARED_INPUT = "input/shared.npy"


def shared_truth(run: Run, store: RunFolder, weights: Tensors | None) -> Truth:
    """The truth for the shared input, as stored when the run began."""
    floors = next((floor.layers for floor in run.noise_floors if floor.input == "shared"), [])
    return Truth(
        network=run_network(run, store),
        images=read_shared_input(store),
        reference=stored_features(run.reference_features, store),
        floors={entry.feature: entry.relative_l2 for entry in floors},
        weights=weights,
    )


def read_shared_input(store: RunFolder) -> npt.NDArray[np.float32]:
    """The shared tensor, N x H x W x 3 float32.

    Raises:
        InputError: if it is missing or has been changed.
    """
    return store.read_plain_array(SHARED_INPUT)


@dataclass(frozen=True)
class NativePass:
    """The reference on the tensor that one or more runners made from the image."""

    labels: list[str]
    truth: Truth
    reference: ReferencePass

    def noise_floor(self, layers: list[str]) -> NoiseFloor:
        """The floors of the layers computed so far."""
        floors = self.reference.layer_floors
        return noise_floor("native", self.labels, floors, layers, len(FEWER_ORDERS))


def native_passes(
    run: Run, store: RunFolder, weights: Tensors | None, watch: Watch = SILENT
) -> dict[str, NativePass]:
    """The reference on the own input of every runner that succeeded; equal inputs share one.

    A runner whose own input is missing or has been changed is left out, with a warning.
    """
    if weights is None:
        return {}
    model = run_network(run, store)
    expected = (len(run.images), *model.image.shape)
    by_hash: dict[str, NativePass] = {}
    found: dict[str, NativePass] = {}
    for record in run.runners:
        tensor = _native_tensor(record, store, watch)
        if tensor is None or tensor.shape != expected or not np.isfinite(tensor).all():
            continue
        assert record.native_input is not None
        sha256 = record.native_input.sha256
        if sha256 not in by_hash:
            reference = ReferencePass(model, weights, tensor, FEWER_ORDERS)
            truth = Truth(model, tensor, reference, reference.floors, weights)
            by_hash[sha256] = NativePass([], truth, reference)
        by_hash[sha256].labels.append(record.label)
        found[record.label] = by_hash[sha256]
    return found


def _native_tensor(
    record: RunnerRecord, store: RunFolder, watch: Watch
) -> npt.NDArray[np.float32] | None:
    """The tensor that a runner made from the image; None if it failed or stored none."""
    if record.status != "ok" or record.native_input is None:
        return None
    try:
        return store.read_array(record.native_input)
    except InputError as error:
        watch.warning(f"{record.label} is not judged on its own input: {error}")
        return None


def unique(natives: Mapping[str, NativePass]) -> Iterator[NativePass]:
    """Every pass without duplicates."""
    seen: list[NativePass] = []
    for native in natives.values():
        if not any(native is earlier for earlier in seen):
            seen.append(native)
            yield native


def noise_floor(
    kind: InputKind,
    labels: list[str],
    floors: Mapping[str, LayerFloor],
    layers: list[str],
    passes: int = len(ORDERS),
) -> NoiseFloor:
    """Measured floors in their stored form, for the requested layers."""
    return NoiseFloor(
        input=kind,
        labels=labels,
        passes=passes,
        layers=[
            FloorEntry(
                feature=name,
                relative_l2=floors[name].relative_l2,
                ulp=floors[name].ulp,
                bound=floors[name].bound,
            )
            for name in layers
            if name in floors
        ],
    )
