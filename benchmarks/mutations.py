"""Random damage to files: what transfers, disks and people with hexadecimal editors do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Random = np.random.Generator

_EXTREMES = [
    *(b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80"),
    *(b"\x01\x00\x00\x00", b"\x00\x00\x00\x01", b"\x00\x10\x00\x00", b"\x00\x00\x10\x00"),
]
_LONGEST = 64


def flip_bits(data: bytes, random: Random) -> bytes:
    """One to four bits anywhere."""
    changed = bytearray(data)
    for _ in range(random.integers(1, 5)):
        changed[random.integers(len(changed))] ^= 1 << int(random.integers(8))
    return bytes(changed)


def flip_near_the_ends(data: bytes, random: Random) -> bytes:
    """A bit in the first or last 512 bytes, where headers and lists are."""
    changed = bytearray(data)
    at = int(random.integers(min(512, len(changed))))
    changed[at if random.random() < 0.6 else -1 - at] ^= 1 << int(random.integers(8))
    return bytes(changed)


def overwrite(data: bytes, random: Random) -> bytes:
    """A stretch of random bytes, zeros or ones."""
    at, size = _stretch(data, random)
    kinds = [random.bytes(size), bytes(size), b"\xff" * size]
    return data[:at] + kinds[random.integers(3)] + data[at + size :]


def set_a_number(data: bytes, random: Random) -> bytes:
    """Four bytes become the least, the largest or another odd number."""
    at = int(random.integers(max(1, len(data) - 4)))
    return data[:at] + _EXTREMES[random.integers(len(_EXTREMES))] + data[at + 4 :]


def remove(data: bytes, random: Random) -> bytes:
    """A stretch is missing."""
    at, size = _stretch(data, random)
    return data[:at] + data[at + size :]


def repeat(data: bytes, random: Random) -> bytes:
    """A stretch stands there again, at once or elsewhere."""
    at, size = _stretch(data, random)
    to = at if random.random() < 0.5 else int(random.integers(len(data)))
    return data[:to] + data[at : at + size] + data[to:]


def exchange(data: bytes, random: Random) -> bytes:
    """Two stretches of the same length change their places."""
    (a, size), (b, _) = sorted([_stretch(data, random), _stretch(data, random)])
    size = min(size, b - a, len(data) - b)
    left, right = data[a : a + size], data[b : b + size]
    return data[:a] + right + data[a + size : b] + left + data[b + size :]


def cut_off(data: bytes, random: Random) -> bytes:
    """The end is missing."""
    return data[: random.integers(len(data))]


def append(data: bytes, random: Random) -> bytes:
    """There is more behind the end."""
    return data + random.bytes(int(random.integers(1, _LONGEST)))


MUTATIONS: tuple[Callable[[bytes, Random], bytes], ...] = (
    flip_bits,
    flip_bits,
    flip_near_the_ends,
    flip_near_the_ends,
    overwrite,
    set_a_number,
    set_a_number,
    remove,
    repeat,
    exchange,
    cut_off,
    append,
)


def mutated(data: bytes, random: Random) -> bytes:
    """The file with one kind of damage, or rarely with several."""
    for _ in range(1 if random.random() < 0.8 else int(random.integers(2, 5))):
        if data:
            data = MUTATIONS[random.integers(len(MUTATIONS))](data, random)
    return data


def _stretch(data: bytes, random: Random) -> tuple[int, int]:
    at = int(random.integers(len(data)))
    return at, min(int(random.integers(1, _LONGEST)), len(data) - at)
