"""Matching of networks: the same function under other names and in other spellings."""

from netparity.networks.matching.beginning import SharedBeginning, same_beginning
from netparity.networks.matching.compare import Matching, compare
from netparity.networks.matching.known import (
    known_as,
    match_alike,
    match_beginning,
    match_catalogue,
)
from netparity.networks.matching.tensors import TensorMatch

__all__ = [
    "Matching",
    "SharedBeginning",
    "TensorMatch",
    "compare",
    "known_as",
    "match_alike",
    "match_beginning",
    "match_catalogue",
    "same_beginning",
]
