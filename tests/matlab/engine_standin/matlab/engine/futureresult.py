"""FutureResult: of a start, of a connection or of a call."""

import time

from matlab.engine.engineerror import CancelledError, RejectedExecutionError, TimeoutError
from matlab.engine.octave import Octave, note, outcome


class FutureResult:
    """Asks its task again and again, as the real one does."""

    def __init__(self, *args, **kwargs):
        feval = kwargs.pop("feval", False)
        self._task = _Call(*args) if feval else _Start(**kwargs)
        self._cancelled = False

    def result(self, timeout=None):
        """What the task brings. Swallows KeyboardInterrupt, as the real one does."""
        deadline = None if timeout is None else time.monotonic() + timeout
        if self._cancelled:
            raise CancelledError("the task was cancelled")
        try:
            while not self.done():
                if deadline is not None and time.monotonic() > deadline:
                    raise TimeoutError("the task takes longer")
                time.sleep(0.02)
            return self._task.value()
        except KeyboardInterrupt:
            self.cancel()

    def cancel(self):
        """Give the task up."""
        note("cancel")
        self._cancelled = True
        return self._task.cancel()

    def cancelled(self):
        """Whether it has been given up."""
        return self._cancelled

    def done(self):
        """Whether it has ended, in whatever way."""
        return self._task.done()


class _Start:
    """Octave coming up, or being joined."""

    def __init__(self, option=None, name=None, attach=False):
        self.octave = Octave.shared(name) if attach else Octave.started()
        self.engine = None

    def done(self):
        return self.octave.is_ready()

    def cancel(self):
        self.octave.kill()
        return True

    def value(self):
        from matlab.engine.matlabengine import MatlabEngine

        if self.engine is None:
            self.octave.check_start()
            self.engine = MatlabEngine(self.octave)
        return self.engine


class _Call:
    """A function at work in Octave."""

    def __init__(self, engine, answer, nargout, stdout, stderr):
        self.octave = engine._matlab
        self.answer, self.nargout, self.streams = answer, nargout, (stdout, stderr)

    def done(self):
        answered = self.answer.exists()
        if not answered and not self.octave.is_running():
            raise RejectedExecutionError("MATLAB has already terminated.")
        self.octave.pass_on(self.streams)
        return answered

    def cancel(self):
        self.octave.break_off(self.answer)
        return True

    def value(self):
        return outcome(self.answer, self.nargout)
