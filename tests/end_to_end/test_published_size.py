"""VGG16 as published, in every tool that is compared by default: one comparison of a minute.

How a tool is called, and the order of its axes, is varied with small networks.
"""

from __future__ import annotations

import pytest

from tests.support.command_line import Done, compare_here
from tests.support.whole_runs import ONE_OF_EACH, assert_whole

pytestmark = pytest.mark.xdist_group("published size")
BEFORE = "keras2-theano[keras=2.0.4,data_format=channels_first]"
"""As in the post of 2017; 2.0.5, which is right, is in the replay, and in test_old_keras.py."""


@pytest.fixture(scope="module")
def published(every_tool: None, tmp_path_factory: pytest.TempPathFactory) -> Done:
    results = tmp_path_factory.mktemp("published") / "results"
    runners = [word for label in (*ONE_OF_EACH, BEFORE) for word in ("--runner", label)]
    return compare_here(results, *runners, "--rounds", "1", "--repeats", "1", "--warmup", "0")


def test_full_vgg16_agrees_in_every_runner(published: Done):
    # BEFORE fails.
    assert_whole(published, ["fc6", "fc7"], rounds=1, exit_code=3, rows=ONE_OF_EACH)


def test_keras_s_own_vgg16_of_2017(published: Done):
    """Through VGG16(weights='imagenet'), with the file where Keras looks for it."""
    failed = published.runner(BEFORE)
    assert failed["reason"].startswith(
        "ValueError: Input dimension mis-match. (input[1].shape[1] = 3, input[2].shape[1] = 64)\n"
    )
    assert failed["versions"]["keras"] == "2.0.4"
    assert failed["flags"]["kernel_shapes"].startswith(
        "block1_conv1 3x64x3x3, block1_conv2 64x64x3x3, block2_conv1 64x128x3x3"
    )
    assert set(failed["rounds"][0]["phases"]) == {"startup", "load", "preprocess"}
