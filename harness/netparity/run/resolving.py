"""From what a request says about the network to the network with its weights."""

from __future__ import annotations

from typing import Any

from netparity.inputs.given import Given, with_given
from netparity.networks.input_size import parse_input_size
from netparity.run.request import PREPROCESSING
from netparity.runners.named_networks import named_networks
from netparity.watch import Watch
from netparity.weights.model import Model, resolve_model


def resolve_request(request: Any, watch: Watch) -> Model:
    """The network and its weights, with the preprocessing that was stated.

    Args:
        request: any with the fields of `Request` that concern the network and its input.

    Raises:
        NetparityError: if one of them cannot be used.
    """
    stated = Given(*(getattr(request, name) for name in PREPROCESSING))
    size = parse_input_size(request.input_size)
    named, own = named_networks(request.model, request.weights, request.environments, watch, size)
    return resolve_model(
        named,
        own,
        watch,
        size,
        lambda network: with_given(network, stated),
        request.map_file,
    )
