"""Operations and bytes of each layer, and the machine's limit, by hand."""

from __future__ import annotations

import math

import pytest

from netparity.networks import UnknownNodeError, costs
from netparity.networks.catalogue.vgg import VGG16, VGG16_TINY
from netparity.protocol import Calibration
from netparity.timing import hardware_limit
from netparity.timing.calibration import COPY_BYTES, MULTIPLY_FLOPS


def test_the_layers_of_vgg16() -> None:
    by_name = {cost.layer.name: cost for cost in costs(VGG16)}
    assert len(by_name) == 21
    assert by_name["conv1_1"].flops == 2 * 224 * 224 * 9 * 3 * 64
    assert by_name["conv5_3"].flops == 2 * 14 * 14 * 9 * 512 * 512
    assert by_name["fc6"].flops == 2 * 25088 * 4096
    assert by_name["pool1"].flops == 0
    assert by_name["pool1"].moved_bytes == 4 * (224 * 224 + 112 * 112) * 64
    assert by_name["fc6"].moved_bytes == 4 * (25088 * 4096 + 4096 + 25088 + 4096)
    # 15.47 billion multiplications and additions, as VGG16 is usually said to have.
    assert sum(cost.flops for cost in by_name.values()) == pytest.approx(2 * 15.47e9, rel=1e-3)


def test_a_batch_reads_its_weights_once() -> None:
    one, eight = list(costs(VGG16_TINY)), list(costs(VGG16_TINY, images=8))
    for single, batch in zip(one, eight, strict=True):
        assert batch.flops == 8 * single.flops
        weights = math.prod(single.layer.kernel_shape) if single.layer.kernel_shape else 0
        biases = single.layer.kernel_shape[3] if single.layer.kernel_shape else 0
        fixed = 4 * (weights + biases)
        assert batch.moved_bytes - fixed == 8 * (single.moved_bytes - fixed)


def test_layers_behind_the_last_are_not_computed() -> None:
    assert [cost.layer.name for cost in costs(VGG16, wanted=["fc1"])][-1] == "fc6"
    with pytest.raises(UnknownNodeError):
        list(costs(VGG16, wanted=["fc9"]))


def test_every_layer_is_bound_by_products_or_by_memory() -> None:
    states = [
        Calibration(multiply_seconds=2.0, copy_seconds=1.0),
        Calibration(multiply_seconds=1.0, copy_seconds=4.0),
    ]
    made = hardware_limit(costs(VGG16), states)
    assert made.flops_per_second == MULTIPLY_FLOPS
    assert made.bytes_per_second == 2 * COPY_BYTES
    assert made.seconds == pytest.approx(
        sum(
            max(cost.flops / MULTIPLY_FLOPS, cost.moved_bytes / 2 / COPY_BYTES)
            for cost in costs(VGG16)
        )
    )
    assert made.flops == sum(cost.flops for cost in costs(VGG16))


@pytest.mark.parametrize("states", [[], [Calibration(multiply_seconds=0, copy_seconds=1)]])
def test_without_a_measured_machine_there_is_no_limit(states) -> None:
    assert hardware_limit(costs(VGG16), states) is None
