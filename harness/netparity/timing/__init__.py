"""Timing: the order of the processes, the summary of the seconds, the machine's facts."""

from netparity.timing.machine import cpus_available, describe_machine
from netparity.timing.schedule import shuffled_rounds
from netparity.timing.summary import summarise

__all__ = ["cpus_available", "describe_machine", "shuffled_rounds", "summarise"]
