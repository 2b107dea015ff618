"""Agreement: the float64 reference, the metrics and the verdict. Pure: arrays in, numbers out."""

from netparity.parity.compare import compare_features
from netparity.parity.metrics import Metrics, measure
from netparity.parity.reference import forward
from netparity.parity.verdict import MAX_RELATIVE_L2, judge

__all__ = ["MAX_RELATIVE_L2", "Metrics", "compare_features", "forward", "judge", "measure"]
