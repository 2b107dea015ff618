"""Does a classifier trained on one tool's features work on another's?"""

from netparity.transfer.request import Request
from netparity.transfer.running import run_transfer

__all__ = ["Request", "run_transfer"]
