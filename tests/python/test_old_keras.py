"""The Keras of spring 2017 on Theano: what failed, since when it does not, and what it hides."""

from __future__ import annotations

import copy
from functools import cache

import numpy as np
import pytest

from netparity.runners import Keras2Theano
from netparity.runners.environments import Environments
from netparity.system.cache import cache_folder
from tests.support.one_process import run_jobs
from tests.support.tiny_vgg16 import (
    MEAN_RGB,
    TINY,
    forward,
    make_case,
    relative_l2,
    stack_environment,
    write_weights,
)

pytestmark = pytest.mark.slow
TOLERANCE = 1e-5
BEFORE, AFTER = ("2.0.2", "2.0.4"), ("2.0.5", "2.0.6")

# Three channels to three with 3 x 3 pixels: every order of the axes has that shape.
ODD_ARCHITECTURE = copy.deepcopy(TINY.architecture)
ODD_ARCHITECTURE["blocks"][0][0] = 3
RANDOM = np.random.default_rng(3)
FIRST_KERNEL, SECOND_KERNEL = (
    RANDOM.normal(0, 0.3, (3, 3, 3, count)).astype(np.float32) for count in (3, 4)
)
ODD_ARRAYS = {
    **TINY.arrays,
    "block1_conv1": (FIRST_KERNEL, np.zeros(3, np.float32)),
    "block1_conv2": (SECOND_KERNEL, np.zeros(4, np.float32)),
}
FIRST = {"name": "conv1_1", "layer": "block1_conv1", "shape": [2, 64, 64, 3]}


TITLES = {
    "default": {},
    "channels first": {"data_format": "channels_first"},
    "stamped": {"data_format": "channels_first", "options": {"stamp": "yes"}},
    "odd kernel": {"data_format": "channels_first", "features": [FIRST]},
    "profile": {},
}
"""What the jobs of one process change, in their order: Keras keeps what channels_first sets."""

ALONE = ("2.0.4", "profile")
"""The only run with Theano's profiler, which a process turns on as it starts."""

RUNS = {
    "2.0.2": ("default", "channels first", "stamped"),
    "2.0.4": ("channels first", "stamped"),
    "2.0.5": ("default", "channels first", "odd kernel"),
    "2.0.6": ("default", "channels first"),
}


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    """old(version, title): an extractor's result, and the case; one process for each version."""

    @cache
    def ran(version, titles, flags=""):
        stack = Keras2Theano("old", {"keras": version}).stack
        python = str(Environments().ensure(stack))
        folder = tmp_path_factory.mktemp("old")
        cases = {}
        for title in titles:
            odd = title == "odd kernel"
            weights = folder / f"weights é {title}.h5"
            write_weights(python, ODD_ARRAYS if odd else TINY.arrays, weights)
            cases[title] = case = make_case(tmp_path_factory.mktemp("job"), weights)
            case.job.update(TITLES[title])
            if odd:
                case.job["architecture"] = ODD_ARCHITECTURE
            case.write()
        environment = stack_environment(cache_folder("theano"))
        environment["THEANO_FLAGS"] += flags
        run_jobs("extract_keras2.py", python, cases.values(), environment)
        return cases

    def result_of(version, title):
        if (version, title) == ALONE:
            case = ran(version, (title,), ",profile=True")[title]
        else:
            case = ran(version, RUNS[version])[title]
        result = case.result()
        assert result["versions"]["keras"] == version
        return result, case

    return result_of


def errors(result, case, kind="shared", arrays=TINY.arrays):
    """Relative L2 of every feature against a float64 pass."""
    if kind == "shared":
        tensor = case.shared
    else:
        # Nearest neighbour, as Pillow resized in 2017 when it was told no filter.
        tensor = case.image[:, 1::2, 1::2].astype(np.float64) - MEAN_RGB
    expected = forward(arrays, tensor)
    return [
        relative_l2(case.array(result["features"][kind][each["name"]]), expected[each["layer"]])
        for each in case.job["features"]
    ]


@pytest.mark.parametrize("version", [BEFORE[0], *AFTER])
def test_with_the_default_order_every_version_is_right(old, version):
    """2.0.4 is below, with Theano's profiler."""
    assert_right_in_the_default_order(*old(version, "default"))


def assert_right_in_the_default_order(result, case):
    assert result["status"] == "ok", result["error"]
    assert max(errors(result, case)) < TOLERANCE
    assert max(errors(result, case, "native")) < TOLERANCE
    assert result["flags"]["image_dim_ordering"] == "tf"


@pytest.mark.parametrize("version", BEFORE)
def test_channels_first_loads_and_fails_at_predict(old, version):
    result, _ = old(version, "channels first")
    assert result["status"] == "failed"
    assert result["error"]["message"].startswith(
        "Input dimension mis-match. (input[1].shape[1] = 3, input[2].shape[1] = 4)\n"
    )
    assert set(result["phases"]) == {"load", "preprocess"}
    assert result["flags"]["image_dim_ordering"] == "th"
    # 3 x 3 x 3 x 4 in the file: input and output channels have changed places with the pixels.
    assert result["flags"]["kernel_shapes"].startswith("block1_conv1 3x4x3x3, ")


@pytest.mark.parametrize("version", AFTER)
def test_channels_first_is_right_since_2_0_5(old, version):
    result, case = old(version, "channels first")
    assert result["status"] == "ok", result["error"]
    assert max(errors(result, case)) < TOLERANCE
    assert result["flags"]["kernel_shapes"].startswith("block1_conv1 3x3x3x4, ")


@pytest.mark.parametrize("version", BEFORE)
def test_a_file_that_says_who_wrote_it_is_not_taken_for_keras_1(old, version):
    result, case = old(version, "stamped")
    assert result["status"] == "ok", result["error"]
    assert max(errors(result, case)) < TOLERANCE


def test_theano_s_profiler_tells_where_the_time_went(old):
    result, case = old(*ALONE)
    assert_right_in_the_default_order(result, case)
    flags = result["flags"]
    # A starting value is computed for each of 16 kernels and 16 biases, and then replaced.
    assert (flags["profile.load.functions"], flags["profile.predict.functions"]) == ("32", "1")
    assert "mrg_uniform" in flags["profile.load.operations"]
    assert "CorrMM" in flags["profile.predict.operations"]
    # First, one warm-up, two and the native input.
    assert int(flags["profile.predict.calls"]) >= 4
    assert float(flags["profile.predict.shuffle_seconds"]) > 0
    shuffling = float(flags["profile.predict.shuffle_seconds"])
    assert shuffling < float(flags["profile.predict.call_seconds"])


def test_2_0_5_still_misreads_a_kernel_whose_shape_does_not_tell(old):
    """Three channels to three with 3 x 3 pixels: every order of the axes has that shape."""
    wrong, case = old("2.0.5", "odd kernel")
    assert wrong["status"] == "ok"
    assert min(errors(wrong, case, arrays=ODD_ARRAYS)) > 0.1
