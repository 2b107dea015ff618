"""A tiny VGG16 for the tests of the Python extractors."""

from __future__ import annotations

from pathlib import Path

import pytest

from netparity.system.cache import cache_folder
from tests.support.tiny_vgg16 import TINY, Case, make_case, stack_environment, write_weights


@pytest.fixture
def environment() -> dict[str, str]:
    """What the harness would set: two threads, and its compile cache."""
    return stack_environment(cache_folder("theano"))


@pytest.fixture(scope="session", params=["keras3", "keras2"])
def stack(request: pytest.FixtureRequest) -> tuple[str, str]:
    """(extractor's file name, its interpreter), for every stack there is."""
    python = request.getfixturevalue(f"{request.param}_python")
    return f"extract_{request.param}.py", python


@pytest.fixture(scope="session")
def weights_file(stack: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny weights in the published layout, written by the stack's own h5py."""
    path = tmp_path_factory.mktemp("with space") / "weights é.h5"
    write_weights(stack[1], TINY.arrays, path)
    return path


@pytest.fixture
def case(tmp_path: Path, weights_file: Path) -> Case:
    """A job for the tiny network, with its image, shared input and output folder."""
    return make_case(tmp_path, weights_file)
