"""A stored run in a notebook: data frames, features, plots, and what a cell shows of it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy.typing as npt
from pydantic import PrivateAttr

from netparity.errors import InputError
from netparity.protocol import INPUTS, PHASES, FeatureFile, InputKind, Run
from netparity.report import fragment, frames
from netparity.report.cells import counted
from netparity.report.document import Choice, expect
from netparity.report.notebook_plot import RunPlot
from netparity.report.plots import COLUMN_MM, KINDS, scene_for_file
from netparity.report.visible import visible
from netparity.results.folder import RunFolder

if TYPE_CHECKING:
    import pandas

__all__ = ["LoadedRun", "RunPlot"]


class LoadedRun(Run):
    """A run with its folder. It is a `netparity.protocol.Run`, and equals the one it was made of.

    As the value of a cell, Jupyter shows what the run comes to, its first table and its warnings.
    Data frames need pandas: `pip install 'netparity[notebook]'`. Each begins with the run's id, so
    that those of several runs can be put below each other with `pandas.concat`. Their text is
    `string`, their numbers are `float64`, `int64` or, where one may be missing, `Int64`; what is
    missing is NaN or NA, never zero.

    A run that was cut short has measurements and features, but no figures made of them until
    `netparity report` with its folder has judged it.
    """

    _folder: Path | None = PrivateAttr(default=None)

    @classmethod
    def of(cls, run: Run, folder: RunFolder | None = None) -> LoadedRun:
        """The same run, with the folder that holds its features."""
        values = {name: getattr(run, name) for name in type(run).model_fields}
        made = cls.model_construct(_fields_set=set(run.model_fields_set), **values)
        made._folder = folder.path if folder is not None else None
        return made

    @property
    def folder(self) -> Path | None:
        """Where it lies; None for a run that was never stored."""
        return self._folder

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same, wherever they lie."""
        if not isinstance(other, Run):
            return NotImplemented
        return all(getattr(self, each) == getattr(other, each) for each in Run.model_fields)

    __hash__ = Run.__hash__

    def __repr__(self) -> str:
        runners = counted(len(self.runners), "runner")
        return f"LoadedRun({visible(self.run_id)}: {visible(self.model)}, {runners})"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return fragment.render(self)

    # --- data frames ------------------------------------------------------------------------

    def tidy(self) -> pandas.DataFrame:
        """One figure per row, with its interval and its unit: all that was found, to be filtered.

        Columns:
            - run_id, started (time, UTC), netparity_version, cpu, model: of the run
            - label, runner: whose figure it is; runner is its kind
            - input (shared or native), feature, against (reference or a label): of parity
            - phase: of seconds
            - quantity: what it is: the metrics of agreement, seconds, best_seconds, ratio,
              share_of_limit, layer_seconds, peak_rss
            - value, and low and high, the ends of its 95 % interval
            - unit: s, B (bytes), dB, ulp, 1 (none), or feature (that of the feature's values)
            - verdict: on parity or on the time

        Raises:
            UsageError: if pandas is not installed.
        """
        return frames.tidy_frame(self)

    def summary(self) -> pandas.DataFrame:
        """One row per runner, the rows of `table.csv`: also of those that did not run.

        Columns:
            - run_id, label, runner, code (what ran), status, reason
            - outcome: parity in a word, or the status
            - ranked: whether it passed parity, so that its times count
            - first_faulty_layer, model, weights_kind, weights_sha256
            - processes: that ended well
            - peak_rss_bytes: the largest peak of memory among them
            - for each phase the columns of timings, as predict_median_seconds, in seconds but
              for predict_ratio and its ends
            - for each input and feature, as shared_fc6_relative_l2: relative_l2, max_abs,
              cosine_distance, floor and verdict against the reference

        Raises:
            UsageError: if pandas is not installed.
        """
        return frames.summary_frame(self)

    def timings(self) -> pandas.DataFrame:
        """One row per runner and phase. `netparity.protocol.TimingEntry` has the meanings.

        Columns:
            - run_id, label, runner, phase
            - median_seconds, interval_low_seconds, interval_high_seconds: the median of each
              process, their geometric mean, and the ends of its 95 % interval
            - min_seconds, max_seconds, mad_seconds (median absolute deviation),
              quantile_05_seconds, quantile_25_seconds, quantile_75_seconds,
              quantile_95_seconds: of all values
            - processes, outliers: how many
            - ratio, ratio_low, ratio_high: seconds over those of the runner that all are
              compared with, and its 95 % interval; only of what passed parity
            - verdict, p_value: of the test, corrected for the number of runners
            - least_difference: relative, that these rounds would have shown in four of five cases

        Raises:
            UsageError: if pandas is not installed.
        """
        return frames.timings_frame(self)

    def measurements(self) -> pandas.DataFrame:
        """One row per value measured, the rows of `measurements.csv`: also of a run cut short.

        Columns:
            - run_id, label, runner, round, order (its place in the round, from 1)
            - phase, index: counts the values of a phase in one process, from 1
            - seconds: the mean of loops calls in a row
            - status: of the process, ok or failed
            - tick_seconds: the smallest step of its clock
            - multiply_seconds, copy_seconds: of a fixed load just before the process
            - peak_rss_bytes: its peak of memory

        Raises:
            UsageError: if pandas is not installed.
        """
        return frames.measurements_frame(self)

    def agreement(self) -> pandas.DataFrame:
        """One row per comparison of two features, the rows of `parity.csv`.

        Columns:
            - run_id, label, against (reference or a label), input (shared or native),
              feature, verdict, note, arithmetic (the number format that the error has the
              pattern of)
            - floor: relative L2 of float32 rounding alone
            - count, nan, inf: values in the feature, and those among them that are none
            - relative_l2, max_relative, cosine_distance, spearman: without unit
            - rms, max_abs: in the feature's own unit
            - ulp_50, ulp_99, ulp_100: quantiles in units in the last place
            - snr_db: in decibels
            - sign_flips, relu_flips: shares of the values
            - top1, top5: shares of the images
            - identical_to: labels with the same bits; max_abs_at: indices of the largest
              difference
            - local_since, local_relative_l2, local_floor, local_verdict: what the layer
              did itself, given this runner's own activation of layer local_since

        `docs/parity.md` and `netparity.parity.metrics` define them.

        Raises:
            UsageError: if pandas is not installed.
        """
        return frames.agreement_frame(self)

    def layers(self) -> pandas.DataFrame:
        """One row per runner and layer, the rows of `layers.csv`; none without `--per-layer`.

        Columns:
            - run_id, label, layer
            - up_to_seconds: from the input to this layer
            - own_seconds: what it adds; below 0 where noise is larger than that
            - flops: floating-point operations that it needs, for all images
            - limit_seconds: that it needs at the machine's rates

        Raises:
            UsageError: if pandas is not installed.
        """
        return frames.layers_frame(self)

    # --- features ---------------------------------------------------------------------------

    def feature(self, label: str, name: str, input: InputKind = "shared") -> npt.NDArray[Any]:
        """A feature as the runner handed it out in its first process.

        Args:
            label: of the runner.
            name: of the layer, such as `fc6`.
            input: `shared`, which every runner was given, or `native`, its own preprocessing.

        Returns:
            N x H x W x C, or N x units of a dense layer, usually float32; N images.

        Raises:
            UsageError: if there is no such input.
            InputError: if there is no such runner or feature, or its file is gone or was changed.
        """
        expect("input", input, INPUTS)
        records = {record.label: record for record in self.runners}
        _known("the run", f"runner {label!r}", label, records)
        kept = records[label].features.get(input, {})
        _known(label, f"feature {name!r} of the {input} input", name, kept)
        return self._array(kept[name])

    def reference(self, name: str) -> npt.NDArray[Any]:
        """A feature of the float64 pass over the shared input, which all are judged against.

        Args:
            name: of the layer, such as `fc6`.

        Returns:
            N x H x W x C, or N x units of a dense layer, float64; N images.

        Raises:
            InputError: if there is no such feature, or its file is gone or was changed.
        """
        _known("the run", f"reference feature {name!r}", name, self.reference_features)
        return self._array(self.reference_features[name])

    def _array(self, stored: FeatureFile) -> npt.NDArray[Any]:
        if self._folder is None:
            raise InputError(
                f"run {self.run_id} was not read from a folder, so {stored.file} cannot be found; "
                "read it with netparity.load_run"
            )
        folder = RunFolder(self._folder)
        if not folder.inside(stored.file).is_file():
            raise InputError(
                f"{self._folder} does not hold {stored.file}: only its figures were kept; "
                "take the run's whole folder, or compare again"
            )
        return folder.read_array(stored)

    # --- plots ------------------------------------------------------------------------------

    def plot(
        self,
        kind: str = "phases",
        *,
        phase: str = "predict",
        feature: str | None = None,
        theme: str = "light",
        width_mm: float = COLUMN_MM,
    ) -> RunPlot:
        """Draw what `netparity plot` draws.

        Args:
            kind: phases, values, layers, features, inputs or limit.
            phase: whose seconds the plot of values shows.
            feature: which one the plot of features shows; None for fc6 or else the last.
            theme: light or dark.
            width_mm: of the file, 40 to 400 mm; one column of most journals has 89.

        Raises:
            UsageError: if one of these is not known.
            InputError: if the run does not hold what the plot shows.
        """
        expect("plot", kind, KINDS)
        expect("phase", phase, PHASES)
        if feature is not None:
            expect("feature", feature, self.settings.layers)
        folder = RunFolder(self._folder) if self._folder is not None else None
        choice = Choice(phase, feature)
        return RunPlot.draw(kind, scene_for_file(self, folder, choice, theme, width_mm))


def _known(who: str, what: str, name: str, known: Collection[str]) -> None:
    """Refuse what the run does not hold.

    Raises:
        InputError: naming it, and what there is.
    """
    if name not in known:
        raise InputError(f"{who} has no {what}; there is {', '.join(known) or 'none'}")
