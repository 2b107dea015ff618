"""A run's rows as data frames: the columns of its CSV files, each with its type.

A frame is made from rows and a mapping of every column to its pandas type. Text is `string`,
numbers are `float64`; whole numbers are `int64`, or `Int64` where one may be missing. A missing
value is NaN or NA, even if the whole column is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

from netparity.errors import UsageError
from netparity.protocol import INPUTS, PHASES, LayerTiming, ParityEntry, Run, TimingEntry, Usage
from netparity.report import csv, measurements, parity_csv, tidy
from netparity.report.measurements_parquet import TYPES

if TYPE_CHECKING:
    import pandas

Row = Mapping[str, object]
Types = dict[str, str]

TEXT, NUMBER, WHOLE, WHOLE_OR_NONE, TRUTH = "string", "float64", "int64", "Int64", "bool"
TIME = "datetime64[us, UTC]"
_QUANTILES = ("05", "25", "75", "95")


def frame(types: Types, rows: Iterable[Row]) -> pandas.DataFrame:
    """Rows as a data frame with these columns; other keys of the rows are ignored.

    Raises:
        UsageError: if pandas is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise UsageError(
            f"data frames need pandas, which cannot be imported ({error}); "
            "install it with pip install 'netparity[notebook]'"
        ) from error

    values = list(rows)
    columns: dict[str, Any] = {}
    for name, kind in types.items():
        column: Any = [row.get(name) for row in values]
        if kind == TIME:  # stored as ISO 8601
            column = pandas.to_datetime(column, utc=True, format="ISO8601", errors="coerce")
        columns[name] = pandas.Series(column, dtype=kind)
    return pandas.DataFrame(columns)


def tidy_frame(run: Run) -> pandas.DataFrame:
    """One value per row (`report.tidy`)."""
    numbers = dict.fromkeys(("value", "low", "high"), NUMBER)
    types = dict.fromkeys(tidy.COLUMNS, TEXT) | numbers | {"started": TIME}
    return frame(types, tidy.rows(run))


def measurements_frame(run: Run) -> pandas.DataFrame:
    """Every raw value in seconds (`report.measurements`)."""
    types = dict.fromkeys(measurements.COLUMNS, TEXT) | TYPES
    counts = (name for name in Usage.model_fields if not name.endswith("_seconds"))
    types |= dict.fromkeys(("peak_rss_bytes", "turn", *counts), WHOLE_OR_NONE)
    return frame(types, measurements.rows(run))


def timings_frame(run: Run) -> pandas.DataFrame:
    """One row per runner and phase, with the columns that `table.csv` has for each phase."""
    return frame(_timing_types(), _timing_rows(run))


def agreement_frame(run: Run) -> pandas.DataFrame:
    """Every comparison with every metric (`report.parity_csv`)."""
    types = dict.fromkeys(parity_csv.COLUMNS, TEXT) | _of_fields(ParityEntry, parity_csv.COLUMNS)
    types |= dict.fromkeys(("local_relative_l2", "local_floor"), NUMBER)
    types |= dict.fromkeys(
        ("or_arithmetic", "identical_to", "max_abs_at"), TEXT
    )  # lists, written out
    rows = (parity_csv.row(run.run_id, entry) for entry in run.parity)
    return frame(types, ({**row, "max_abs_at": row["max_abs_at"] or None} for row in rows))


def layers_frame(run: Run) -> pandas.DataFrame:
    """The seconds that each layer adds (`report.layers_csv`)."""
    types = {"run_id": TEXT} | _of_fields(LayerTiming, LayerTiming.model_fields)
    rows = ({"run_id": run.run_id, **entry.model_dump()} for entry in run.layer_timing)
    return frame(types, rows)


def summary_frame(run: Run) -> pandas.DataFrame:
    """One row per runner (`report.csv`)."""
    rows = [csv.row(run, index) for index in range(len(run.runners))]
    types = dict.fromkeys((name for row in rows for name in row), NUMBER)
    for name in ("run_id", "label", "runner", "code", "status", "reason", "outcome"):
        types[name] = TEXT
    for name in ("first_faulty_layer", "model", "weights_kind", "weights_sha256"):
        types[name] = TEXT
    of_features = [f"{kind}_{feature}" for kind in INPUTS for feature in run.settings.layers]
    for prefix in (*PHASES, *of_features):
        types[f"{prefix}_verdict"] = TEXT
    types |= {"ranked": TRUTH, "processes": WHOLE, "peak_rss_bytes": WHOLE_OR_NONE}
    return frame(types, rows)


_COMPARED = (
    "verdict",
    "p_value",
    "largest_difference",
    "least_difference",
    "processors_busy",
    "energy_joules",
)


def _timing_types() -> Types:
    fields = _of_fields(TimingEntry, TimingEntry.model_fields)
    ends = ("interval_low_seconds", "interval_high_seconds")
    return {
        **dict.fromkeys(("run_id", "label", "runner", "phase"), TEXT),
        "median_seconds": fields["median_seconds"],
        **dict.fromkeys(ends, NUMBER),
        **{name: fields[name] for name in ("min_seconds", "max_seconds", "mad_seconds")},
        **dict.fromkeys((f"quantile_{percent}_seconds" for percent in _QUANTILES), NUMBER),
        "processes": fields["processes"],
        "outliers": WHOLE,
        **dict.fromkeys(("ratio", "ratio_low", "ratio_high"), NUMBER),
        **{name: fields[name] for name in _COMPARED},
    }


def _timing_rows(run: Run) -> Iterator[Row]:
    kinds = {record.label: record.runner for record in run.runners}
    for entry in run.timing:
        low, high = entry.interval_seconds or (None, None)
        ratio_low, ratio_high = entry.ratio_interval or (None, None)
        quantiles = entry.quantiles_seconds or (None,) * len(_QUANTILES)
        names = [f"quantile_{percent}_seconds" for percent in _QUANTILES]
        yield {
            **entry.model_dump(),
            "run_id": run.run_id,
            "runner": kinds.get(entry.label),
            "interval_low_seconds": low,
            "interval_high_seconds": high,
            **dict(zip(names, quantiles, strict=True)),
            "outliers": len(entry.outliers),
            "ratio": entry.ratio_to_reference,
            "ratio_low": ratio_low,
            "ratio_high": ratio_high,
        }


def _of_fields(model: type[Any], names: Iterable[str]) -> Types:
    """Types of the columns that are fields of this model of the protocol."""
    fields = model.model_fields
    return {name: _pandas_type(fields[name].annotation) for name in names if name in fields}


def _pandas_type(annotation: object) -> str:
    kinds = set(_kinds(annotation))
    missing = type(None) in kinds
    kinds.discard(type(None))
    if kinds == {int}:
        return WHOLE_OR_NONE if missing else WHOLE
    return NUMBER if kinds == {float} else TEXT


def _kinds(annotation: object) -> Iterator[object]:
    """The types that a value of this annotation can have."""
    parts = get_args(annotation)
    if get_origin(annotation) is Literal:
        yield from map(type, parts)
    elif get_origin(annotation) is Annotated:
        yield from _kinds(parts[0])
    elif parts:
        for part in parts:
            yield from _kinds(part)
    else:
        yield annotation
