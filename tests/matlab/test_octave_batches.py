"""Where a forward pass of many images begins and ends: as in python/extractor.py."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np

from extractor import in_batches
from tests.support.octave_process import OctaveError

Call = Callable[[list[tuple]], list]
OPTIONS = [
    ({}, 40),
    ({"batch": "16"}, 32),
    ({"batch": "3", "parts": "4,0,5"}, 9),
    ({"batch": "3", "parts": "9"}, 9),
    ({"batch": "1", "parts": "1,1"}, 2),
]


def test_both_languages_divide_images_alike(call: Call) -> None:
    found = call([("list_batches", {"options": options}, float(n)) for options, n in OPTIONS])
    for (options, count), bounds in zip(OPTIONS, found, strict=True):
        job, images = SimpleNamespace(options=options), list(range(1, count + 1))
        expected = [[batch[0], batch[-1]] for batch in in_batches(job, images, list)]
        np.testing.assert_array_equal(np.atleast_2d(bounds), expected)


def test_parts_that_are_not_all_images_are_refused(call: Call) -> None:
    [error] = call([("list_batches", {"options": {"parts": "4,4"}}, 9.0)])
    assert isinstance(error, OctaveError)
    assert "has 8 images, but the job has 9" in error
