"""Parity: the reference, the noise floor, metrics and verdicts. Pure: arrays in, numbers out."""

from netparity.parity.compare import REFERENCE, compare_features
from netparity.parity.floor import FEWER_ORDERS, ORDERS, LayerFloor, reference_with_floor
from netparity.parity.metrics import Measured, measure
from netparity.parity.reference import forward, forward_float32
from netparity.parity.truth import ReferencePass, Truth
from netparity.parity.verdict import FLOOR_FACTOR, Rule, degeneracy, judge

__all__ = [
    "FEWER_ORDERS",
    "FLOOR_FACTOR",
    "ORDERS",
    "REFERENCE",
    "LayerFloor",
    "Measured",
    "ReferencePass",
    "Rule",
    "Truth",
    "compare_features",
    "degeneracy",
    "forward",
    "forward_float32",
    "judge",
    "measure",
    "reference_with_floor",
]
