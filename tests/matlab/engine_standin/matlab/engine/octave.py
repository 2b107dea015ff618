"""An Octave that carries out calls: one that is started here, or one that is shared in a folder.

Its folder holds the requests, an answer for each, what Octave prints and its process id. Requests
and answers are JSON, so that nothing in an argument is ever evaluated.
"""

import json
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

from matlab.engine.engineerror import (
    CancelledError,
    EngineError,
    InterruptedError,
    MatlabExecutionError,
)
from matlab.engine.process import send, serve

PLAY = os.environ.get("STANDIN_PLAY", "")
STARTS_THAT_FAIL = {
    "no licence": "License checkout failed.\nLicense Manager Error -1",
    "start fails": "Unable to launch the MATLAB process",
}
STREAMS = ("out", "err")
CANCELLED = {"identifier": "standin:cancelled", "message": "the task was cancelled"}
LOST = "Connection to process was lost."


def note(*words):
    """Leave a line for the test."""
    if "STANDIN_NOTES" in os.environ:
        with open(os.environ["STANDIN_NOTES"], "a", encoding="utf-8") as notes:
            print(*words, file=notes)


def shared_sessions():
    """Folders of the sessions that run, by name."""
    root = os.environ.get("STANDIN_SESSIONS")
    folders = Path(root).iterdir() if root else ()
    return {each.name: each for each in folders if Octave(each).is_running()}


class Octave:
    """One session."""

    def __init__(self, folder, process=None):
        self.folder, self.process = Path(folder), process
        self.calls = 0
        self.read = [0, 0]

    @classmethod
    def started(cls):
        """A new one, unless the play says otherwise."""
        folder = Path(tempfile.mkdtemp(prefix="engine-standin-"))
        if PLAY in STARTS_THAT_FAIL:
            return cls(folder)
        process = serve(folder)
        note("octave", process.pid)
        return cls(folder, process)

    @classmethod
    def shared(cls, name):
        """One of `shared_sessions`."""
        sessions = shared_sessions()
        if name not in sessions or PLAY == "taken":
            raise EngineError(f"Unable to connect to MATLAB session '{name}'")
        return cls(sessions[name])

    def pid(self):
        """Of Octave; None until it has said so."""
        try:
            return int((self.folder / "pid").read_text())
        except (OSError, ValueError):
            return None

    def is_running(self):
        """Whether its process is there and has not ended."""
        if self.process is not None:
            return self.process.poll() is None
        pid = self.pid()
        return pid is not None and not _is_gone(pid)

    def is_ready(self):
        """Whether it listens, or never will."""
        if PLAY in STARTS_THAT_FAIL:
            return True
        return PLAY != "never starts" and (not self.is_running() or self.pid() is not None)

    def check_start(self):
        """Raise what the real package raises where it did not come up."""
        if PLAY in STARTS_THAT_FAIL:
            raise EngineError(STARTS_THAT_FAIL[PLAY])
        if not self.is_running():
            raise EngineError(LOST + (self.folder / "err").read_text())
        # What it printed before is no call's output.
        self.read = [(self.folder / each).stat().st_size for each in STREAMS]

    def call(self, name, arguments, nargout):
        """Send a call; returns the file that its answer will be."""
        self.calls += 1
        answer = self.folder / f"answer-{os.getpid()}-{self.calls}.json"
        request = {
            "name": name,
            "arguments": list(arguments),
            "nargout": nargout,
            "answer": str(answer),
        }
        send(self.folder, request)
        return answer

    def pass_on(self, streams):
        """Hand on what has been printed until now."""
        for index, stream in enumerate(streams):
            with (self.folder / STREAMS[index]).open("rb") as file:
                file.seek(self.read[index])
                new = file.read()
            self.read[index] += len(new)
            if stream is not None:
                stream.write(new.decode(errors="replace"))

    def break_off(self, answer):
        """Stop a call under way, or one that waits for its turn; no other one."""
        if PLAY == "deaf" or answer.exists():
            return
        if answer.with_name(answer.name + ".begun").exists():
            os.kill(self.pid(), signal.SIGINT)
        else:
            answer.write_text(json.dumps({"error": CANCELLED}), encoding="utf-8")

    def close(self):
        """End it, or leave it to its owner."""
        if self.process is None:
            return
        if PLAY == "deaf":
            time.sleep(600)
        if not self.is_running():
            raise EngineError(LOST)
        send(self.folder, {"name": "quit"})
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self):
        """End it at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def outcome(answer, nargout):
    """What a call returned. Raises what the real package raises."""
    found = json.loads(answer.read_text(encoding="utf-8"))
    error = found.get("error")
    if not error:
        values = found["values"]
        return (None if nargout == 0 else values[0]) if nargout < 2 else tuple(values)
    if error["identifier"] == "standin:interrupted":
        raise InterruptedError(error["message"])
    if error["identifier"] == CANCELLED["identifier"]:
        raise CancelledError(error["message"])
    if error["message"].startswith("parse error"):
        raise SyntaxError(error["message"])
    places = "".join(
        f"\n  File {each['file']}, line {each['line']}, in {each['name']}\n"
        for each in error["stack"]
    )
    raise MatlabExecutionError(f"{places}{error['message']}\n")


def _is_gone(pid):
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"
