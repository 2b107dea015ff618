"""engine_host.py on a job, with the stand-in for matlab.engine in the place of MATLAB."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.octave_process import HERE, MATLAB
from tests.support.processes import is_gone, wait_for
from tests.support.scripts import loaded

STANDIN = HERE / "engine_standin"
SECONDS = 120.0  # for anything that must happen; reached only where something is wrong


class Scene:
    """A job, the process under test, and every Octave involved."""

    def __init__(self, folder: Path, job: dict[str, Any]) -> None:
        self.folder, self.job = folder, job
        self.out = Path(job["output_dir"])
        self.job_file = self.out.parent / "job.json"
        self.log, self.errors = folder / "log", folder / "errors"
        self.scripts = MATLAB
        self.sessions = folder / "sessions"
        self.sessions.mkdir()
        self.owned: dict[str, subprocess.Popen[bytes]] = {}
        self.asked = 0
        # By its file: as a package, the stand-in must stay out of this process.
        self.process = loaded(STANDIN / "matlab" / "engine" / "process.py")

    def start(self, play: str = "", **environment: str) -> subprocess.Popen[bytes]:
        """Start the host; `play` says how the engine behaves (see the stand-in)."""
        if not self.job_file.exists():
            self.job_file.write_text(json.dumps(self.job), encoding="utf-8")
        with self.log.open("wb") as log, self.errors.open("wb") as errors:
            self.host = subprocess.Popen(
                [sys.executable, str(self.scripts / "engine_host.py"), str(self.job_file)],
                env={
                    **{k: v for k, v in os.environ.items() if k != "MATCONVNET_ROOT"},
                    "PYTHONPATH": str(STANDIN),
                    "STANDIN_PLAY": play,
                    "STANDIN_NOTES": str(self.folder / "notes"),
                    "STANDIN_SESSIONS": str(self.sessions),
                    "TMPDIR": str(self.folder),
                    "OPENBLAS_NUM_THREADS": "1",
                    **environment,
                },
                cwd=MATLAB.parent,  # where a folder called matlab/ lies
                stdout=log,
                stderr=errors,
            )
        return self.host

    def run(self, play: str = "", **environment: str) -> int:
        """Start the host and wait; returns its exit status."""
        return self.start(play, **environment).wait(SECONDS)

    def start_long_job(self, play: str = "", **environment: str) -> subprocess.Popen[bytes]:
        """Start the host on a job that would take days; returns once Octave works on it."""
        self.job["warmup"] = 10**9
        host = self.start(play, **environment)
        wait_for(lambda: self.has_result() or host.poll() is not None, SECONDS)
        assert self.result()["status"] == "started", self.errors.read_text()
        return host

    # --- what is left -----------------------------------------------------------------------

    def noted(self) -> list[str]:
        """The calls into the engine."""
        return [line for line in self._notes() if not line.startswith("octave ")]

    def octaves(self) -> list[int]:
        """Process ids of every Octave that the engine started."""
        return [int(line.split()[1]) for line in self._notes() if line.startswith("octave ")]

    def has_result(self) -> bool:
        return (self.out / "result.json").exists()

    def result(self) -> dict[str, Any]:
        return json.loads((self.out / "result.json").read_text(encoding="utf-8"))

    def assert_failed(self, kind: str, words: list[str]) -> dict[str, str]:
        """The result is complete, its error is of that kind, and the log agrees with it."""
        result = self.result()
        whole = json.loads((HERE.parent / "golden" / "result-failed.json").read_text())
        assert result.keys() == whole.keys()
        assert (result["schema_version"], result["status"]) == (1, "failed")
        error = result["error"]
        assert error["kind"] == kind
        for word in words:
            assert word in error["message"]
        assert error["message"] in self.errors.read_text()
        assert error["where"]
        assert result["threads"] == {"requested": self.job["threads"], "found": None}
        return error

    def assert_nothing_is_left(self) -> None:
        """One Octave was started, and it has ended."""
        (pid,) = self.octaves()
        assert is_gone(pid)
        assert not list(self.out.glob("*.tmp"))

    def _notes(self) -> list[str]:
        notes = self.folder / "notes"
        return notes.read_text().splitlines() if notes.exists() else []

    # --- sessions of someone else -----------------------------------------------------------

    def share(self, name: str) -> int:
        """Start an Octave that is shared under a name; returns its process id."""
        folder = self.sessions / name
        folder.mkdir()
        self.owned[name] = self.process.serve(folder)
        wait_for((folder / "pid").exists, SECONDS)
        return self.owned[name].pid

    def send(self, name: str, function: str, *arguments: object) -> Path:
        """Have a shared session call a function; returns the file that its answer will be."""
        self.asked += 1
        answer = self.sessions / name / f"owner-{self.asked}.json"
        request = {
            "name": function,
            "arguments": list(arguments),
            "nargout": 0 if function in ("pause", "setenv") else 1,
            "answer": str(answer),
        }
        self.process.send(self.sessions / name, request)
        return answer

    def ask(self, name: str, function: str, *arguments: object) -> Any:
        """What a function returns in a shared session."""
        answer = self.send(name, function, *arguments)
        wait_for(answer.exists, SECONDS)
        found = json.loads(answer.read_text(encoding="utf-8"))
        assert not found["error"], found
        return found["values"][0] if found["values"] else None

    def close(self) -> None:
        """End whatever a failed test left running."""
        if hasattr(self, "host") and self.host.poll() is None:
            self.host.kill()
            self.host.wait()
        for process in self.owned.values():
            process.kill()
            process.wait()
        for pid in self.octaves():
            if not is_gone(pid):
                os.kill(pid, signal.SIGKILL)
