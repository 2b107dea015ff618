"""Python's values become those of a request; what does not fit is refused with what would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netparity.api.values import environments_of, request_of
from netparity.dataset.request import Request as DatasetRequest
from netparity.errors import UsageError
from netparity.run.request import Request
from netparity.runners.environments import Environments
from netparity.sweep.grid import Grid

SAME = [
    ({"images": "a.png"}, {"images": (Path("a.png"),)}),
    ({"images": [Path("a.png"), "b.png"]}, {"images": (Path("a.png"), Path("b.png"))}),
    ({"runners": "pytorch"}, {"runners": ("pytorch",)}),
    ({"layers": ["fc6", "fc7"]}, {"layers": "fc6,fc7"}),
    ({"mean": (103.939, 116.779, 123.68)}, {"mean": "103.939,116.779,123.68"}),
    ({"std": np.array([0.5, 0.25])}, {"std": "0.5,0.25"}),
    ({"scale": 0.5}, {"scale": "0.5"}),
    ({"input_size": (32, 48)}, {"input_size": "32,48"}),
    ({"input_size": 224}, {"input_size": "224"}),
    ({"affinity": range(3)}, {"affinity": "0,1,2"}),
    ({"memory_limit": 2**33}, {"memory_limit": "8589934592"}),
    ({"model": Path("mine.onnx")}, {"model": "mine.onnx"}),
    ({"results": "out"}, {"results": Path("out")}),
    ({"rounds": 7}, {"rounds": 7}),
    ({"rounds": "auto"}, {"rounds": "auto"}),
    ({"repeats": np.int64(3)}, {"repeats": 3}),
    ({"atol": np.float32(0.5)}, {"atol": 0.5}),
    ({"timeout_seconds": 60}, {"timeout_seconds": 60.0}),
]


@pytest.mark.parametrize(("given", "field"), SAME, ids=lambda value: str(*value.items()))
def test_what_is_natural_in_python_is_what_the_command_line_types(
    given: dict[str, Any], field: dict[str, Any]
) -> None:
    assert request_of(Request, given) == Request(**field)


REFUSED = [
    ({"rounds": 0}, r"rounds '0': expected a number from 1"),
    ({"rounds": "many"}, r"rounds 'many': expected a number from 1"),
    ({"rounds": 2.5}, r"rounds=2\.5: expected a whole number"),
    ({"repeats": 0}, r"repeats=0: expected at least 1"),
    ({"repeats": True}, r"repeats=True: expected a whole number"),
    ({"threads": 10**6}, r"threads=1000000: expected at most 4,?096"),
    ({"warmup": -1}, r"warmup=-1: expected at least 0"),
    ({"warmup": None}, r"warmup=None: expected a whole number"),
    ({"per_layer": "yes"}, r"per_layer='yes': expected True or False"),
    ({"results": 3}, r"results=3: expected a path"),
    ({"images": [3]}, r"images=3: expected a path"),
    ({"images": None}, r"images=None: expected a path, or a sequence"),
    ({"runners": b"pytorch"}, r"runners=b'pytorch': expected text, or a sequence"),
    ({"model": {"a": 1}}, r"model=\{'a': 1\}: expected text"),
    ({"layers": [None]}, r"layers=\[None\]: expected text"),
    ({"atol": "small"}, r"atol='small': expected a number"),
    ({"model": object}, r"model=<class 'object'>: expected text"),
    ({"environments": ["pytorch=/x"]}, r"environments=.*: expected a mapping such as"),
    ({"environments": {"nothing": "/x"}}, r"expected RUNNER=/path/to/python"),
]


@pytest.mark.parametrize(("given", "words"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_does_not_fit_is_refused_with_what_was_expected(
    given: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        request_of(Request, given)


def test_a_message_does_not_hold_a_whole_array() -> None:
    with pytest.raises(UsageError) as refused:
        request_of(Request, {"model": {"a": "x" * 10_000}})
    assert len(str(refused.value)) < 200


def test_interpreters_are_given_by_their_runner(tmp_path: Path) -> None:
    python = tmp_path / "python"
    made = environments_of({"keras3-tensorflow": python})
    assert made == environments_of({"keras3-tensorflow": str(python)})
    assert made != Environments()
    assert environments_of(made) is made


def test_other_requests_read_what_their_command_reads() -> None:
    assert request_of(Grid, {"batches": 4}).batches == (4,)
    assert request_of(Grid, {"batches": [1, 2], "threads": "1,2"}).threads == (1, 2)
    assert request_of(DatasetRequest, {"inputs": "both"}).inputs == ("shared", "native")
    assert request_of(DatasetRequest, {"inputs": ["native"]}).inputs == ("native",)
