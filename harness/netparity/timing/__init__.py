"""Timing: the order of the processes, the summary of the seconds, the machine's facts."""

from netparity.timing.calibration import calibrate
from netparity.timing.machine import cpus_available, describe_machine
from netparity.timing.schedule import Schedule, shuffled_rounds
from netparity.timing.summary import summarise

__all__ = [
    "Schedule",
    "calibrate",
    "cpus_available",
    "describe_machine",
    "shuffled_rounds",
    "summarise",
]
