"""Start MATLAB through the MATLAB Engine for Python and run one netparity job in it.

    python engine_host.py JOBFILE

Run it with a Python that has `matlabengine`; nothing else beyond the standard library is needed.
MATLAB calls `extract_features(JOBFILE)`, which writes every result. This program passes the log
on, ends MATLAB, and records what went wrong where MATLAB could not do so itself.

Exit status: 0 the job is done; 1 it failed; 128 + n ended by signal n.
"""

from __future__ import annotations

import io
import json
import signal
import sys
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

HERE = Path(__file__).resolve().parent
POLL_SECONDS = 0.1


class HostError(Exception):
    """A failure with a message that says how to mend it. `kind` names the exception behind it."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Stopped(BaseException):
    """A signal asked this program to end. No Exception, so that no handler swallows it."""

    def __init__(self, number: int) -> None:
        super().__init__(f"ended by {signal.Signals(number).name}")
        self.number = number


class Log(io.StringIO):
    """What MATLAB prints, passed on as it grows. The engine accepts nothing but a StringIO."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self.stream = stream
        self.passed_on = 0

    def pass_on(self) -> None:
        """Write what has been added since the last call."""
        text = self.getvalue()
        self.stream.write(text[self.passed_on :])
        self.stream.flush()
        self.passed_on = len(text)


def import_engine() -> Any:
    """Return the module `matlab.engine`. Raise HostError where it is missing or broken."""
    try:
        import matlab.engine  # type: ignore[import-not-found]
    except ImportError as error:
        raise HostError(
            type(error).__name__,
            f"this Python ({sys.executable}) has no MATLAB Engine: {error}. Install it in an "
            "environment of its own: `pip install matlabengine==<version for your release>`.",
        ) from error
    except (RuntimeError, OSError) as error:
        raise HostError(
            type(error).__name__,
            f"the MATLAB Engine is installed but does not start: {error}. Its release, the MATLAB "
            f"on this machine and Python {sys.version_info[0]}.{sys.version_info[1]} must fit each "
            "other; reinstall `matlabengine` for the MATLAB you have.",
        ) from error
    return matlab.engine


def start_options(threads: int | None) -> str:
    """Return MATLAB's start options, one string. One thread is only to be had at the start."""
    options = "-nodisplay -nojvm"
    return options + " -singleCompThread" if threads == 1 else options


def start_matlab(engine: Any, threads: int | None) -> Any:
    """Start MATLAB. Raise HostError where it does not come up."""
    try:
        return engine.start_matlab(start_options(threads))
    except engine.EngineError as error:
        raise HostError(
            "EngineError",
            f"MATLAB did not start: {error}. Run `matlab -nodisplay -nojvm -batch ver` in a shell: "
            "the licence or the installation is the usual cause.",
        ) from error


def run_job(engine: Any, matlab: Any, job_file: Path) -> None:
    """Run the job in MATLAB and wait. Raise HostError where it fails, Stopped on a signal."""
    out, err = Log(sys.stdout), Log(sys.stdout)
    try:
        matlab.addpath(str(HERE), nargout=0)
        future = matlab.feval(
            "extract_features", str(job_file), nargout=0, stdout=out, stderr=err, background=True
        )
        try:
            # Not future.result(): it swallows an interrupt and returns None.
            while not future.done():
                time.sleep(POLL_SECONDS)
                out.pass_on()
                err.pass_on()
            future.result()
        except Stopped:
            future.cancel()
            raise
    except (engine.MatlabExecutionError, SyntaxError) as error:
        raise HostError(
            type(error).__name__,
            f"extract_features failed in MATLAB: {error}. The log above has the place; the same "
            "call, extract_features('JOBFILE'), can be made by hand in MATLAB.",
        ) from error
    except (
        engine.EngineError,
        engine.RejectedExecutionError,
        engine.CancelledError,
        engine.InterruptedError,
    ) as error:
        raise HostError(
            type(error).__name__,
            f"MATLAB ended or lost its connection during the job: {error}. Memory is the usual "
            "cause; look at the log above and at the system's own.",
        ) from error
    finally:
        out.pass_on()
        err.pass_on()


def record_failure(job: dict[str, Any], kind: str, message: str, where: str) -> None:
    """Write a failed result.json, unless MATLAB itself has recorded how the job ended."""
    folder = Path(job["output_dir"])
    result_file = folder / "result.json"
    try:
        if json.loads(result_file.read_text(encoding="utf-8"))["status"] in ("ok", "failed"):
            return
    except (OSError, ValueError, KeyError):
        pass
    result = {
        "schema_version": 1,
        "status": "failed",
        "error": {"kind": kind, "message": message, "where": where},
        "ready_unix_seconds": None,
        "phases": {},
        "features": {},
        "native_input": None,
        "code": None,
        "versions": {},
        "data_format": None,
        "threads": {"requested": job.get("threads"), "found": None},
        "blas": None,
        "flags": {},
    }
    temporary = folder / "result.json.tmp"
    temporary.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(result_file)


def stop(number: int, frame: FrameType | None) -> None:
    """Signal handler: leave through the `finally` clauses, so that MATLAB does not stay behind."""
    raise Stopped(number)


def run(job: dict[str, Any], job_file: Path) -> None:
    """Run one job from import to quit. Raise HostError or Stopped."""
    engine = import_engine()
    matlab = start_matlab(engine, job.get("threads"))
    try:
        run_job(engine, matlab, job_file)
    finally:
        # A second signal must not cut this short, nor may a dead MATLAB hide the first failure.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            matlab.quit()
        except Exception as error:
            print(f"MATLAB did not quit by itself: {error}", file=sys.stderr)


def main(arguments: list[str]) -> int:
    """Command line. Return the exit status."""
    if len(arguments) != 1:
        print("usage: python engine_host.py JOBFILE", file=sys.stderr)
        return 1
    job_file = Path(arguments[0]).resolve()
    try:
        job = json.loads(job_file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(f"error: cannot read the job file {job_file}: {error}", file=sys.stderr)
        return 1

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        run(job, job_file)
    except (HostError, Stopped) as error:
        kind = getattr(error, "kind", "Stopped")
        status = 128 + error.number if isinstance(error, Stopped) else 1
        print(f"error: {error}", file=sys.stderr)
        record_failure(job, kind, str(error), traceback.format_exc())
        return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
