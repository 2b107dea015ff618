"""The segments of a JPEG file (ITU-T T.81, annex B)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

_SOI, _EOI, _SOS, _DQT, _DHT, _DRI, _ADOBE = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xEE
_SEQUENTIAL = (0xC0, 0xC1)
_OTHER_FRAMES = (0xC2, 0xC3, *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0))
_MOST_PIXELS = 100_000_000
_MOST_SAMPLES = 2

ZIGZAG = np.array(
    sorted(range(64), key=lambda i: (i // 8 + i % 8, (i // 8 if (i // 8 + i % 8) % 2 else i % 8)))
)
"""Position in an 8 x 8 block, row by row, of the k-th coefficient of a file."""

HuffmanTable = tuple[tuple[int, ...], bytes]
"""How many codes there are of 1 to 16 bits, and the symbols in the order of their codes."""


@dataclass
class Component:
    """One plane of the image.

    Attributes:
        across: its samples in a row of the smallest unit, 1 or 2.
        down: the same for a column.
        quantisation: number of its table.
        dc: number of its Huffman table for the first coefficient of a block.
        ac: the same for all others.
    """

    identifier: int
    across: int
    down: int
    quantisation: int
    dc: int = 0
    ac: int = 0


@dataclass
class Frame:
    """What a file says of its image, and its entropy coded data.

    Attributes:
        restart: units between two restart markers; 0 for none.
        quantisation: number to 64 divisors, row by row.
        huffman: class (0 for DC, 1 for AC) and number to table.
    """

    height: int = 0
    width: int = 0
    components: list[Component] = field(default_factory=list)
    restart: int = 0
    quantisation: dict[int, npt.NDArray[np.int64]] = field(default_factory=dict)
    huffman: dict[tuple[int, int], HuffmanTable] = field(default_factory=dict)
    scan: bytes = b""

    @property
    def most(self) -> tuple[int, int]:
        """The largest number of samples, across and down."""
        return max(c.across for c in self.components), max(c.down for c in self.components)

    @property
    def units(self) -> tuple[int, int]:
        """Units (MCUs) across and down."""
        across, down = self.most
        return -(-self.width // (8 * across)), -(-self.height // (8 * down))

    def size_of(self, component: Component) -> tuple[int, int]:
        """Height and width of a component's plane."""
        across, down = self.most
        return (
            -(-self.height * component.down // down),
            -(-self.width * component.across // across),
        )


def parse(data: bytes) -> Frame:
    """The segments of a file up to its entropy coded data.

    Raises:
        ValueError: if it is damaged, or not sequential, 8 bits and grey or YCbCr.
    """
    frame, at = Frame(), 2
    if data[:2] != bytes([0xFF, _SOI]):
        raise ValueError("it is not a JPEG file")
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise ValueError("a segment does not begin with a marker")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        length = int.from_bytes(data[at + 2 : at + 4])
        body = data[at + 4 : at + 2 + length]
        if len(body) != length - 2:
            raise ValueError("a segment is cut short")
        _take(frame, marker, body)
        at += 2 + length
        if marker == _SOS:
            frame.scan = data[at:]
            return frame
    raise ValueError("it holds no image")


def _take(frame: Frame, marker: int, body: bytes) -> None:
    if marker in _SEQUENTIAL:
        _take_frame(frame, body)
    elif marker in _OTHER_FRAMES or marker == _EOI:
        raise ValueError("it is not sequential and Huffman coded")
    elif marker == _DQT:
        _take_quantisation(frame, body)
    elif marker == _DHT:
        _take_huffman(frame, body)
    elif marker == _DRI:
        frame.restart = int.from_bytes(body[:2])
    elif marker == _ADOBE and body[:5] == b"Adobe" and len(body) > 11 and body[11] != 1:
        raise ValueError("its colours are not YCbCr")
    elif marker == _SOS:
        _take_scan(frame, body)


def _take_frame(frame: Frame, body: bytes) -> None:
    if len(body) < 6 or body[0] != 8 or body[5] not in (1, 3) or len(body) < 6 + 3 * body[5]:
        raise ValueError("it has not 8 bits and 1 or 3 components")
    frame.height, frame.width = int.from_bytes(body[1:3]), int.from_bytes(body[3:5])
    if not 0 < frame.height * frame.width <= _MOST_PIXELS:
        raise ValueError("its size is not known or too large")
    for at in range(6, 6 + 3 * body[5], 3):
        across, down = body[at + 1] >> 4, body[at + 1] & 15
        frame.components.append(Component(body[at], across, down, body[at + 2]))
    if body[5] == 1:  # the only component has one sample in each unit, whatever is stated
        frame.components[0].across = frame.components[0].down = 1
    colours = [(each.across, each.down) for each in frame.components[1:]]
    own = frame.components[0].across, frame.components[0].down
    if max(own) > _MOST_SAMPLES or min(own) < 1 or any(each != (1, 1) for each in colours):
        raise ValueError("its sampling is unusual")
    if len(frame.components) == 3 and own == (1, 2):
        raise ValueError("its sampling is unusual")


def _take_quantisation(frame: Frame, body: bytes) -> None:
    while body:
        width = 1 + (body[0] >> 4)
        if len(body) < 1 + 64 * width:
            raise ValueError("a table of divisors is cut short")
        given = np.frombuffer(body[1 : 1 + 64 * width], ">u2" if width == 2 else "u1")
        table = np.zeros(64, dtype=np.int64)
        table[ZIGZAG] = given
        frame.quantisation[body[0] & 15] = table
        body = body[1 + 64 * width :]


def _take_huffman(frame: Frame, body: bytes) -> None:
    while body:
        counts = tuple(body[1:17])
        symbols = body[17 : 17 + sum(counts)]
        if len(counts) != 16 or len(symbols) != sum(counts):
            raise ValueError("a Huffman table is cut short")
        frame.huffman[body[0] >> 4, body[0] & 15] = counts, symbols
        body = body[17 + sum(counts) :]


def _take_scan(frame: Frame, body: bytes) -> None:
    if not frame.components or not body or body[0] != len(frame.components):
        raise ValueError("its components are not in one scan")
    if len(body) < 1 + 2 * body[0]:
        raise ValueError("the scan's header is cut short")
    for component, at in zip(frame.components, range(1, 1 + 2 * body[0], 2), strict=True):
        component.dc, component.ac = body[at + 1] >> 4, body[at + 1] & 15
        if body[at] != component.identifier:
            raise ValueError("its components are in another order")
        needed = (0, component.dc), (1, component.ac)
        if component.quantisation not in frame.quantisation or any(
            each not in frame.huffman for each in needed
        ):
            raise ValueError("a table is missing")
