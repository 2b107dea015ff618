"""Timing: order and number of the rounds, statistics of the seconds, the machine's facts."""

from netparity.timing.calibration import calibrate
from netparity.timing.cautions import cautions
from netparity.timing.comparison import compare_all, rounds_needed
from netparity.timing.machine import cpus_available, describe_machine
from netparity.timing.roofline import hardware_limit
from netparity.timing.schedule import Schedule, shuffled_rounds
from netparity.timing.summary import summarise

__all__ = [
    "Schedule",
    "calibrate",
    "cautions",
    "compare_all",
    "cpus_available",
    "describe_machine",
    "hardware_limit",
    "rounds_needed",
    "shuffled_rounds",
    "summarise",
]
