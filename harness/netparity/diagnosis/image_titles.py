"""What was done to an image before the network, and to a feature after it, in a few words."""

from __future__ import annotations

from collections.abc import Mapping

INPUT_WAYS: Mapping[str, str] = {
    "input-affine": "another mean or scale was used: $detail",
    "input-arithmetic": "$detail",
    "mean-image": "$detail",
    "image-flipped": "the image is $detail",
    "image-cropped": "the image was resized and cropped: $detail",
    "image-padded": "the image was padded: $detail",
    "image-views": "the feature is the mean over $detail",
    "image-source": "the file was read differently: $detail",
}

TREATED: Mapping[str, str] = {
    "images-count": "$detail",
    "pooled-mean": "the feature was averaged over space",
    "pooled-max": "the maximum of the feature over space was taken",
    "stored": "the values were rounded when they were stored ($detail)",
    "treated-l2": "the feature was L2-normalised",
    "treated-l2-positions": "the feature was L2-normalised at each position",
    "treated-l1": "the feature was L1-normalised (divided by the sum of its absolute values)",
    "treated-max": "the feature was divided by its largest value",
    "treated-standardised": "the feature was standardised (mean 0, deviation 1)",
    "treated-root": "the square root of the feature was taken (signed)",
    "treated-log": "the logarithm log(1 + x) of the feature was taken",
    "treated-square": "the feature was squared",
    "treated-sigmoid": "a sigmoid was applied to the feature",
    "treated-tanh": "tanh was applied to the feature",
    "treated-binary": "the feature was made binary (1 where it is positive)",
    "treated-saturated": "the feature was cut off at its largest value (saturated)",
    "treated-saturated-channel": "a channel of the feature was cut off at its largest value "
    "(saturated)",
    "treated-scaled": "the feature was multiplied by a constant",
    "treated-reversed": "the channels of the feature are in reverse order",
    "treated-transposed": "rows and columns of the feature are swapped",
    "treated-images": "the features of the images are in another order",
    "treated-permuted": "the values of the feature are right but in another order",
}
