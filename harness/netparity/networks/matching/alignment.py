"""Which piece of one normal form comes nearest to which of another, if the structures differ.

Both are written as a sequence, each piece after those that it reads, and aligned with the least
cost (Needleman and Wunsch, 1970): a piece that only one network has costs 1, two pieces that differ
cost less the more they have in common.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from netparity.networks.graph import Shape
from netparity.networks.matching.pieces import COMMUTATIVE, NormalForm, Piece

Pairs = list[tuple[int | None, int | None]]

_MOST_CELLS = 1_500_000
_OTHER_NAME = 0.02
_NEVER = 3.0

_FAMILIES = (
    {"conv", "dense", "conv_transpose"},
    {"max_pool", "average_pool", "global_average", "global_max", "mean"},
    {"batch_norm", "lrn", "layer_norm", "l2_norm", "scale_shift"},
    {"add", "multiply", "subtract", "divide", "concat"},
    {"relu", "leaky_relu", "clipped_relu", "prelu", "sigmoid", "hard_sigmoid", "swish"}
    | {"hard_swish", "elu", "selu", "tanh", "gelu", "softmax"},
)


def align(a: NormalForm, b: NormalForm, as_read: bool = True) -> Pairs:
    """Places in `a` and `b` that belong together; None for a piece that the other lacks.

    Args:
        as_read: whether branches are taken in the order in which they are joined, rather than in
            the order of the file.
    """
    first, second = sequence(a, as_read), sequence(b, as_read)
    begin, end = _common(a, b, first, second, by_name=True)
    if (len(first) - begin - end) * (len(second) - begin - end) > _MOST_CELLS:
        begin, end = _common(a, b, first, second, by_name=False)
    last_a, last_b = len(first) - end, len(second) - end
    return [
        *zip(first[:begin], second[:begin], strict=True),
        *_least_cost(a, b, first[begin:last_a], second[begin:last_b]),
        *zip(first[last_a:], second[last_b:], strict=True),
    ]


def _common(
    a: NormalForm, b: NormalForm, first: Sequence[int], second: Sequence[int], by_name: bool
) -> tuple[int, int]:
    """How many pieces are equal at the beginning, and how many of the others at the end."""

    def equal(i: int, j: int) -> bool:
        x, y = a.pieces[i], b.pieces[j]
        return x.local == y.local and not (by_name and set(x.members).isdisjoint(y.members))

    begin, end = 0, 0
    while begin < min(len(first), len(second)) and equal(first[begin], second[begin]):
        begin += 1
    most = min(len(first), len(second)) - begin
    while end < most and equal(first[-1 - end], second[-1 - end]):
        end += 1
    return begin, end


def sequence(form: NormalForm, as_read: bool = True) -> list[int]:
    """Every place after those that it reads, a branch at a time, the deepest branch first."""
    depth: list[int] = []
    for piece in form.pieces:
        depth.append(1 + max((depth[place] for place in piece.inputs), default=0))
    done: set[int] = set()
    found = []
    for output in form.outputs:
        waiting = [(output, False)]
        while waiting:
            place, ready = waiting.pop()
            if place in done:
                continue
            if ready:
                done.add(place)
                found.append(place)
                continue
            piece = form.pieces[place]
            inputs = list(piece.inputs)
            if piece.op in COMMUTATIVE or not as_read:
                inputs.sort(key=lambda source: (-depth[source], 0 if as_read else source))
            waiting.append((place, True))
            waiting += [(source, False) for source in reversed(inputs)]
    return found


def _least_cost(a: NormalForm, b: NormalForm, first: Sequence[int], second: Sequence[int]) -> Pairs:
    if not first or not second or len(first) * len(second) > _MOST_CELLS:
        return [(place, None) for place in first] + [(None, place) for place in second]
    costs = [float(column) for column in range(len(second) + 1)]
    moves: list[bytearray] = []
    price = _price_list(a, b, first, second)
    for row in range(len(first)):
        corner, costs[0] = costs[0], row + 1.0
        move = bytearray(len(second))
        for column in range(len(second)):
            both = corner + price(row, column)
            only_a, only_b = costs[column + 1] + 1.0, costs[column] + 1.0
            corner = costs[column + 1]
            least = min(both, only_a, only_b)
            costs[column + 1] = least
            move[column] = 0 if least == both else 1 if least == only_a else 2
        moves.append(move)
    return _traced(moves, first, second)


def _traced(moves: Sequence[bytearray], first: Sequence[int], second: Sequence[int]) -> Pairs:
    pairs: Pairs = []
    row, column = len(first), len(second)
    while row or column:
        move = 2 if not row else 1 if not column else moves[row - 1][column - 1]
        row -= move in (0, 1)
        column -= move in (0, 2)
        pairs.append((None if move == 2 else first[row], None if move == 1 else second[column]))
    return pairs[::-1]


def _price_list(
    a: NormalForm, b: NormalForm, first: Sequence[int], second: Sequence[int]
) -> Callable[[int, int], float]:
    """The cost of taking two pieces for each other; equal kinds of pieces are compared once."""
    kinds_a, samples_a = _kinds([a.pieces[place] for place in first])
    kinds_b, samples_b = _kinds([b.pieces[place] for place in second])
    names_a = [set(a.pieces[place].members) for place in first]
    names_b = [set(b.pieces[place].members) for place in second]
    table = [[_cost(x, y) for y in samples_b] for x in samples_a]

    def price(row: int, column: int) -> float:
        cost = table[kinds_a[row]][kinds_b[column]]
        return cost if names_a[row] & names_b[column] else cost + _OTHER_NAME

    return price


def _kinds(pieces: Sequence[Piece]) -> tuple[list[int], list[Piece]]:
    """The number of each piece's kind, and one piece of each kind."""
    known: dict[object, int] = {}
    samples: list[Piece] = []
    kinds = []
    for piece in pieces:
        if piece.local not in known:
            known[piece.local] = len(samples)
            samples.append(piece)
        kinds.append(known[piece.local])
    return kinds, samples


def _cost(a: Piece, b: Piece) -> float:
    if a.local == b.local:
        return 0.0
    if a.op != b.op:
        related = any(a.op in family and b.op in family for family in _FAMILIES)
        return 1.3 if related else _NEVER
    settings = len(set(a.settings) ^ set(b.settings)) / 2
    roles = [role for role in {*a.tensors, *b.tensors} if _shape(a, role) != _shape(b, role)]
    return min(1.2, 0.2 * settings + 0.3 * len(roles))


def _shape(piece: Piece, role: str) -> Shape | None:
    return piece.tensors[role].shape if role in piece.tensors else None
