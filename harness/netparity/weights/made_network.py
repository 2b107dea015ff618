"""A network that its own framework made by name, such as keras:ResNet50: its files on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from netparity.errors import StoreError
from netparity.networks import Network, Preprocessing
from netparity.networks import document_fields as fields
from netparity.networks.graph import GraphError
from netparity.networks.input_size import InputSize
from netparity.networks.reading.base import ReadNetwork
from netparity.watch import Watch
from netparity.weights.network_files import stated_network

ANSWER = "answer.json"
"""What the framework's program says of the files that it made; it is written last."""


@dataclass(frozen=True)
class MadeNetwork:
    """A file that states the network with its weights, and what the file does not say.

    Attributes:
        name: as the user writes it.
        file: in a format that netparity reads.
        built: the framework's function that made it.
        versions: of the framework.
        preprocessing: what the framework does to an image; None if it does not say.
        seed: of the random weights; None for those of a file.
        weights: the user's file with the weights; None for random ones.
        own_files: by format, further files that the framework's own tool loads.
    """

    name: str
    file: Path
    built: str
    versions: Mapping[str, str]
    preprocessing: Preprocessing | None
    seed: int | None
    weights: Path | None = None
    own_files: Mapping[str, Path] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """Who made it, and where its weights come from."""
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        if self.weights is not None:
            return f"{self.name}: made by {self.built} ({versions}), weights of {self.weights.name}"
        return (
            f"{self.name}: made by {self.built} ({versions}) with synthetic weights, "
            f"seed {self.seed}"
        )

    def read(self, watch: Watch, input_size: InputSize | None = None) -> ReadNetwork:
        """The network under its name, with its preprocessing.

        Raises:
            InputError: naming the first operation that netparity does not know.
        """
        try:
            read = stated_network(self.file, watch, input_size)
        except GraphError as error:
            problem = str(error).removeprefix(f"{self.file}: ")
            raise GraphError(f"{self.name} cannot be read: {problem}") from error
        if read is None:
            raise StoreError(f"{self.file} states no network; remove its folder from the cache")
        return replace(read, network=self.stated(read.network))

    def stated(self, network: Network) -> Network:
        """The network with what its file does not say."""
        first, *others = network.inputs
        first = replace(first, preprocessing=self.preprocessing or first.preprocessing)
        return replace(network, name=self.name, inputs=(first, *others))


def made_in(
    folder: Path, name: str, seed: int | None, weights: Path | None = None
) -> MadeNetwork | None:
    """The network that a framework's program left in a folder; None if it is not complete.

    Args:
        name: as the user writes it.
        seed: of its random weights.
        weights: the user's file with its weights.
    """
    try:
        answer = json.loads((folder / ANSWER).read_text(encoding="utf-8"))
        given = fields.mapping(answer, ANSWER)
        files = {key: folder / file for key, file in given.get("own_files", {}).items()}
        made = MadeNetwork(
            name=name,
            file=folder / given["file"],
            built=given["built"],
            versions=given["versions"],
            preprocessing=fields.preprocessing(given["preprocessing"], "preprocessing"),
            seed=None if weights is not None else seed,
            weights=weights,
            own_files=files,
        )
    except (OSError, ValueError, KeyError, GraphError):
        return None
    complete = all(path.is_file() for path in (made.file, *files.values()))
    return made if complete else None
