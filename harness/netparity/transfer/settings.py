"""What decides a transfer's result: stored at its beginning, so that it can be resumed."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from netparity.errors import InputError, UsageError
from netparity.models import model_called
from netparity.protocol.base import Frozen, InputKind
from netparity.results.folder import RunFolder
from netparity.runners import RUNNERS, create_runners
from netparity.timing import cpus_available
from netparity.transfer.request import Request

DEFAULT_RUNNERS = ("keras3-tensorflow", "keras2-theano", "matconvnet-octave")
SETTINGS_FILE = "settings.json"


class Settings(Frozen):
    """What decides the result, as stored; `dataset` is None for the digits."""

    schema_version: Literal[1] = 1
    dataset: str | None
    runners: list[str]
    model: str
    weights: str
    weights_sha256: str
    feature: str
    inputs: list[InputKind]
    batch: int
    test_share: float
    seed: int
    threads: int


def check_request(request: Request) -> Settings:
    """The settings of a new transfer; their hash of the weights is still empty.

    Raises:
        UsageError: naming what is out of range.
    """
    if not 0 < request.test_share < 1:
        raise UsageError(f"--test {request.test_share:g}: expected a share between 0 and 1")
    model = model_called(request.model)
    layers = model.select(request.feature)
    if len(layers) != 1:
        raise UsageError(f"--layer {request.feature!r}: a transfer takes a single layer")
    names = list(request.runners or DEFAULT_RUNNERS)
    create_runners(names, RUNNERS)
    return Settings(
        dataset=str(request.dataset.absolute()) if request.dataset is not None else None,
        runners=names,
        model=model.name,
        weights=request.weights,
        weights_sha256="",
        feature=layers[0].name,
        inputs=list(request.inputs),
        batch=request.batch,
        test_share=request.test_share,
        seed=request.seed,
        threads=request.threads or cpus_available(),
    )


def reopen(folder: Path) -> RunFolder:
    """The folder of an interrupted transfer.

    Raises:
        InputError: if it is not one.
    """
    if not (folder / SETTINGS_FILE).is_file():
        raise InputError(
            f"{folder} holds no {SETTINGS_FILE}, so it is not a transfer that can be resumed; give "
            "the folder that an interrupted transfer named"
        )
    return RunFolder(folder.absolute())


def read_settings(store: RunFolder) -> Settings:
    """The settings that a transfer began with.

    Raises:
        InputError: if their file is damaged.
    """
    path = store.path / SETTINGS_FILE
    try:
        return Settings.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(f"{path} is damaged: {error}; start the transfer anew") from error


def write_settings(settings: Settings, store: RunFolder) -> None:
    """Store the settings; from now on the transfer can be resumed."""
    store.write_text(SETTINGS_FILE, settings.model_dump_json(indent=1) + "\n")
