"""From the user's `--weights` (`synthetic:0`, a path) to a file that each tool can load."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from netparity.errors import InputError, UsageError
from netparity.networks import Network
from netparity.networks.catalogue.vgg import widths_of
from netparity.networks.reading.base import InFile, ReadNetwork
from netparity.networks.writing import Writer
from netparity.system.cache import cache_folder, exclusive, replacing
from netparity.system.paths import usable_path
from netparity.watch import SILENT, Watch
from netparity.weights import canonical, synthetic
from netparity.weights.formats import BY_NAME
from netparity.weights.network_files import (
    finite,
    is_known,
    key_of,
    matched,
    rearranged,
    stated_network,
)
from netparity.weights.opened import open_weights, refuse_unreadable
from netparity.weights.stamps import recorded_stamp, stamp, stamp_file

_MOST_DIGITS = 18
_MOST_OTHER_WEIGHTS = 4


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

    @property
    def canonical_file(self) -> Path:
        """The path of the canonical tensors."""
        return self.folder / "canonical.safetensors"

    def _converted(
        self,
        file: str,
        title: str,
        write: Callable[[Path, Network, canonical.Tensors], None],
        watch: Watch,
    ) -> Path:
        path = self.folder / file
        with exclusive(path, watch):
            if stamp(path) != recorded_stamp(path):
                with watch.task(f"converting weights to {title}"), replacing(path) as draft:
                    write(draft, self.model, self.tensors())
                stamp_file(path).write_text(stamp(path))
        return path


def resolve(source: str, model: Network, watch: Watch = SILENT) -> WeightSet:
    """Read or make the weights that `source` names.

    Args:
        source: `synthetic:SEED`, or the path of a file in any of `FORMATS`.

    Raises:
        UsageError: if it is empty, or its seed is not a number.
        InputError: if the file cannot be read or is not for this model.
    """
    if not source.strip():
        raise UsageError("--weights is empty; give synthetic:SEED or a file")
    if source.partition(":")[0] == "synthetic":
        return _resolve_synthetic(source, model, watch)
    return _resolve_file(usable_path(Path(source), "weights"), model, watch)


def recall(
    model: Network, kind: Literal["synthetic", "file"], source: str, sha256: str
) -> WeightSet:
    """The weights of a stored run, found by their hash.

    Raises:
        InputError: if the cache no longer holds them and they cannot be made again.
    """
    folder = _folder(sha256)
    if canonical.is_intact(folder / "canonical.safetensors", model, sha256):
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
    for path in sorted(cache_folder("weights").glob("*/canonical.safetensors")):
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
    sha256 = _canonical(
        index, f"synthetic:{seed}", model, watch, lambda: synthetic.make(model, seed, watch)
    )
    return WeightSet(model, "synthetic", f"synthetic:{seed}", sha256, _folder(sha256))


def _resolve_file(path: Path, model: Network, watch: Watch) -> WeightSet:
    """From a file: of the same network if it states one, of its layers otherwise."""
    refuse_unreadable(path)
    read = stated_network(path, watch, model.input_size)
    if read is None:
        return _resolve_layers(path, model, watch)
    matching = matched(read, model, path)
    if widths_of(model) is not None:
        with contextlib.suppress(InputError):  # then its tensors are matched by the structure
            return _resolve_layers(path, model, watch)
    tensors = rearranged(read, matching, path)
    return _stored_set(path, model, tensors, read.notes, {}, watch)


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
) -> WeightSet:
    name = network.name if is_known(network) else key_of(network)
    index = cache_folder("weights", "index") / f"file-{_file_hash(path)}-{name}.sha256"
    with watch.task(f"reading weights {path.name}"):
        sha256 = _canonical(index, path.name, network, watch, lambda: tensors)
    for note in notes:
        watch.message(f"weights {path.name}: {note}")
    return WeightSet(network, "file", path.name, sha256, _folder(sha256), own_files)


def _resolve_layers(path: Path, model: Network, watch: Watch) -> WeightSet:
    """From a file of layers whose order or names are those of a network of the catalogue."""
    with watch.task(f"reading weights {path.name}"):
        opened = open_weights(path, model)
        index = cache_folder("weights", "index") / f"file-{_file_hash(path)}-{model.name}.sha256"
        sha256 = _canonical(index, path.name, model, watch, opened.tensors)
    for note in opened.contents.notes:
        watch.message(f"weights {path.name}: {note}")
    own = {opened.format.name: path.absolute()} if opened.contents.as_it_is else {}
    return WeightSet(model, "file", path.name, sha256, _folder(sha256), own)


def _file_hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"weights {path} cannot be read: {error.strerror}") from error


def _recorded_hash(index: Path) -> str | None:
    """The hash in an index file; None if the file is missing or damaged."""
    try:
        text = index.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return text if re.fullmatch(r"[0-9a-f]{64}", text) else None


def _folder(sha256: str) -> Path:
    return cache_folder("weights", sha256[:20])


def _canonical(
    index: Path,
    source: str,
    model: Network,
    watch: Watch,
    make: Callable[[], canonical.Tensors],
) -> str:
    """The hash of the weights that `index` names; they are made and stored on first use."""
    with exclusive(index, watch):
        known = _recorded_hash(index)
        if known is not None:
            stored = _folder(known) / "canonical.safetensors"
            if canonical.is_intact(stored, model, known):
                return known
        # The folder is named for the hash, which is known only after the last number is written.
        made = index.with_suffix(".safetensors")
        with replacing(made) as draft:
            sha256 = canonical.write(draft, make(), model, source)
        os.replace(made, _folder(sha256) / "canonical.safetensors")
        with replacing(index) as draft:
            draft.write_text(sha256)
    return sha256


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
