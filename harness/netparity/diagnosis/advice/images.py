"""Advice about how an image became the input, and about what was done to a feature."""

from __future__ import annotations

from netparity.diagnosis.advice.base import Advice

_TENSOR = "or pass the tensor that went into the network with `--input`"


def _everywhere(text: str) -> Advice:
    return Advice(plain=text, keras3=text, matconvnet=text)


_SATURATED = _everywhere(
    "Compute $layer in floating point, or in a format whose largest number its values do not "
    "reach; take away a clip that the network does not have."
)

IMAGES: dict[str, Advice] = {
    "input-affine": Advice(
        plain="Subtract the mean ($rgb in RGB) from grey levels of 0…255 as the weights expect, "
        f"{_TENSOR}; if this preprocessing is intended, state it with `--mean` and `--std`.",
        keras3="Call the `preprocess_input` of the network's own module on grey levels of 0…255; "
        "if this preprocessing is intended, state it with `--mean` and `--std`.",
        matconvnet="Subtract `net.meta.normalization.averageImage` from `single(imread(file))`; "
        "if this preprocessing is intended, state it with `--mean` and `--std`.",
    ),
    "input-arithmetic": Advice(
        plain="Convert the image to float before subtracting the mean.",
        keras3="Convert the image to float32 before subtracting the mean, as `img_to_array` does.",
        matconvnet="Convert the image before subtracting the mean: `im = single(imread(file))`; "
        "MATLAB's uint8 arithmetic rounds and saturates.",
    ),
    "mean-image": _everywhere(
        "Subtract the network's mean image as it is stored, in its own orientation and channel "
        "order; if another mean is intended, state it with `--mean`."
    ),
    "image-flipped": _everywhere(
        "Pass the image as it is stored, without flipping, rotating or augmenting it."
    ),
    "image-cropped": _everywhere(
        f"Resize and crop the image in the same way as the reference, {_TENSOR}."
    ),
    "image-padded": _everywhere(
        f"Resize the image without padding, as the reference does, {_TENSOR}."
    ),
    "image-views": _everywhere(
        "Compare the feature of one view of the image: average after the comparison."
    ),
    "image-source": _everywhere(
        "Read the file in the same way everywhere: convert it once to an 8-bit RGB PNG, and use "
        "that in every tool."
    ),
    "images-count": _everywhere(
        "Give `--image` once for each image of the file, in its order; or `--column K` for the "
        "K-th of them."
    ),
    "pooled-*": _everywhere("Export $layer before it is pooled, or pool both before comparing."),
    "stored": _everywhere("Save the feature of $layer as float32."),
    **dict.fromkeys(("treated-saturated", "treated-saturated-channel"), _SATURATED),
    "treated-*": _everywhere(
        "Save the feature of $layer as the network computes it, or do the same to both before "
        "comparing them."
    ),
}
