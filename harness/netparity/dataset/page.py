"""report.html of a data set: verdicts, distributions, and the worst images side by side."""

from __future__ import annotations

import io
import math
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from netparity.dataset.closer import Closer
from netparity.dataset.result import DatasetResult
from netparity.dataset.tables import conclusions, first_fault, remarks, tables
from netparity.dataset.tally import PASSING, Distribution
from netparity.report.templates import resource, template

_THUMBNAIL = 224
_DECADES = (-2, 6)
"""Range of the plots, as powers of ten of error over floor."""

_MOST_LAYERS = 12


@dataclass(frozen=True)
class Strip:
    """One row of the plot: where its marks are, in percent of the width."""

    label: str
    title: str
    median: float | None
    p95: float | None
    p99: float | None
    worst: float
    fails: bool


@dataclass(frozen=True)
class Figure:
    """One image that was looked at closely."""

    closer: Closer
    picture: str
    fault: str
    layers: Sequence[tuple[str, str, str, bool]]
    hidden: int


def as_html(found: DatasetResult, pictures: Mapping[int, Path], limit: float | None) -> str:
    """The page, which requests nothing else.

    Args:
        pictures: the number of an image to its file, for those that were looked at closely.
        limit: error over floor up to which an image passes; None with tolerances of the user's.
    """
    plots = [
        (title, [_strip(each) for each in found.distributions if each.input == kind])
        for kind, title in (("shared", "Given the same tensors"), ("native", "Given the files"))
    ]
    return template("dataset.html").render(
        title=found.name,
        headline=list(conclusions(found)),
        plots=[(title, strips) for title, strips in plots if strips],
        ticks=[
            (f"10{_raised(power)}", _percent(10.0**power))
            for power in range(_DECADES[0], _DECADES[1] + 1, 2)
        ],
        limit=None if limit is None else (f"{limit:g}", _percent(limit)),
        tables=list(tables(found)),
        figures=[_figure(each, pictures) for each in found.closer],
        remarks=list(remarks(found)),
        synthetic=found.synthetic,
        style=resource("style.css"),
    )


def _strip(each: Distribution) -> Strip:
    def at(value: float | None) -> float | None:
        return None if value is None else _percent(value)

    passed = f"{each.passed:,} of {each.images:,} images pass"
    return Strip(
        label=f"{each.runner}, {each.feature}",
        title=passed,
        median=at(each.median),
        p95=at(each.p95),
        p99=at(each.p99),
        worst=_percent(each.worst.over_floor),
        fails=each.passed < each.images,
    )


def _percent(value: float) -> float:
    """Where a value is on the logarithmic axis, 0 to 100."""
    low, high = _DECADES
    power = math.log10(value) if value > 0 else low
    return round(100 * (min(max(power, low), high) - low) / (high - low), 2)


def _raised(power: int) -> str:
    digits = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    return str(power).translate(digits)


def _figure(closer: Closer, pictures: Mapping[int, Path]) -> Figure:
    shown = closer.layers[-_MOST_LAYERS:] if not closer.cause else closer.layers
    return Figure(
        closer=closer,
        picture=_thumbnail(pictures.get(closer.row)),
        fault=first_fault(closer),
        layers=[
            (
                *(layer.layer, _number(layer.over_floor), _number(layer.local)),
                layer.verdict not in PASSING or layer.local_verdict not in (None, *PASSING),
            )
            for layer in shown
        ],
        hidden=len(closer.layers) - len(shown),
    )


def _thumbnail(path: Path | None) -> str:
    """An image as a data address; empty if there is none."""
    if path is None:
        return ""
    data = io.BytesIO()
    with Image.open(path) as image:
        small = image.convert("RGB")
        small.thumbnail((_THUMBNAIL, _THUMBNAIL))
        small.save(data, "PNG")
    return f"data:image/png;base64,{b64encode(data.getvalue()).decode()}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"
