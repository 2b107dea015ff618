"""What the programs that make networks by name have in common."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from network_maker import (
    ANSWER,
    Request,
    UnknownNetworkError,
    main,
    normalising,
    unlike,
)


@pytest.fixture
def request_file(tmp_path: Path) -> Path:
    given = {"name": "net", "seed": 3, "input_size": [8, 9], "weights": None}
    path = tmp_path / "request.json"
    path.write_text(json.dumps({**given, "folder": str(tmp_path)}))
    return path


def answer(request_file: Path) -> dict[str, object]:
    return json.loads((request_file.parent / ANSWER).read_text())


def test_the_answer_is_what_the_function_returns(request_file: Path) -> None:
    seen: list[Request] = []

    def make(request: Request) -> dict[str, object]:
        seen.append(request)
        return {"file": "net.keras"}

    assert main(make, [str(request_file)]) == 0
    assert answer(request_file) == {"file": "net.keras"}
    assert (seen[0].seed, seen[0].input_size) == (3, [8, 9])
    assert seen[0].path(".keras") == str(request_file.parent / "net.keras")


def test_an_unknown_name_is_answered_with_all_names(request_file: Path) -> None:
    def make(request: Request) -> dict[str, object]:
        raise UnknownNetworkError(["a", "b"])

    assert main(make, [str(request_file)]) == 1
    assert answer(request_file) == {"names": ["a", "b"]}


def test_a_failure_is_one_short_line(request_file: Path) -> None:
    def make(request: Request) -> dict[str, object]:
        raise RuntimeError("a\n\tb " + "x" * 10_000)

    assert main(make, [str(request_file)]) == 1
    [(key, reason)] = answer(request_file).items()
    assert key == "error" and str(reason).startswith("RuntimeError: a b xxx")
    assert len(str(reason)) <= 600


@pytest.mark.parametrize("constant", [0.0, 1.0, 1e-6])
def test_no_initial_constant_stays(constant: float) -> None:
    """Under scales of 1, biases of 0 and branches of 1e-6, mistakes would make no difference."""
    drawn = unlike(np.full((64, 3), constant, np.float32), np.random.default_rng(0))
    assert drawn is not None and drawn.dtype == np.float32
    assert len(np.unique(drawn)) > 150
    assert np.all(drawn > 0) or constant == 0


def test_values_that_differ_and_counters_stay() -> None:
    generator = np.random.default_rng(0)
    assert unlike(np.arange(3, dtype=np.float32), generator) is None
    assert unlike(np.zeros((), np.int64), generator) is None
    assert unlike(np.zeros((0, 3), np.float32), generator) is None


def test_statistics_do_not_depend_on_the_last_digits() -> None:
    mean, variance = np.linspace(-1, 1, 8), np.linspace(1, 30, 8)
    pairs = [
        normalising(mean * factor, variance * factor, np.random.default_rng(0))
        for factor in (1, 1 + 1e-5)
    ]
    for first, second in zip(*pairs, strict=True):
        np.testing.assert_array_equal(first, second)
    assert 8 <= pairs[0][1].mean() <= 32  # near the mean variance, 15.5
