"""What features from elsewhere are of: a network, its weights and an input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from netparity.errors import UsageError
from netparity.features.tensors import real_numbers
from netparity.inputs import DecodedImage, check_tensor, decode, prepare
from netparity.inputs.given import Given, with_given
from netparity.networks import Network, Preprocessing
from netparity.networks.input_size import parse_input_size
from netparity.results.folder import read_npy
from netparity.runners.environments import Environments
from netparity.runners.named_networks import named_networks
from netparity.watch import Watch
from netparity.weights.model import Model, resolve_model
from netparity.weights.sources import WeightSet

Images = str | Path | Sequence[str | Path]
Stated = Preprocessing | Given | str | None
_MOST_SHOWN = 60


@dataclass(frozen=True)
class Subject:
    """A network with its weights, and what it was given.

    Attributes:
        resolved: where its weights are, which are read or made when they are first asked for.
        decoded: the images; empty if the input itself was given.
        images: the network's input, N x its shape, float32.
    """

    network: Network
    resolved: Model
    decoded: Sequence[DecodedImage]
    images: npt.NDArray[np.float32]

    @property
    def weights(self) -> WeightSet:
        """The weights.

        Raises:
            InputError: if they cannot be read, or are not the network's.
        """
        return self.resolved.weights


def network_with_weights(
    model: str | Path | None,
    weights: str | Path | None,
    preprocessing: Stated,
    watch: Watch,
    map_file: str | Path | None = None,
) -> tuple[Network, Model]:
    """The network that is meant, with the stated preprocessing, and where its weights are.

    Args:
        map_file: says which layer of the network is which of the weights' file.

    Raises:
        NetparityError: if there is no such network, or its file cannot be read.
    """
    stated = _given(preprocessing)
    size = parse_input_size(stated.input_size)
    place = None if map_file is None else Path(map_file)
    named, own = named_networks(
        _name("model", model), _name("weights", weights), Environments(), watch, size
    )
    resolved = resolve_model(named, own, watch, size, lambda each: with_given(each, stated), place)
    network = resolved.network
    if isinstance(preprocessing, Preprocessing):
        network = replace(network, inputs=(replace(network.image, preprocessing=preprocessing),))
    return network, resolved


def subject_of(
    network: Network,
    resolved: Model,
    image: Images | None,
    tensor: str | Path | npt.ArrayLike | None,
) -> Subject:
    """The network with its weights and its input.

    Raises:
        UsageError: unless either images or the input tensor are given.
        NetparityError: if they or the weights cannot be used.
    """
    decoded = [decode(Path(path)) for path in _image_list(image)]
    images = _images(decoded, tensor, network, resolved)
    return Subject(network, resolved, decoded, images)


def _given(preprocessing: Stated) -> Given:
    if isinstance(preprocessing, Given):
        return preprocessing
    if preprocessing is None or isinstance(preprocessing, Preprocessing):
        return Given()
    return Given(preprocess=_name("preprocessing", preprocessing))


def _name(what: str, value: str | Path | None) -> str | None:
    """A name or a path as text."""
    if value is None or isinstance(value, str | Path):
        return value if value is None else str(value)
    raise UsageError(f"{what}={_short(value)}: expected a name or the path of a file, as text")


def _image_list(image: Images | None) -> Sequence[str | Path]:
    if image is None:
        return ()
    listed = [image] if isinstance(image, str | Path) else image
    if isinstance(listed, list | tuple) and all(isinstance(each, str | Path) for each in listed):
        return listed
    raise UsageError(
        f"image={_short(image)}: expected the path of an image file, or a list of paths; fix: save "
        "pixels as a PNG file, or pass the network's input as tensor"
    )


def _short(value: object) -> str:
    """An unsuitable value in a message: its type, where it would be many numbers."""
    shown = repr(value)
    return shown if len(shown) <= _MOST_SHOWN and "\n" not in shown else type(value).__name__


def _images(
    decoded: Sequence[DecodedImage],
    tensor: str | Path | npt.ArrayLike | None,
    model: Network,
    resolved: Model,
) -> npt.NDArray[np.float32]:
    if bool(decoded) == (tensor is not None):
        raise UsageError(
            "give either the image or the input tensor of the features, not both or neither"
        )
    if tensor is None:
        given = model.image.preprocessing
        subtracts_image = given is not None and given.mean_image is not None
        tensors = resolved.weights.tensors() if subtracts_image else None
        return prepare(decoded, model, tensors)
    if isinstance(tensor, str | Path):
        return check_tensor(read_npy(Path(tensor)), model)
    return check_tensor(real_numbers(tensor, "the values of the input tensor"), model)
