"""Why features disagree: known mistakes made on the reference until the disagreement vanishes.

Pure: arrays in, findings out.
"""

from netparity.diagnosis.findings import Cause, Diagnosis, Explanation, Finding
from netparity.diagnosis.mistakes import INPUT_CHANGES, INPUT_TITLES, InputChange
from netparity.diagnosis.search import Search

__all__ = [
    "INPUT_CHANGES",
    "INPUT_TITLES",
    "Cause",
    "Diagnosis",
    "Explanation",
    "Finding",
    "InputChange",
    "Search",
]
