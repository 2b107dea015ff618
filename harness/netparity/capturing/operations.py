"""Which operation does a layer end with? Its class says so, or its activation."""

from __future__ import annotations

_CLASSES = {
    "conv": ("Conv1d", "Conv2d", "Conv1D", "Conv2D", "DepthwiseConv2D", "SeparableConv2D"),
    "conv_transpose": ("ConvTranspose2d", "Conv2DTranspose"),
    "dense": ("Linear", "Dense"),
    "batch_norm": ("BatchNorm1d", "BatchNorm2d", "BatchNormalization"),
    "layer_norm": ("LayerNorm", "LayerNormalization"),
    "lrn": ("LocalResponseNorm",),
    "relu": ("ReLU",),
    "clipped_relu": ("ReLU6",),
    "leaky_relu": ("LeakyReLU",),
    "prelu": ("PReLU",),
    "elu": ("ELU",),
    "selu": ("SELU",),
    "gelu": ("GELU",),
    "swish": ("SiLU",),
    "hard_swish": ("Hardswish",),
    "hard_sigmoid": ("Hardsigmoid",),
    "sigmoid": ("Sigmoid",),
    "tanh": ("Tanh",),
    "softmax": ("Softmax",),
    "max_pool": ("MaxPool2d", "MaxPooling2D"),
    "average_pool": ("AvgPool2d", "AveragePooling2D"),
    "global_average": ("AdaptiveAvgPool2d", "GlobalAveragePooling2D"),
    "global_max": ("AdaptiveMaxPool2d", "GlobalMaxPooling2D"),
    "flatten": ("Flatten",),
    "reshape": ("Reshape", "Unflatten"),
    "dropout": ("Dropout", "Dropout2d", "SpatialDropout2D"),
    "identity": ("Identity",),
    "pad": ("ZeroPadding2D", "ZeroPad2d"),
    "resize": ("Upsample", "UpSampling2D"),
    "add": ("Add",),
    "subtract": ("Subtract",),
    "multiply": ("Multiply",),
    "concat": ("Concatenate",),
}
_BY_CLASS = {name: op for op, names in _CLASSES.items() for name in names}
_BY_ACTIVATION = {
    **{name: name for name in ("relu", "leaky_relu", "elu", "selu", "gelu", "sigmoid", "tanh")},
    **{name: name for name in ("softmax", "hard_sigmoid")},
    **{"relu6": "clipped_relu", "silu": "swish", "swish": "swish", "hard_silu": "hard_swish"},
}
_FAMILIES = (
    {"conv", "dense"},
    {"global_average", "average_pool", "mean"},
    {"global_max", "max_pool"},
    {"batch_norm", "scale_shift"},
    {"flatten", "reshape"},
    {"relu", "clipped_relu", "leaky_relu", "prelu", "elu", "selu", "gelu", "swish", "hard_swish"},
    {"sigmoid", "hard_sigmoid"},
)
_LINEAR = {"conv", "conv_transpose", "dense", "batch_norm"}


def operation_of(layer: object) -> str:
    """The operation that a layer ends with; empty if it is not known.

    Args:
        layer: a module or layer; a Keras layer's activation counts as its end.
    """
    own = next((_BY_CLASS[kind.__name__] for kind in type(layer).__mro__ if _is_known(kind)), "")
    activation = getattr(layer, "activation", None)
    if activation is None or type(layer).__module__.partition(".")[0] == "torch":
        return own
    name = getattr(activation, "__name__", "") or ""
    if name == "linear":
        return own
    return _BY_ACTIVATION.get(name) or _BY_CLASS.get(type(activation).__name__, "")


def _is_known(kind: type) -> bool:
    return kind.__name__ in _BY_CLASS


def is_linear(op: str) -> bool:
    """Whether an operation is one after which a layer may have an activation."""
    return op in _LINEAR


def agree(a: str, b: str) -> bool:
    """Whether two operations may be one, spelled differently."""
    return a == b or any({a, b} <= family for family in _FAMILIES)


def family_of(op: str) -> str:
    """One name for all operations that `agree`."""
    return next((min(family) for family in _FAMILIES if op in family), op)
