"""The kinds of reduced precision, how each is simulated, and how an error is compared with one."""

from netparity.parity.precisions.kinds import STORED_ONLY, Kind, kinds_for, storing_kinds
from netparity.parity.precisions.legs import Likeness, compare_errors
from netparity.parity.precisions.modes import above_others, common_directions, deviations_left
from netparity.parity.precisions.narrow_steps import is_narrow_step
from netparity.parity.precisions.noise import is_noise, without_tiles

__all__ = [
    "STORED_ONLY",
    "Kind",
    "Likeness",
    "above_others",
    "common_directions",
    "compare_errors",
    "deviations_left",
    "is_narrow_step",
    "is_noise",
    "kinds_for",
    "storing_kinds",
    "without_tiles",
]
