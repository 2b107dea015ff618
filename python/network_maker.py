"""What the programs that make a framework's own networks by name have in common.

Such a program is started with a request file (JSON) as its only argument. It makes one network,
writes its files into the request's `folder`, and last of all an answer (JSON) beside them. Exit
codes: 0 made, 1 failed, with the reason in the answer. Standard output and error are logs.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from job_files import write_file

ANSWER = "answer.json"
MOST_LETTERS = 600


class UnknownNetworkError(ValueError):
    """The framework has no network of the name; `names` are those that it has."""

    def __init__(self, names: list[str]) -> None:
        super().__init__("there is no network of this name")
        self.names = names


@dataclass(frozen=True)
class Request:
    """What to make.

    name: as the framework calls it; seed: of the random weights; input_size: height and width, None
    for the framework's own; weights: a file of the framework's, None for random weights; folder:
    for the results.
    """

    name: str
    seed: int
    input_size: list[int] | None
    weights: str | None
    folder: str

    def path(self, suffix: str) -> str:
        """Return the path of a result."""
        return str(Path(self.folder) / f"{self.name}{suffix}")


def main(make: Callable[[Request], dict[str, Any]], argv: list[str]) -> int:
    """Read the request, make the network, and write the answer; return the exit code."""
    request = Request(**json.loads(Path(argv[0]).read_text(encoding="utf-8")))
    try:
        answer, code = make(request), 0
    except UnknownNetworkError as error:
        answer, code = {"names": error.names}, 1
    except Exception as error:
        traceback.print_exc()
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        answer, code = {"error": reason[:MOST_LETTERS]}, 1
    content = json.dumps(answer, indent=1, allow_nan=False).encode()
    write_file(Path(request.folder) / ANSWER, content)
    return code


def unlike(values: np.ndarray, generator: np.random.Generator) -> np.ndarray | None:
    """Return random values in place of an initial constant; None for values that differ already.

    Networks begin with biases of 0, scales of 1 and the like, under which a swapped, shifted or
    forgotten tensor makes no difference.
    """
    if values.dtype.kind != "f" or not values.size or np.any(values != values.flat[0]):
        return None
    constant = float(values.flat[0])
    if constant == 0:
        drawn = 0.05 * generator.standard_normal(values.shape)
    elif constant == 1:
        drawn = generator.uniform(0.75, 1.25, values.shape)
    else:  # the small scale of a branch, such as 1e-6, under which it would have no effect
        drawn = generator.uniform(0.1, 0.5, values.shape)
    return np.asarray(drawn, values.dtype)


def normalising(
    mean: np.ndarray, variance: np.ndarray, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return a mean and a variance for each channel, of the size of those of one image.

    Sizes are rounded to powers of 2, so that every machine gets the same numbers.
    """
    typical = float(np.mean(variance)) + float(np.var(mean))
    size = 2.0 ** round(np.log2(typical)) if typical > 0 else 1.0
    means = 0.1 * np.sqrt(size) * generator.standard_normal(mean.shape)
    variances = size * generator.uniform(0.75, 1.25, variance.shape)
    return np.asarray(means, np.float32), np.asarray(variances, np.float32)


def say(text: str) -> None:
    """Write a line to the log."""
    print(text, file=sys.stderr, flush=True)
