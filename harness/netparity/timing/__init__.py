"""Timing: order and number of rounds, statistics of the seconds, facts about the machine."""

from netparity.timing.calibration import calibrate
from netparity.timing.cautions import cautions
from netparity.timing.comparison import LEAST_ROUNDS, compare_all, compare_runs
from netparity.timing.estimate import ends, estimate
from netparity.timing.machine import cpus_available, describe_machine
from netparity.timing.nodes import node_cautions
from netparity.timing.pairs import log_ratios
from netparity.timing.per_layer import per_layer
from netparity.timing.roofline import hardware_limit
from netparity.timing.schedule import Schedule, shuffled_rounds
from netparity.timing.summary import summarise
from netparity.timing.trust import DELAY, ROUNDS, Trust, trust
from netparity.timing.turns import Cost, TurnPlan, plan_turns, repeats_alone
from netparity.timing.usage import taken_while_stolen, usage_cautions
from netparity.timing.verdict import SAME_WITHIN
from netparity.timing.winners import Winner, winner

__all__ = [
    "DELAY",
    "LEAST_ROUNDS",
    "ROUNDS",
    "SAME_WITHIN",
    "Cost",
    "Schedule",
    "Trust",
    "TurnPlan",
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
    "log_ratios",
    "node_cautions",
    "per_layer",
    "plan_turns",
    "repeats_alone",
    "shuffled_rounds",
    "summarise",
    "taken_while_stolen",
    "trust",
    "usage_cautions",
    "winner",
]
