"""The exceptions of `matlab.engine`. All but one are compiled into the real package."""


class RejectedExecutionError(Exception):
    """MATLAB has been quit or has ended."""

    def __init__(self, message):
        self.message = message

    def __repr__(self):
        return self.message


class EngineError(Exception):
    """MATLAB cannot be started or reached."""


class MatlabExecutionError(Exception):
    """A function raised an error in MATLAB."""


class CancelledError(Exception):
    """The task was cancelled."""


class InterruptedError(Exception):
    """The task was interrupted in MATLAB."""


class TimeoutError(Exception):
    """`result` was given less time than the task takes."""
