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
from netparity.report.document import Choice, expect
from netparity.report.notebook_plot import RunPlot
from netparity.report.plots import COLUMN_MM, KINDS, scene_for_file
from netparity.report.printed import printed
from netparity.results.folder import RunFolder

if TYPE_CHECKING:
    import pandas

__all__ = ["LoadedRun", "RunPlot"]


class LoadedRun(Run):
    """A run with its folder. It is a `netparity.protocol.Run`, and equals the one it was made from.

    `print` shows its outcome and its table; Jupyter shows them, and the warnings, where it is the
    value of a cell. Data frames need pandas: `pip install 'netparity[notebook]'`. The first column
    of each is the run's id, so that `pandas.concat` can stack those of several runs. Text is
    `string`, numbers are `float64`, `int64` or, where one may be missing, `Int64`; a missing value
    is NaN or NA, never zero.

    A run that was cut short has measurements and features, but no results derived from them until
    `netparity report FOLDER` has judged it.
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
        """The run's folder; None for a run that was never stored."""
        return self._folder

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same values, whatever their folders."""
        if not isinstance(other, Run):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in Run.model_fields)

    __hash__ = Run.__hash__

    def __repr__(self) -> str:
        return printed(self)

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return fragment.render(self)

    # --- data frames ------------------------------------------------------------------------

    def tidy(self) -> pandas.DataFrame:
        """One value per row, with its interval and unit: everything that was found, to be filtered.

        Columns:
            - run_id, started (time, UTC), netparity_version, cpu, model: of the run
            - label, runner: whose value it is; runner is the kind
            - input (shared or native), feature, against (reference or a label): of parity
            - phase: of seconds
            - quantity: one of the metrics of agreement, or seconds, best_seconds, ratio,
              share_of_limit, layer_seconds, peak_rss
            - value, and low and high, the ends of its 95 % interval
            - unit: s, B (bytes), dB, ulp, 1 (none), or feature (that of the feature's values)
            - verdict: of parity or of the timing

        Raises:
            UsageError: if pandas is not installed.
        """
        return frames.tidy_frame(self)

    def summary(self) -> pandas.DataFrame:
        """One row per runner, as in `table.csv`, including runners that did not run.

        Columns:
            - run_id, label, runner, code (what ran), status, reason
            - outcome: the parity verdict in a word, or the status
            - ranked: whether it passed parity, so that its timings are ranked
            - first_faulty_layer, model, weights_kind, weights_sha256
            - processes: how many succeeded
            - peak_rss_bytes: the largest peak memory among them
            - for each phase, columns of timings such as predict_median_seconds, in seconds
              except for predict_ratio and its interval
            - for each input and feature, relative_l2, max_abs, cosine_distance, floor and
              verdict against the reference, such as shared_fc6_relative_l2

        Raises:
            UsageError: if pandas is not installed.
        """
        return frames.summary_frame(self)

    def timings(self) -> pandas.DataFrame:
        """One row per runner and phase. `netparity.protocol.TimingEntry` defines the columns.

        Columns:
            - run_id, label, runner, phase
            - median_seconds, interval_low_seconds, interval_high_seconds: the geometric mean of
              the processes' medians, and its 95 % interval
            - min_seconds, max_seconds, mad_seconds (median absolute deviation),
              quantile_05_seconds, quantile_25_seconds, quantile_75_seconds,
              quantile_95_seconds: of all values
            - images_per_second: of the predictions, from the median
            - processes, outliers: how many
            - ratio, ratio_low, ratio_high: seconds over those of the runner chosen as the base
              of ratios, and the 95 % interval, adjusted for the number of runners; only of
              runners that passed parity
            - verdict, p_value: what that interval shows, and the p-value that belongs to it
            - largest_difference: the largest relative difference that the interval includes
            - least_difference: the relative difference that this many rounds would have shown
              in four of five cases
            - processors_busy: processor seconds over wall-clock seconds
            - energy_joules: of the processors for one prediction

        Raises:
            UsageError: if pandas is not installed.
        """
        return frames.timings_frame(self)

    def measurements(self) -> pandas.DataFrame:
        """One row per raw value, as in `measurements.csv`, also for a run that was cut short.

        Columns:
            - run_id, label, runner, round, order (position in the round, from 1)
            - phase, index (of the value within its phase and process, from 1)
            - seconds: the mean of `loops` calls in a row
            - status: of the process, ok or failed
            - tick_seconds: the smallest step of its clock
            - multiply_seconds, copy_seconds: of a fixed load just before the process
            - peak_rss_bytes: the process's peak memory
            - turn: of a prediction, where the processes of the round took turns
            - user_seconds, system_seconds, minor_faults, major_faults, voluntary_switches,
              involuntary_switches: what the process used during the value
            - stolen_seconds, while_stolen: processor seconds that the hypervisor gave to other
              machines meanwhile, and whether these are 1 % or more: yes or no

        Raises:
            UsageError: if pandas is not installed.
        """
        return frames.measurements_frame(self)

    def agreement(self) -> pandas.DataFrame:
        """One row per comparison of two features, as in `parity.csv`.

        Columns:
            - run_id, label, against (reference or a label), input (shared or native),
              feature, verdict, note, arithmetic (the reduced precision whose pattern the
              error has), or_arithmetic (others that cannot be told from it)
            - floor: the relative L2 error of float32 rounding alone
            - count, nan, inf: how many values the feature has, and how many are NaN or infinite
            - relative_l2, max_relative, cosine_distance, spearman: dimensionless
            - rms, max_abs: in the feature's own unit
            - ulp_50, ulp_99, ulp_100: quantiles in units in the last place
            - snr_db: in decibels
            - sign_flips, relu_flips: fractions of the values
            - top1, top5: fractions of the images
            - identical_to: labels whose feature is bit-identical; max_abs_at: indices of the
              largest difference
            - local_since, local_relative_l2, local_floor, local_verdict: the layer's own error,
              given this runner's activation of layer local_since

        `docs/parity.md` and `netparity.parity.metrics` define them.

        Raises:
            UsageError: if pandas is not installed.
        """
        return frames.agreement_frame(self)

    def layers(self) -> pandas.DataFrame:
        """One row per runner and layer, as in `layers.csv`; none without `--per-layer`.

        Columns:
            - run_id, label, layer
            - up_to_seconds: from the input to this layer
            - own_seconds: what this layer adds; negative where that is less than the noise
            - flops: floating-point operations of the layer, for all images
            - limit_seconds: the time for them at the machine's measured rates

        Raises:
            UsageError: if pandas is not installed.
        """
        return frames.layers_frame(self)

    # --- features ---------------------------------------------------------------------------

    def feature(self, label: str, name: str, input: InputKind = "shared") -> npt.NDArray[Any]:
        """A feature as the runner returned it in its first process.

        Args:
            label: of the runner.
            name: of the layer, such as `fc6`.
            input: `shared`, the tensor given to every runner, or `native`, its own preprocessing.

        Returns:
            N x H x W x C, or N x units for a dense layer, usually float32; N images.

        Raises:
            UsageError: if there is no such input.
            InputError: if there is no such runner or feature, or its file is missing or changed.
        """
        expect("input", input, INPUTS)
        records = {record.label: record for record in self.runners}
        _known("the run", f"runner {label!r}", label, records)
        kept = records[label].features.get(input, {})
        _known(label, f"feature {name!r} of the {input} input", name, kept)
        return self._array(kept[name])

    def reference(self, name: str) -> npt.NDArray[Any]:
        """A feature of the float64 reference pass over the shared input.

        Args:
            name: of the layer, such as `fc6`.

        Returns:
            N x H x W x C, or N x units for a dense layer, float64; N images.

        Raises:
            InputError: if there is no such feature, or its file is missing or changed.
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
                f"{self._folder} does not hold {stored.file}: only run.json was kept; use the "
                "run's whole folder, or compare again"
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
        """Draw the same plot as `netparity plot`.

        Args:
            kind: phases, values, layers, features, inputs or limit.
            phase: whose seconds the plot of values shows.
            feature: which one the plot of features shows; None for fc6, or else the last one.
            theme: light or dark.
            width_mm: of the file, 60 to 400 mm; a column of most journals has 89.

        Raises:
            UsageError: if one of these has an unknown value.
            InputError: if the run does not hold what the plot shows.
        """
        expect("plot", kind, KINDS)
        expect("phase", phase, PHASES)
        if feature is not None:
            expect("feature", feature, self.settings.layers)
        folder = RunFolder(self._folder) if self._folder is not None else None
        choice = Choice(phase, feature)
        return RunPlot.draw(kind, scene_for_file(self, folder, choice, theme, width_mm))


def _known(owner: str, what: str, name: str, known: Collection[str]) -> None:
    """Refuse a name that the run does not hold.

    Raises:
        InputError: naming it, and the names that the run holds.
    """
    if name not in known:
        raise InputError(f"{owner} has no {what}; it has {', '.join(known) or 'none'}")
