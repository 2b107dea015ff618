"""The only writer of `results/`: one folder per run, complete after every process.

run.json                     the run (protocol.Run), replaced atomically
report.html                  the page
table.md, table.csv          made from run.json
parity.csv                   every comparison with every metric
measurements.csv, .parquet   every raw second
diagnosis.md                 what netparity diagnose found
input/shared.npy             the tensor that every tool was given; its hash is in shared.npy.sha256
input/image-N.png            the images as netparity decoded them
input/difference-<label>.png where a runner's own input differs, stage by stage
features/reference/*.npy     the float64 pass
runners/NN-<label>/round-N/  job.json, result.json, log.txt, features
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from netparity.errors import InputError, StoreError
from netparity.files import npy, strangers
from netparity.files.limits import DamagedError
from netparity.files.whole import read_whole
from netparity.protocol import FeatureFile, Run
from netparity.results import seals
from netparity.system.cache import replacing
from netparity.system.paths import usable_path

RUN_FILE = "run.json"
_MAX_SLUG = 60
_MAX_RUN_BYTES = 512 * 2**20


def utc_now() -> str:
    """The current time in ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def new_name() -> str:
    """A unique name that sorts by time."""
    return f"{datetime.now(UTC).strftime('%Y%m%dT%H%M%SZ')}-{secrets.token_hex(3)}"


def file_safe(label: str) -> str:
    """A label as part of a file's name."""
    return re.sub(r"[^A-Za-z0-9]+", "-", label).strip("-")[:_MAX_SLUG] or "runner"


class RunFolder:
    """One run's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, results: Path, name: str | None = None) -> RunFolder:
        """Make the folder of a new run below `results`; by default named for the time.

        Raises:
            StoreError: if it cannot be written.
        """
        results = usable_path(results, "results folder")
        path = results / (name or new_name())
        try:
            path.mkdir(parents=True)
        except OSError as error:
            raise StoreError(
                f"results folder {results} cannot be written: {error.strerror}; "
                "choose another with --out"
            ) from error
        return cls(path.absolute())

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """Open the folder of a stored run (or its run.json).

        Raises:
            InputError: if it contains no run.
        """
        path = usable_path(path, "run")
        folder = path.parent if path.name == RUN_FILE else path
        if not (folder / RUN_FILE).is_file():
            raise InputError(
                f"{path} contains no {RUN_FILE}; give the folder of a run, such as results/2..."
            )
        return cls(folder.absolute())

    @contextmanager
    def discarded_unless_begun(self) -> Iterator[None]:
        """Remove the folder at the end of the block unless it, or a run in it, has a run.json."""
        try:
            yield
        finally:
            if not (self.path / RUN_FILE).exists() and not list(self.path.glob(f"*/{RUN_FILE}")):
                self.discard()

    @property
    def run_id(self) -> str:
        """The run's name, which is the folder's."""
        return self.path.name

    def relative(self, path: Path) -> str:
        """A path in stored form: relative to the run's folder, with forward slashes."""
        return path.relative_to(self.path).as_posix()

    def process_folder(self, position: int, label: str, round_number: int) -> Path:
        """Make the folder of one process."""
        folder = self.process_path(position, label, round_number)
        _writing(folder, lambda: folder.mkdir(parents=True))
        return folder

    def process_path(self, position: int, label: str, round_number: int) -> Path:
        """The path of one process's folder; the label is the user's, so it is made file-safe."""
        name = f"{position:02d}-{file_safe(label)}"
        return self.path / "runners" / name / f"round-{round_number}"

    def discard(self) -> None:
        """Remove the folder and everything in it."""
        shutil.rmtree(self.path, ignore_errors=True)

    def write_run(self, run: Run) -> None:
        """Replace run.json atomically, so that a reader always finds a complete file."""
        self.write_text(RUN_FILE, run.model_dump_json(indent=1) + "\n")

    def read_run(self) -> Run:
        """Read run.json.

        Raises:
            InputError: if it is damaged, or its schema version is not supported.
        """
        path = self.path / RUN_FILE
        try:
            return parse_run(read_whole(path, "run", _MAX_RUN_BYTES))
        except (ValidationError, ValueError, RecursionError) as error:
            raise InputError(
                f"{path} is not a run of schema version 1 to 3: {_first(error)}"
            ) from error

    def write_text(self, name: str, text: str) -> None:
        """Write one of the run's text files atomically."""
        path = self.path / name
        _writing(path, lambda: path.parent.mkdir(parents=True, exist_ok=True))
        with replacing(path) as draft:
            draft.write_text(text, encoding="utf-8")

    def write_bytes(self, name: str, data: bytes) -> Path:
        """Write a binary file and return its path."""
        path = self.path / name

        def save() -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

        _writing(path, save)
        return path

    def write_array(self, name: str, array: npt.NDArray[Any], sealed: bool = False) -> FeatureFile:
        """Write an array as .npy and return its record; `sealed` if no other file has its hash."""
        path = self.path / name

        def save() -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f".{path.name}")
            try:
                np.save(draft, array, allow_pickle=False)
                if sealed:
                    seals.seal(draft, path)
                draft.replace(path)  # a resumed transfer takes an existing file for complete
            finally:
                draft.unlink(missing_ok=True)

        _writing(path, save)
        return self.describe_array(path, array)

    def describe_array(self, path: Path, array: npt.NDArray[Any]) -> FeatureFile:
        """The record of an array in the run's folder."""
        return FeatureFile(
            file=self.relative(path), shape=list(array.shape), sha256=array_hash(array)
        )

    def read_plain_array(self, name: str) -> npt.NDArray[Any]:
        """Read an array by its name in the run's folder, and check its seal if it has one.

        Raises:
            InputError: if it is missing, damaged, or has been changed.
        """
        array = read_npy(self.path / name)
        if seals.look_at(self.path / name) == "broken":
            raise InputError(f"array {self.path / name} has been changed since it was stored")
        return array

    def inside(self, name: str) -> Path:
        """The resolved path of a stored file.

        Raises:
            InputError: if it is outside the run's folder.
        """
        try:
            path = (self.path / name).resolve()
        except (OSError, ValueError, RuntimeError) as error:  # a NUL, or links in a circle
            raise InputError(f"{name[:80]!r} is not a usable path: {error}") from error
        if not path.is_relative_to(self.path.resolve()):
            raise InputError(f"{name} is outside the run's folder {self.path}")
        return path

    def read_array(self, stored: FeatureFile) -> npt.NDArray[Any]:
        """Read a stored array and check its hash.

        Raises:
            InputError: if it is missing, damaged, changed, or outside the run's folder.
        """
        path = self.inside(stored.file)
        array = read_npy(path)
        if array_hash(array) != stored.sha256:
            raise InputError(f"array {path} has been changed since the run stored it")
        return array


def parse_run(data: bytes) -> Run:
    """A Run from JSON; computed fields (`image`) are dropped and computed again."""
    document = json.loads(data)
    if not isinstance(document, dict):
        raise ValueError("the document is not an object")
    version = document.get("schema_version")
    if type(version) is not int or version not in (1, 2, 3):
        newer = "; a newer netparity wrote it" if type(version) is int and version > 3 else ""
        raise ValueError(f"its schema version is {version!r}{newer}")
    if b"\\ud" in data.lower():  # half of a surrogate pair cannot be encoded in UTF-8
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    document.pop("image", None)
    if isinstance(document.get("wall"), dict):
        document["wall"].pop("harness_share", None)
    return Run.model_validate(document)


def read_npy(path: Path) -> npt.NDArray[Any]:
    """Read a .npy file; nothing is ever unpickled.

    Raises:
        InputError: if it is missing or damaged.
    """
    try:
        if not path.is_file():  # reading a named pipe would never end
            raise FileNotFoundError("it is not a regular file")
        if not path.stat().st_size:  # nor would some files of /proc, which have no size
            raise DamagedError("it is empty")
        return npy.read(path, limits=None).load()
    except Exception as error:  # NumPy raises many types on damaged headers
        if (stranger := strangers.recognise(path)) is not None:
            raise InputError(strangers.sentence(path, "array", stranger)) from error
        raise InputError(f"array {path} cannot be read: {error}") from error


def array_hash(array: npt.NDArray[Any]) -> str:
    """SHA-256 over type, shape and values."""
    digest = hashlib.sha256(f"{array.dtype.str} {array.shape}".encode())
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _first(error: Exception) -> str:
    """The first problem, in one line."""
    if isinstance(error, ValidationError):
        problem = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
    if isinstance(error, json.JSONDecodeError):
        return f"it is damaged or truncated ({error})"
    return str(error)


def _writing(path: Path, action: Callable[[], None]) -> None:
    try:
        action()
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written: {error.strerror or error}; what was stored before is intact"
        ) from error
