"""Does a classifier trained on one tool's features work on another's?"""

from netparity.transfer.running import Request, run_transfer

__all__ = ["Request", "run_transfer"]
