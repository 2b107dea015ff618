"""The layers of Caffe's first releases (2013), all of whose settings are in one group.

They are given the groups that the later generations have; what each field became is in Caffe's
`upgrade_proto.cpp`.
"""

from __future__ import annotations

from netparity.networks.reading.caffe.message import Message, WrongError

TYPES = {
    "accuracy": "Accuracy",
    "bnll": "BNLL",
    "concat": "Concat",
    "conv": "Convolution",
    "data": "Data",
    "dropout": "Dropout",
    "euclidean_loss": "EuclideanLoss",
    "flatten": "Flatten",
    "hdf5_data": "HDF5Data",
    "images": "ImageData",
    "innerproduct": "InnerProduct",
    "lrn": "LRN",
    "multinomial_logistic_loss": "MultinomialLogisticLoss",
    "padding": "Padding",
    "pool": "Pooling",
    "relu": "ReLU",
    "sigmoid": "Sigmoid",
    "softmax": "Softmax",
    "softmax_loss": "SoftmaxWithLoss",
    "split": "Split",
    "tanh": "TanH",
    "window_data": "WindowData",
}
"""What each type is called today."""
_WINDOW = {"pad": "pad", "kernelsize": "kernel_size", "stride": "stride"}
_TRANSFORM = {
    "scale": "scale",
    "meanfile": "mean_file",
    "cropsize": "crop_size",
    "mirror": "mirror",
}
GROUPS: dict[str, tuple[str, dict[str, str]]] = {
    "Concat": ("concat_param", {"concat_dim": "concat_dim"}),
    "Convolution": (
        "convolution_param",
        {"num_output": "num_output", "biasterm": "bias_term", "group": "group", **_WINDOW},
    ),
    "Data": ("transform_param", _TRANSFORM),
    "Dropout": ("dropout_param", {"dropout_ratio": "dropout_ratio"}),
    "ImageData": ("transform_param", _TRANSFORM),
    "InnerProduct": (
        "inner_product_param",
        {"num_output": "num_output", "biasterm": "bias_term"},
    ),
    "LRN": (
        "lrn_param",
        {"local_size": "local_size", "alpha": "alpha", "beta": "beta", "k": "k"},
    ),
    "Padding": ("convolution_param", {"pad": "pad"}),
    "Pooling": ("pooling_param", {"pool": "pool", **_WINDOW}),
    "WindowData": ("transform_param", _TRANSFORM),
}
"""The group of parameters of each type, and the names of its fields then and today."""


def upgraded(outer: Message) -> tuple[str, Message]:
    """A layer's type and its fields as the later generations state them.

    Raises:
        WrongError: if its type is unknown.
    """
    inner = outer.message("layer")
    found = inner.text("type")
    if found not in TYPES:
        raise WrongError(f"has the type {found[:40]!r}, which netparity does not know")
    kind = TYPES[found]
    fields = Message("OldLayer", unknown=[*outer.unknown, *inner.unknown])
    for name in ("bottom", "top"):
        fields.values[name] = list(outer.values.get(name, ()))
    for name in ("name", "blobs"):
        fields.values[name] = list(inner.values.get(name, ()))
    if kind in GROUPS:
        group, names = GROUPS[kind]
        given = Message(group)
        for old, new in names.items():
            given.values[new] = list(inner.values.get(old, ()))
        fields.add(group, given)
    return kind, fields
