"""A stored data set in a notebook: its result, and data frames of images and distributions."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netparity.errors import InputError, UsageError
from netparity.report.visible import visible

if TYPE_CHECKING:
    import pandas

DATASET_FILE, IMAGES_FILE = "dataset.json", "images.parquet"
_MAX_BYTES = 512 * 2**20


class LoadedDataset:
    """What `netparity dataset` stored.

    Jupyter shows the distributions where it is the value of a cell. Data frames need pandas:
    `pip install 'netparity[notebook]'`.

    Attributes:
        folder: where it is stored.
        result: dataset.json: `images`, `skipped`, `runners`, `distributions`, `closer` and others.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = folder / DATASET_FILE
        try:
            if path.stat().st_size > _MAX_BYTES:
                raise InputError(f"{path} is larger than {_MAX_BYTES:,} bytes")
            self.result: dict[str, Any] = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError) as error:
            raise InputError(f"{path} cannot be read: {error}") from error

    @staticmethod
    def is_at(path: Path) -> bool:
        """Whether a folder holds a data set that was compared."""
        return (path / DATASET_FILE).is_file()

    def images(self) -> pandas.DataFrame:
        """One row per image, runner, input and feature; docs/dataset.md has the columns.

        Raises:
            UsageError: if pandas is not installed.
            InputError: if the file is damaged.
        """
        path = self.folder / IMAGES_FILE
        try:
            rows: pandas.DataFrame = _pandas().read_parquet(path)
        except (OSError, ValueError) as error:
            raise InputError(f"{path} cannot be read: {error}") from error
        return rows

    def distributions(self) -> pandas.DataFrame:
        """One row per runner, input and feature: quantiles of error over noise floor.

        Raises:
            UsageError: if pandas is not installed.
        """
        rows = [_row(each) for each in self.result["distributions"]]
        found: pandas.DataFrame = _pandas().DataFrame(rows)
        return found

    def __repr__(self) -> str:
        images = self.result["images"]
        return f"LoadedDataset({visible(self.folder.name)}: {images:,} images)"

    def _repr_html_(self) -> str:
        rows = [_row(each) for each in self.result["distributions"]]
        if not rows:
            return f"<p>{escape(repr(self))}</p>"
        head = "".join(f"<th>{escape(name)}</th>" for name in rows[0])
        body = "".join(
            "<tr>"
            + "".join(f"<td>{escape(_shown(value))}</td>" for value in row.values())
            + "</tr>"
            for row in rows
        )
        return (
            f"<p>{escape(repr(self))}</p><table><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>"
        )


def _row(each: dict[str, Any]) -> dict[str, Any]:
    """A distribution without nested values."""
    verdicts, worst = each["verdicts"], each["worst"]
    passed = verdicts.get("pass", 0) + verdicts.get("inconclusive", 0)
    row = {name: each[name] for name in ("runner", "input", "feature", "images")}
    row |= {"passed": passed, "median": each["median"], "p95": each["p95"], "p99": each["p99"]}
    row |= {"worst": worst["over_floor"], "worst_image": worst["image"]}
    return row | {name: each[name] for name in ("top1_changed", "top5_changed", "input_mean_abs")}


def _shown(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.3g}" if isinstance(value, float) else visible(str(value))


def _pandas() -> Any:
    try:
        import pandas
    except ImportError as error:
        raise UsageError(
            f"data frames need pandas, which cannot be imported ({error}); "
            "install it with pip install 'netparity[notebook]'"
        ) from error
    return pandas
