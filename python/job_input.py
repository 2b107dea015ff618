"""The input of a job: the shared tensor, or what the tool makes of images; whole or in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from job_files import Job
from stack import Stack


def native_input(stack: Stack, job: Job, image_files: list[str]) -> np.ndarray:
    """Return what the tool makes of images: what `Stack.predict` takes.

    Raises ValueError for a network whose preprocessing is not known.
    """
    if job.network is None:
        assert job.architecture is not None
        return stack.preprocess(image_files, job.architecture.input_size)
    if job.preprocessing is None:
        raise ValueError(
            f"the job has {len(job.images)} images, but 'preprocessing' is null; say how the "
            "network's input is made, or give the input itself and no images"
        )
    return stack.preprocess_as(image_files, job.shared_input.shape[1:], job.preprocessing)


def read_shared_input(job: Job) -> np.ndarray:
    """Return the shared tensor, N x H x W x C float32, mean subtracted; RGB without `network`.

    Raises ValueError if the file is not what the job says.
    """
    shared = job.shared_input
    is_known = shared.channel_order == "RGB" or job.network is not None
    if not is_known or shared.mean_subtracted is not True:
        raise ValueError(
            f"the job's shared_input has channel_order {shared.channel_order!r} and "
            f"mean_subtracted {shared.mean_subtracted!r}, expected 'RGB' and true; "
            "write the input again"
        )
    tensor: np.ndarray = np.load(shared.file, allow_pickle=False)
    if tensor.dtype != np.float32 or list(tensor.shape) != list(shared.shape):
        raise ValueError(
            f"shared input '{shared.file}' is {tensor.dtype} of shape {list(tensor.shape)}, "
            f"expected float32 of shape {shared.shape}; write the input again"
        )
    return tensor


def in_batches(job: Job, images: Any, make: Callable[[Any], np.ndarray]) -> Iterator[np.ndarray]:
    """Yield the tensor of each forward pass; `images` are files, or the shared tensor.

    Raises ValueError if the parts are not all images.
    """
    batch = int(job.options.get("batch", "16"))
    parts = [int(part) for part in job.options.get("parts", str(len(images))).split(",")]
    if sum(parts) != len(images):
        raise ValueError(
            f"option parts is {job.options['parts']!r}, which is {sum(parts)} images, but the job "
            f"has {len(images)}; correct the job"
        )
    begin = 0
    for part in parts:
        for start in range(begin, begin + part, batch):
            yield make(images[start : min(start + batch, begin + part)])
        begin += part
