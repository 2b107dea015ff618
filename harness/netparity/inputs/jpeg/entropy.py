"""The Huffman coded coefficients of a JPEG file (ITU-T T.81, annex F)."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from netparity.inputs.jpeg.segments import ZIGZAG, Frame, HuffmanTable

_BITS = 16
_CHUNK = 6
"""Bytes that are read at a time."""

_RESTART_OR_END = re.compile(rb"\xff([\x01-\xfe])")


def coefficients(frame: Frame) -> list[npt.NDArray[np.int64]]:
    """Those of each component, blocks down x blocks across x 64 (row by row), as in the file.

    Raises:
        ValueError: if the data are damaged.
    """
    across, down = frame.units
    planes = [
        np.zeros((down * part.down, across * part.across, 64), dtype=np.int64)
        for part in frame.components
    ]
    intervals = _intervals(frame.scan)
    each = frame.restart or across * down
    if len(intervals) != -(-across * down // each):
        raise ValueError("it has not as many intervals as it should have")
    tables = {key: _lookup(table) for key, table in frame.huffman.items()}
    for number, data in enumerate(intervals):
        reader = _Reader(data)
        predictions = [0] * len(planes)
        for unit in range(number * each, min((number + 1) * each, across * down)):
            row, column = divmod(unit, across)
            for index, part in enumerate(frame.components):
                dc, ac = tables[0, part.dc], tables[1, part.ac]
                for place in range(part.down * part.across):
                    block, predictions[index] = reader.block(dc, ac, predictions[index])
                    i = row * part.down + place // part.across
                    j = column * part.across + place % part.across
                    planes[index][i, j, block[0]] = block[1]
    for plane in planes:
        plane[..., ZIGZAG] = plane.copy()
    return planes


def _intervals(scan: bytes) -> list[bytes]:
    """The data between restart markers, up to the next other marker."""
    intervals, begin = [], 0
    for marker in _RESTART_OR_END.finditer(scan):
        intervals.append(scan[begin : marker.start()].replace(b"\xff\x00", b"\xff"))
        begin = marker.end()
        if not 0xD0 <= marker.group(1)[0] <= 0xD7:
            return intervals
    raise ValueError("it has no end")


def _lookup(table: HuffmanTable) -> list[int]:
    """For each 16 bits: 256 * the length of the code that they begin with + its symbol; or 0."""
    counts, symbols = table
    entries: list[int] = []
    at = 0
    for length, count in enumerate(counts, start=1):
        for symbol in symbols[at : at + count]:
            entries += [256 * length + symbol] * (1 << (_BITS - length))
        at += count
    if len(entries) > 1 << _BITS:
        raise ValueError("a Huffman table has too many codes")
    return entries + [0] * ((1 << _BITS) - len(entries))


class _Reader:
    """Reads blocks from an interval."""

    def __init__(self, data: bytes) -> None:
        self._data = data + bytes(4 * _CHUNK)
        self._at, self._bits, self._left = 0, 0, 0

    def block(
        self, dc: list[int], ac: list[int], prediction: int
    ) -> tuple[tuple[list[int], list[int]], int]:
        """Places in the file's order and values other than zero; and the first coefficient."""
        places, values = [0], [0]
        bits, left, at, data = self._bits, self._left, self._at, self._data
        k, table = 0, dc
        while k < 64:
            if left < 2 * _BITS:
                if at >= len(data) - _CHUNK:
                    raise ValueError("the data end too early")
                bits = (bits & ((1 << left) - 1)) << (8 * _CHUNK)
                bits |= int.from_bytes(data[at : at + _CHUNK])
                left, at = left + 8 * _CHUNK, at + _CHUNK
            entry = table[(bits >> (left - _BITS)) & 0xFFFF]
            if not entry:
                raise ValueError("a code is unknown")
            left -= entry >> 8
            size = entry & 15
            value = 0
            if size:
                left -= size
                value = (bits >> left) & ((1 << size) - 1)
                if value < 1 << (size - 1):
                    value -= (1 << size) - 1
            if k == 0:
                prediction += value
                values[0], k, table = prediction, 1, ac
                continue
            run = (entry & 255) >> 4
            if not size:
                if run != 15:
                    break  # the end of the block
                k += 16
                continue
            k += run
            if k > 63:
                raise ValueError("a block has too many coefficients")
            places.append(k)
            values.append(value)
            k += 1
        self._bits, self._left, self._at = bits, left, at
        return (places, values), prediction
