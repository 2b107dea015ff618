"""What is stored of a chunk: a row per image, runner, input and feature, and how each runner fared.

chunks/000001.parquet   the rows
chunks/000001.json      the rest; written last, so that a chunk with it is complete
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, ValidationError

from netparity.errors import InputError
from netparity.protocol.base import Frozen
from netparity.results.folder import RunFolder
from netparity.run.many.chunks import Chunk
from netparity.run.many.extraction import Extracted

CHUNK_FOLDER = "chunks"

COLUMNS = {
    "row": "int64",
    "image": "string",
    "sha256": "string",
    "runner": "string",
    "input": "string",
    "feature": "string",
    "verdict": "string",
    "relative_l2": "float64",
    "floor": "float64",
    "over_floor": "float64",
    "top1": "bool",
    "top5": "float64",
    "input_mean_abs": "float64",
    "input_max_abs": "float64",
}
"""Column to its type. `top1` and `top5` are null but for outputs, `input_...` but for native
inputs: the mean and the largest difference to the shared input, in grey levels."""

Row = dict[str, Any]


class RunnerPart(Frozen):
    """How one runner fared in a chunk.

    Attributes:
        reason: why it has no features.
        startup: None, as `load`, where the process had begun with an earlier chunk.
        seconds: from the end of `load` to the result, the share of this chunk.
    """

    status: Literal["ok", "failed"]
    reason: str | None = None
    startup: float | None = None
    load: float | None = None
    seconds: float | None = None
    peak_rss_bytes: int | None = None
    code: str | None = None
    versions: Mapping[str, str] = Field(default_factory=dict)


class Skipped(Frozen):
    """An image that cannot be used."""

    row: int
    image: str
    reason: str


class ChunkRecord(Frozen):
    """One chunk that is done."""

    schema_version: Literal[1] = 1
    number: int
    start: int
    stop: int
    images: int
    skipped: list[Skipped]
    runners: dict[str, RunnerPart]
    judging_seconds: float
    rows_sha256: str

    @property
    def complete(self) -> bool:
        """Whether every runner has features, so that nothing is left to try."""
        return all(part.status == "ok" for part in self.runners.values())


def parts_of(done: Extracted, images: Sequence[int]) -> list[RunnerPart]:
    """How a runner fared that delivered, in each chunk that its process did.

    The first has the seconds of start and load; the others are divided by the number of images.

    Args:
        images: of each chunk.
    """
    costs, result = done.costs, done.result
    first = next(number for number, count in enumerate(images) if count)
    return [
        RunnerPart(
            status="ok",
            startup=costs.startup if number == first else None,
            load=costs.load if number == first else None,
            seconds=costs.seconds * count / sum(images),
            peak_rss_bytes=costs.peak_rss_bytes,
            code=result.code,
            versions=result.versions,
        )
        for number, count in enumerate(images)
    ]


def store_chunk(record: ChunkRecord, data: bytes, store: RunFolder) -> None:
    """Write a chunk; it is complete with its record."""
    store.write_bytes(_name(record.number, "parquet"), data)
    store.write_text(_name(record.number, "json"), record.model_dump_json(indent=1) + "\n")


def stored_chunk(chunk: Chunk, store: RunFolder) -> ChunkRecord | None:
    """The record of a chunk that was done; None if it was not, or its files are damaged."""
    try:
        text = (store.path / _name(chunk.number, "json")).read_bytes()
        record = ChunkRecord.model_validate_json(text)
        data = (store.path / _name(chunk.number, "parquet")).read_bytes()
    except (OSError, ValidationError):
        return None
    same = (record.start, record.stop) == (chunk.start, chunk.stop)
    return record if same and record.rows_sha256 == hashlib.sha256(data).hexdigest() else None


def as_parquet(rows: list[Row]) -> bytes:
    """The rows as a Parquet file."""
    import pyarrow
    from pyarrow import parquet

    file = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(rows, schema=schema()), file)
    return file.getvalue()


def read_rows(number: int, store: RunFolder) -> Any:
    """The rows of a chunk, a pyarrow.Table.

    Raises:
        InputError: if the file is damaged.
    """
    import pyarrow
    from pyarrow import parquet

    path = store.path / _name(number, "parquet")
    try:
        return parquet.read_table(path, schema=schema())
    except (OSError, pyarrow.ArrowException) as error:
        raise InputError(
            f"{path} is damaged: {error}; remove it and resume the data set"
        ) from error


def schema() -> Any:
    """The columns with their types."""
    import pyarrow

    return pyarrow.schema([(name, pyarrow.type_for_alias(kind)) for name, kind in COLUMNS.items()])


def _name(number: int, suffix: str) -> str:
    return f"{CHUNK_FOLDER}/{number:06d}.{suffix}"
