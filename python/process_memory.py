"""How the C library keeps the memory that this process frees."""

from __future__ import annotations

_LARGEST_COUNTED = 32 * 2**20
"""Bytes: a block above this does not raise M_MMAP_THRESHOLD; see mallopt(3)."""


def keep_freed_memory() -> None:
    """Have memory that is freed from now on kept for what is needed next.

    glibc keeps free memory up to twice the size of the largest block that the process ever freed,
    which depends on how the weights happened to be read. The rest goes back to the kernel and has
    to be fetched again page by page: 1,800 page faults in each batch of a small network in PyTorch,
    a quarter of its time. With another C library this function does nothing.
    """
    bytearray(_LARGEST_COUNTED - 2**16)  # freed at once; its pages are never touched
