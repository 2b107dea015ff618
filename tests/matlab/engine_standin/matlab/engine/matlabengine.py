"""MatlabEngine: every attribute is a function of MATLAB's."""

import io

from matlab.engine.engineerror import RejectedExecutionError
from matlab.engine.futureresult import FutureResult
from matlab.engine.octave import PLAY, note

engines = []


class MatlabFunc:
    """One function, called by name."""

    def __init__(self, eng, name):
        self._engine, self._name = eng, name

    def __call__(self, *args, **kwargs):
        nargout = kwargs.pop("nargout", 1)
        stdout = kwargs.pop("stdout", None)
        stderr = kwargs.pop("stderr", None)
        background = kwargs.pop("background", False)
        if kwargs:
            raise TypeError(f"unknown argument {next(iter(kwargs))!r}")
        for stream in (stdout, stderr):
            if stream is not None and not isinstance(stream, io.StringIO):
                raise TypeError("stdout and stderr must be io.StringIO")
        if not self._engine._check_matlab():
            raise RejectedExecutionError("MATLAB has already terminated.")
        note(self._name, *args)
        if PLAY == "unforeseen" and "extract_features" in args:
            raise ValueError("nothing that the host knows of")
        answer = self._engine._matlab.call(self._name, args, nargout)
        future = FutureResult(self._engine, answer, nargout, stdout, stderr, feval=True)
        return future if background else future.result()


class MatlabEngine:
    """A started or a joined Octave."""

    def __init__(self, matlab):
        self.__dict__["_matlab"] = matlab
        engines.append(self)

    def exit(self):
        """End it, or part from it."""
        if self._check_matlab():
            note("quit")
            self._matlab.close()
            self.__dict__.pop("_matlab")

    def quit(self):
        """The same."""
        self.exit()

    def __getattr__(self, name):
        if name == "_matlab":
            raise AttributeError(name)
        return MatlabFunc(self, name)

    def _check_matlab(self):
        return "_matlab" in self.__dict__
