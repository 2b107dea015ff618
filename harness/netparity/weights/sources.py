"""From the user's `--weights` (`synthetic:0`, a path) to a file that each tool can load."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from netparity.errors import InputError, UsageError
from netparity.files import shards
from netparity.files.limits import reading
from netparity.networks import Network
from netparity.networks.reading.base import InFile, ReadNetwork
from netparity.networks.writing import Writer
from netparity.system.cache import cache_folder
from netparity.system.paths import usable_path
from netparity.watch import SILENT, Watch
from netparity.weights import canonical, synthetic
from netparity.weights.cached import CANONICAL, canonical_hash, converted_file, folder_of
from netparity.weights.formats import BY_NAME
from netparity.weights.network_files import finite, is_known, key_of
from netparity.weights.opened import WeightFile, open_weights

READERS_VERSION = 4
"""Increased whenever a file would be read otherwise than before."""
_MOST_DIGITS = 18
_MOST_OTHER_WEIGHTS = 4

Write = Callable[[Path, Network, canonical.Tensors], None]


@dataclass(frozen=True)
class WeightSet:
    """One set of weights, and its file in each format.

    Attributes:
        sha256: over names, shapes and values (`canonical.content_hash`).
        folder: the cache folder of these weights.
        own_files: by format, a file of the user's that is used as it is instead of a conversion.
        in_files: what is special about such a file, where anything is.
    """

    model: Network
    kind: Literal["synthetic", "file"]
    source: str
    sha256: str
    folder: Path
    own_files: dict[str, Path] = field(default_factory=dict)
    in_files: dict[str, InFile] = field(default_factory=dict)

    def tensors(self) -> canonical.Tensors:
        """The canonical tensors, each read on access."""
        return canonical.stored(self.canonical_file, self.model)

    def file(self, format_name: str, watch: Watch = SILENT) -> Path:
        """The path of the weights in a tool's own format; they are converted on first use.

        Raises:
            StoreError: if the file cannot be written.
        """
        if format_name in self.own_files:
            return self.own_files[format_name]
        format_ = BY_NAME[format_name]
        assert format_.write is not None
        name = f"{format_.name}{format_.suffixes[0]}"
        return self._converted(name, format_.name, format_.write, watch)

    def network_file(self, writer: Writer, watch: Watch = SILENT) -> Path:
        """The path of the network with its weights in a tool's own format, written on first use.

        Raises:
            GraphError: if the format has no operation for a node.
            StoreError: if the file cannot be written.
        """
        # Networks with equal tensors may differ in strides or names.
        name = f"{writer.name}-{key_of(self.model)}{writer.suffix}"
        return self._converted(name, writer.name, writer.write, watch)

    def _converted(self, name: str, title: str, write: Write, watch: Watch) -> Path:
        def save(draft: Path) -> None:
            write(draft, self.model, self.tensors())

        return converted_file(self.folder / name, title, save, watch)

    @property
    def canonical_file(self) -> Path:
        """The path of the canonical tensors."""
        return self.folder / CANONICAL


def resolve(
    source: str, model: Network, watch: Watch = SILENT, names: Path | None = None
) -> WeightSet:
    """Read or make the weights that `source` names.

    Args:
        source: `synthetic:SEED`, or the path of a file in any of `FORMATS`.
        model: what they are for. A file may make another network of it: one with its own number of
            classes, or without its end.
        names: a file that says which layer is which (`--map`).

    Raises:
        UsageError: if it is empty, or its seed is not a number.
        InputError: if the file cannot be read or is not for this model.
    """
    if not source.strip():
        raise UsageError("--weights is empty; give synthetic:SEED or a file")
    if source.partition(":")[0] == "synthetic":
        return _resolve_synthetic(source, model, watch)
    with watch.task(f"reading weights {Path(source).name}"):
        file = open_weights(usable_path(Path(source), "weights"), model, names)
    return of_weight_file(file, watch)


def recall(
    model: Network, kind: Literal["synthetic", "file"], source: str, sha256: str
) -> WeightSet:
    """The weights of a stored run, found by their hash.

    Raises:
        InputError: if the cache no longer holds them and they cannot be made again.
    """
    folder = folder_of(sha256)
    if canonical.is_intact(folder / CANONICAL, model, sha256):
        return WeightSet(model, kind, source, sha256, folder)
    if kind == "synthetic" and source.startswith("synthetic"):
        made = resolve(source, model)
        if made.sha256 == sha256:
            return made
    raise InputError(
        f"the weights {source} ({sha256[:12]}) are no longer in the cache; give their file again "
        "with --weights"
    )


def known(model: Network) -> list[WeightSet]:
    """Every set of weights in the cache that fits this model.

    Two files may state different networks with one name.
    """
    found = []
    for path in sorted(cache_folder("weights").glob(f"*/{CANONICAL}")):
        if (described := canonical.describe(path)) and described["model"] == model.name:
            kind: Literal["synthetic", "file"] = (
                "synthetic" if described["source"].startswith("synthetic:") else "file"
            )
            sha256 = described["sha256"]
            try:
                canonical.stored(path, model)
            except InputError:
                continue
            found.append(WeightSet(model, kind, described["source"], sha256, path.parent))
    return found


def _resolve_synthetic(source: str, model: Network, watch: Watch) -> WeightSet:
    seed_text = source.partition(":")[2] or "0"
    if not (seed_text.isascii() and seed_text.isdigit() and len(seed_text) <= _MOST_DIGITS):
        raise UsageError(
            f"weights {source[:60]!r}: the seed must be a whole number of at most {_MOST_DIGITS} "
            "digits, as in synthetic:0"
        )
    seed = int(seed_text)
    name = model.name if is_known(model) else key_of(model)
    index = (
        cache_folder("weights", "index") / f"synthetic-v{synthetic.VERSION}-{name}-{seed}.sha256"
    )
    sha256 = canonical_hash(
        index, f"synthetic:{seed}", model, watch, lambda: synthetic.make(model, seed, watch)
    )
    return WeightSet(model, "synthetic", f"synthetic:{seed}", sha256, folder_of(sha256))


def of_weight_file(file: WeightFile, watch: Watch = SILENT) -> WeightSet:
    """The weights of a file whose network is known.

    Raises:
        InputError: if a tensor cannot be read, or holds NaN or infinite values.
    """
    notes = (*file.notes, *_left_out(file))
    return _stored_set(
        file.path, file.model, file.tensors, notes, file.own_files, watch, _how_read(file)
    )


def _how_read(file: WeightFile) -> str:
    """A hash of which tensors were taken as which: `--map` and the stated channels change it."""
    places = sorted((name, place.name) for name, place in file.places.items())
    how = (file.layout, file.model.image.preprocessing, places)
    return hashlib.sha256(repr(how).encode()).hexdigest()[:16]


def _left_out(file: WeightFile) -> Iterator[str]:
    for what in file.left_out:
        yield f"left out: {what}"


def of_network_file(path: Path, read: ReadNetwork, network: Network, watch: Watch) -> WeightSet:
    """The weights that a file holds for the very network that it states.

    Args:
        network: the file's network, perhaps with other preprocessing or further names.
    """
    own = {read.as_it_is: path.absolute()} if read.as_it_is else {}
    found = _stored_set(path, network, finite(read.tensors, path), read.notes, own, watch)
    return found if read.in_file is None else replace(found, in_files={read.as_it_is: read.in_file})


def _stored_set(
    path: Path,
    network: Network,
    tensors: canonical.Tensors,
    notes: Sequence[str],
    own_files: dict[str, Path],
    watch: Watch,
    how: str = "as-stated",
) -> WeightSet:
    name = network.name if is_known(network) else key_of(network)
    file_name = f"file-v{READERS_VERSION}-{_file_hash(path)}-{name}-{how}.sha256"
    index = cache_folder("weights", "index") / file_name
    with watch.task(f"reading weights {path.name}"):
        sha256 = canonical_hash(index, path.name, network, watch, lambda: tensors)
    for note in notes:
        watch.message(f"weights {path.name}: {note}")
    return WeightSet(network, "file", path.name, sha256, folder_of(sha256), own_files)


def _file_hash(path: Path) -> str:
    """Over the file, or over all files of which a model in parts consists."""
    digest = hashlib.sha256()
    with reading(path, "a file of weights"):
        for part in shards.every_file(path):
            with part.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def other_weight_sets(
    model: Network, sha256: str, named: Sequence[str], watch: Watch
) -> dict[str, canonical.Tensors]:
    """Weights that may have been used by mistake: those in `named`, then those in the cache."""
    sets = [resolve(source, model, watch) for source in named] + known(model)
    found: dict[str, canonical.Tensors] = {}
    seen = {sha256}
    for weight_set in sets:
        if weight_set.sha256 not in seen and len(found) < _MOST_OTHER_WEIGHTS + len(named):
            seen.add(weight_set.sha256)
            found[weight_set.source] = weight_set.tensors()
    return found
