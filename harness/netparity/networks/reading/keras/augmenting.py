"""Layers that change images at random while a model is trained, and do nothing at prediction."""

from __future__ import annotations

from netparity.networks.reading.keras.building import Value
from netparity.networks.reading.keras.call import Call

_AT_TRAINING = (
    *("RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomShear"),
    *("RandomHeight", "RandomWidth", "RandomPerspective", "RandomElasticTransform"),
    *("RandomContrast", "RandomBrightness", "RandomHue", "RandomSaturation", "RandomGrayscale"),
    *("RandomColorJitter", "RandomColorDegeneration", "RandomInvert", "RandomPosterization"),
    *("RandomSharpness", "RandomGaussianBlur", "RandomErasing", "Solarization"),
    *("RandAugment", "AugMix", "MixUp", "CutMix"),
)
"""RandomCrop is not one of them: in Keras 2 it also cuts images at prediction."""


def augmentation(call: Call) -> Value:
    """One of these layers; its fields are for training."""
    call.fields.ignore_rest()
    call.build.note("data augmentation layers do nothing at prediction")
    return call.node("identity")


def random_crop(call: Call) -> Value:
    """RandomCrop, whose result at prediction depends on the version of Keras."""
    raise call.fields.refused(
        "cuts or resizes images at prediction in some versions of Keras, which netparity does not "
        "compute; fix: save the model without it, or with CenterCrop in its place"
    )


AUGMENTING_LAYERS = {**dict.fromkeys(_AT_TRAINING, augmentation), "RandomCrop": random_crop}
