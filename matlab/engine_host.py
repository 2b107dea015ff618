"""Run one netparity job in MATLAB, through the MATLAB Engine for Python.

    python engine_host.py JOBFILE

It needs a Python with `matlabengine` and otherwise only the standard library. It starts MATLAB, or
joins the session that the job's option `session` names, and calls `extract_features(JOBFILE)`
there, which writes all results. It passes the log on, quits the MATLAB that it started, and records
errors that MATLAB cannot record itself.

Exit status: 0 the job is done; 1 it failed; 128 + n ended by signal n.

Annotations are quoted because the engines of old releases support no Python after 3.6.
"""

import io
import json
import os
import platform
import re
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any, TextIO

from engine_import import HostError, errors, import_engine
from engine_session import (
    ANSWER_SECONDS,
    POLL_SECONDS,
    QUIT_SECONDS,
    STOP_SECONDS,
    Session,
    ask,
    peak_bytes,
)
from engine_signals import Stopped, listen, pause, stopped

HERE = Path(__file__).resolve().parent
STACK_LINE = re.compile(r"^ *File (.+), line (\d+), in (.+?) *$", re.MULTILINE)


class Log(io.StringIO):
    """What MATLAB prints, passed on as it arrives. The engine accepts only a StringIO."""

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


# --- the job --------------------------------------------------------------------------------


def run_job(engine: "Any", session: Session, job_file: Path) -> None:
    """Run the job in MATLAB and wait. Raise HostError if it fails, Stopped on a signal."""
    out, err = Log(sys.stdout), Log(sys.stdout)
    lost = errors(engine, "EngineError", "RejectedExecutionError")
    broken_off = errors(engine, "CancelledError", "InterruptedError")
    try:
        for call in (("addpath", str(HERE)), ("extract_features", str(job_file))):
            future = session.matlab.feval(*call, nargout=0, stdout=out, stderr=err, background=True)
            try:
                # Not future.result(): it would delay the handling of signals.
                while not future.done() and not session.lost():
                    pause(POLL_SECONDS)
                    out.pass_on()
                    err.pass_on()
            except Stopped:
                break_off(future)
                raise
            if session.lost():
                raise session_lost("its process has ended")
            future.result()
    except errors(engine, "MatlabExecutionError") as error:
        raise failed_in_matlab(session, error) from error
    except SyntaxError as error:
        raise HostError(
            "SyntaxError",
            f"MATLAB cannot parse a function that the job calls: {error}. netparity's functions "
            "run in R2018b and later; look for functions of the same name on MATLAB's path, and "
            "for errors in startup.m.",
        ) from error
    except broken_off as error:
        raise HostError(
            type(error).__name__,
            f"the job was interrupted in MATLAB, as by Ctrl-C in a shared session: {error}. Run it "
            "again.",
        ) from error
    except lost as error:
        raise session_lost(str(error)) from error
    finally:
        out.pass_on()
        err.pass_on()


def break_off(future: "Any") -> None:
    """Cancel a job and wait briefly for MATLAB to stop working on it."""
    deadline = time.monotonic() + STOP_SECONDS
    try:
        future.cancel()
        while not future.done() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
    except Exception as error:
        print(f"the job could not be cancelled: {error}", file=sys.stderr)


def session_lost(why: str) -> HostError:
    """The error for a MATLAB that has ended or lost its connection."""
    return HostError(
        "SessionLost",
        f"MATLAB ended or lost its connection during the job: {why.rstrip('.')}. Usually it "
        "ran out of memory: look at the end of the log, at MATLAB's crash dump "
        "(~/matlab_crash_dump.*) and at the system log.",
    )


def failed_in_matlab(session: Session, error: BaseException) -> HostError:
    """The error for an error in MATLAB, with its identifier and stack where they are known."""
    text = str(error).strip()
    message = STACK_LINE.sub("", text).strip() or text
    kind = "MatlabExecutionError"
    last = ask(session.matlab, ANSWER_SECONDS, "lasterr", nargout=2)
    if isinstance(last, tuple) and last[1] and str(last[0]).strip() in text:
        kind = str(last[1])
    places = [f"{name}, line {line} of {file}" for file, line, name in STACK_LINE.findall(text)]
    return HostError(
        kind,
        f"extract_features failed in MATLAB: {message.rstrip('.')}. To reproduce it, call "
        "extract_features('JOBFILE') in MATLAB.",
        "\n".join(places) or text,
    )


# --- the result -----------------------------------------------------------------------------


def result_of(job: "dict[str, Any]") -> "dict[str, Any] | None":
    """The result that the job has written so far; None if it cannot be read."""
    try:
        text = (Path(job["output_dir"]) / "result.json").read_text(encoding="utf-8")
        result = json.loads(text)
        return result if isinstance(result, dict) else None
    except (OSError, ValueError):
        return None


def write_result(job: "dict[str, Any]", result: "dict[str, Any]") -> None:
    """Replace the result atomically."""
    folder = Path(job["output_dir"])
    temporary = folder / "result.json.tmp"
    temporary.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(folder / "result.json")


def record_session(job: "dict[str, Any]", session: Session) -> None:
    """Add to a successful result what MATLAB cannot know: its session, start time and memory."""
    result = result_of(job)
    if result is not None and result.get("status") == "ok":
        flags = result.setdefault("flags", {})
        flags["matlab_session"] = session.words
        flags["engine_start_seconds"] = f"{session.start_seconds:.3f}"
        flags["engine_python"] = platform.python_version()
        peak = None if session.name else peak_bytes(session.pid)
        if peak is not None:
            # The harness measures this program, and MATLAB only if it is waited for as a child.
            flags["matlab_peak_rss_bytes"] = str(peak)
        write_result(job, result)


def record_failure(job: "dict[str, Any]", kind: str, message: str, where: str) -> None:
    """Write a failed result, unless MATLAB has already recorded how the job ended."""
    if (result_of(job) or {}).get("status") in ("ok", "failed"):
        return
    result = {
        "schema_version": 1,
        "status": "failed",
        "error": {"kind": kind, "message": message, "where": where},
        "ready_unix_seconds": None,
        "phases": {},
        "features": {},
        "native_input": None,
        "code": None,
        "built": None,
        "versions": {},
        "data_format": None,
        "threads": {"requested": job.get("threads"), "found": None},
        "blas": None,
        "flags": {},
        "clock": None,
        "layers": {},
        "usage": {},
    }
    write_result(job, result)


# --- the program ----------------------------------------------------------------------------


def run(job: "dict[str, Any]", job_file: Path) -> None:
    """Run one job from import to quit. Raise HostError or Stopped."""
    engine = import_engine()
    session = Session(engine, job)
    patience = QUIT_SECONDS
    try:
        session.prepare()
        run_job(engine, session, job_file)
        record_session(job, session)
    except Stopped:
        patience = STOP_SECONDS
        raise
    finally:
        session.end(patience)


def main(arguments: "list[str]") -> int:
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

    listen()
    try:
        run(job, job_file)
    except (HostError, Stopped) as failure:
        # A signal to the whole process group also ends MATLAB; then the signal is the cause.
        cause = stopped() or failure
        print(f"error: {cause}", file=sys.stderr)
        record_failure(job, cause.kind, str(cause), cause.where or traceback.format_exc())
        return 128 + cause.number if isinstance(cause, Stopped) else 1
    except Exception as unforeseen:  # whatever else the engine may raise
        message = f"unexpected error of the MATLAB Engine: {unforeseen}"
        where = traceback.format_exc()
        print(f"{where}\nerror: {message}", file=sys.stderr)
        record_failure(job, type(unforeseen).__name__, message, where)
        return 1
    return 0


if __name__ == "__main__":
    exit_status = main(sys.argv[1:])
    if exit_status > 128 or threading.active_count() > 1:
        # The engine's own exit handler would ask MATLAB to quit again, and wait without limit.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(exit_status)
    sys.exit(exit_status)
