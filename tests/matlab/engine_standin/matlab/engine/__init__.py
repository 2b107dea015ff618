"""Stands in for `matlab.engine`: its functions, classes and exceptions, on a real GNU Octave.

What the host calls is there under the names and with the arguments of the real package, which
test_engine_package.py compares. The environment says how it is to behave:

STANDIN_PLAY      a way of failing, see below, in `matlab` and in `matlab.engine.octave`
STANDIN_NOTES     a file that gets a line for every call
STANDIN_SESSIONS  a folder with one folder for each shared session
"""

import atexit
import os

if os.environ.get("STANDIN_PLAY") == "unsupported Python":
    raise OSError(
        "MATLAB Engine for Python supports Python version 3.9, 3.10, 3.11, and 3.12, but your "
        "version of Python is 3_99"
    )
if os.environ.get("STANDIN_PLAY") == "unsupported Python, older engine":
    raise OSError("Python 3_99 is not supported.")
if os.environ.get("STANDIN_PLAY") == "another release":
    raise OSError(
        "Please reinstall MATLAB Engine for Python or contact MathWorks Technical Support for "
        "assistance:\nFirst issue: No module named 'matlabengineforpython_abi3'"
    )

from matlab.engine.engineerror import (
    CancelledError,
    EngineError,
    InterruptedError,
    MatlabExecutionError,
    RejectedExecutionError,
    TimeoutError,
)
from matlab.engine.futureresult import FutureResult
from matlab.engine.matlabengine import MatlabEngine, engines
from matlab.engine.octave import note, shared_sessions

__all__ = [
    "CancelledError",
    "EngineError",
    "FutureResult",
    "InterruptedError",
    "MatlabEngine",
    "MatlabExecutionError",
    "RejectedExecutionError",
    "TimeoutError",
    "connect_matlab",
    "find_matlab",
    "start_matlab",
]


def start_matlab(option="-nodesktop", **kwargs):
    """Start an Octave."""
    if not isinstance(option, str):
        raise TypeError("the startup option must be a str")
    note("start", option)
    return _now_or_later(FutureResult(option=option), kwargs)


def find_matlab():
    """Names of the shared sessions."""
    return tuple(sorted(shared_sessions()))


def connect_matlab(name=None, **kwargs):
    """Join a shared Octave."""
    note("connect", name)
    return _now_or_later(FutureResult(name=name, attach=True), kwargs)


def _now_or_later(future, kwargs):
    background = kwargs.pop("background", False)
    if kwargs:
        raise TypeError(f"unknown argument {next(iter(kwargs))!r}")
    return future if background else future.result()


@atexit.register
def _exit_engines():
    for engine in engines:
        engine.exit()
