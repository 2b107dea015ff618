"""Timing: order and number of rounds, statistics of the seconds, facts about the machine."""

from netparity.timing.calibration import calibrate
from netparity.timing.cautions import cautions
from netparity.timing.comparison import compare_all, compare_runs, rounds_needed
from netparity.timing.estimate import ends, estimate
from netparity.timing.machine import cpus_available, describe_machine
from netparity.timing.per_layer import per_layer
from netparity.timing.roofline import hardware_limit
from netparity.timing.schedule import Schedule, shuffled_rounds
from netparity.timing.summary import summarise
from netparity.timing.winners import Winner, winner

__all__ = [
    "Schedule",
    "Winner",
    "calibrate",
    "cautions",
    "compare_all",
    "compare_runs",
    "cpus_available",
    "describe_machine",
    "ends",
    "estimate",
    "hardware_limit",
    "per_layer",
    "rounds_needed",
    "shuffled_rounds",
    "summarise",
    "winner",
]
