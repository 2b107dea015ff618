"""The tables of agreement: errors, faulty layers, preprocessing, pairs of runners."""

from __future__ import annotations

from netparity.protocol import INPUTS, Run
from netparity.report.cells import ABSENT, Table, error
from netparity.results.outcomes import faulty_layers

FLOOR_ROW = "noise floor"
FEW_FEATURES = 4


def parity(run: Run) -> Table:
    """Relative L2 error of each feature against the float64 reference."""
    columns = [(kind, feature) for kind in INPUTS for feature in run.settings.layers]
    entries = [entry for entry in run.parity if entry.against == "reference"]
    found = {(entry.label, entry.input, entry.feature): entry for entry in entries}
    headers = ("runner", *(f"{feature}, {kind}" for kind, feature in columns))
    rows = [
        (label, *(error(found.get((label, *column))) for column in columns))
        for label in dict.fromkeys(entry.label for entry in entries)
    ]
    floors = shared_floors(run)
    if floors and rows:
        cells = [
            f"{floors[feature]:.1e}" if kind == "shared" and feature in floors else ABSENT
            for kind, feature in columns
        ]
        rows.insert(0, (FLOOR_ROW, *cells))
    title = "Relative L2 error against the float64 reference on the same input"
    return Table(title, headers, tuple(rows))


def shared_floors(run: Run) -> dict[str, float]:
    """Noise floor of each feature of the shared input, as a relative L2 error."""
    return {
        entry.feature: entry.relative_l2
        for floor in run.noise_floors
        if floor.input == "shared"
        for entry in floor.layers
    }


def bound(run: Run, floor: float | None) -> float | None:
    """The largest relative L2 error with which a feature of this noise floor passes.

    None if the criterion of parity is another one, or the floor is not known.
    """
    settings = run.settings
    if settings.max_relative_l2 is not None:
        return settings.max_relative_l2
    if settings.floor_factor is None or settings.atol is not None or settings.rtol is not None:
        return None
    return None if floor is None else settings.floor_factor * floor


def faults(run: Run) -> Table:
    """Which layers add an error of their own, given the runner's own previous activation."""
    rows = []
    for record in run.runners:
        faulty = faulty_layers(run, record.label)
        if faulty:
            first = faulty[0]
            assert first.local is not None
            own = first.local.relative_l2
            rows.append(
                (
                    record.label,
                    first.feature,
                    ABSENT if own is None else f"{own:.1e}",
                    f"{first.local.floor:.1e}",
                    ", ".join(entry.feature for entry in faulty[1:]) or "none",
                )
            )
    headers = ("runner", "first faulty layer", "local error", "noise floor", "other faulty layers")
    return Table("Faulty layers, shared input", headers, tuple(rows))


def preprocessing(run: Run) -> Table:
    """How each runner's own preprocessing differs, and how far that moves the features."""
    features = run.settings.layers if len(run.settings.layers) <= FEW_FEATURES else []
    features = features or [layer for layer in ("fc6", "fc7") if layer in run.settings.layers]
    rows = []
    for made in run.preprocessing:
        moved = {entry.feature: entry for entry in made.features}
        cells = []
        for feature in features:
            entry = moved.get(feature)
            known = entry is not None and entry.relative_l2 is not None
            cells.append(f"{entry.relative_l2:.1e}" if entry and known else ABSENT)
            share = entry.explained_by_resize if entry else None
            cells.append(ABSENT if share is None else f"{100 * share:.0f} %")
        rms = ABSENT if made.rms is None else f"{made.rms:.2g}"
        rows.append((made.label, rms, *cells))
    headers = ["runner", "rms, grey levels"]
    for feature in features:
        headers += [f"{feature} moved", "due to resize"]
    title = "The runners' own preprocessing compared with the shared input"
    return Table(title, tuple(headers), tuple(rows))


def matrix(run: Run, feature: str | None = None) -> Table:
    """Every runner against every other one, at one feature of the shared input."""
    feature = feature or matrix_feature(run)
    entries = {
        (entry.label, entry.against): entry
        for entry in run.parity
        if entry.input == "shared" and entry.feature == feature
    }
    labels = list(dict.fromkeys(label for label, _ in entries))
    if len(labels) < 2:
        return Table("", (), ())
    names = ["reference", *labels]
    rows = []
    for number, name in enumerate(names, start=1):
        cells = [
            "0"
            if name == other
            else error(entries.get((name, other)) or entries.get((other, name)))
            for other in names
        ]
        rows.append((f"{number} {name}", *cells))
    numbers = tuple(str(number) for number in range(1, len(names) + 1))
    title = f"Relative L2 distance between every pair at {feature}, shared input"
    return Table(title, ("", *numbers), tuple(rows))


def matrix_feature(run: Run) -> str:
    """The feature shown in the matrix: fc6 if it was compared, else the last one."""
    layers = run.settings.layers
    return "fc6" if "fc6" in layers else layers[-1]
