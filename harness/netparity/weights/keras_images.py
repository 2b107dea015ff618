"""What is done to an image for a VGG of Keras whose file does not say it."""

from __future__ import annotations

from dataclasses import replace

from netparity.networks import Network, Preprocessing
from netparity.networks.catalogue.vgg import OXFORD

SENTENCE = (
    "the file does not say what is done to an image: it is prepared as for Keras's VGG16 "
    "(--preprocess caffe) unless you say otherwise"
)
KERAS_VGG = Preprocessing("BGR", mean=OXFORD.mean[::-1])
"""What `keras.applications.vgg16.preprocess_input` makes."""
_COLOURS = 3


def prepared_as_for_keras(network: Network, known: Network) -> Network:
    """The network with the images that `keras.applications.vgg16.preprocess_input` makes.

    Args:
        known: the network of the catalogue that it is, begins as, or has the kernels of.

    Returns:
        The same network if it is not Keras's, not a VGG, or says itself what is done to an image.
    """
    image = network.inputs[0]
    colours = len(image.shape) == _COLOURS and image.shape[-1] == _COLOURS
    of_keras = network.origin == "keras" and known.inputs[0].preprocessing == OXFORD
    if not of_keras or not colours or len(network.inputs) != 1 or image.preprocessing is not None:
        return network
    prepared = replace(image, preprocessing=KERAS_VGG)
    return replace(network, inputs=(prepared,))
