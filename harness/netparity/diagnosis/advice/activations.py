"""Advice about activations."""

from __future__ import annotations

from netparity.diagnosis.advice.base import Advice


def _apply(name: str, keras: str, matconvnet: str) -> Advice:
    """For an activation that is missing, or another one in its place."""
    article = "an" if name[0] in "aeioESL" else "a"
    return Advice(
        plain=f"Apply {article} {name} at $layer.",
        keras3=f"Build $layer with {keras}.",
        matconvnet=f"Compute {article} {name} at $layer: {matconvnet}.",
    )


_LEAKY = _apply(
    "leaky ReLU",
    "`LeakyReLU(negative_slope=…)`; its default slope is 0.3",
    "`vl_nnrelu(x, [], 'leak', …)`",
)
_CLIPPED = _apply(
    "clipped ReLU", "`ReLU(max_value=…)`, 6 for ReLU6", "`min(max(x, 0), 6)` for ReLU6"
)
_PRELU = _apply(
    "parametric ReLU", "`PReLU(shared_axes=[1, 2])`", "`max(x, 0) + slope .* min(x, 0)`"
)
_SIGMOID = _apply("sigmoid", "`activation='sigmoid'`", "`vl_nnsigmoid(x)`")
_HARD_SIGMOID = _apply(
    "hard sigmoid",
    "`activation='hard_sigmoid'`; its slope is 1/6 in Keras 3 and 1/5 in Keras 2",
    "`min(max(slope * x + 0.5, 0), 1)`",
)
_SWISH = _apply("swish", "`activation='silu'`", "`x .* vl_nnsigmoid(x)`")
_HARD_SWISH = _apply("hard swish", "`activation='hard_silu'`", "`x .* min(max(x / 6 + 0.5, 0), 1)`")
_ELU = _apply("ELU", "`activation='elu'`", "`max(x, 0) + exp(min(x, 0)) - 1`")
_SELU = _apply(
    "SELU", "`activation='selu'`", "`1.0507 * (max(x, 0) + 1.6733 * (exp(min(x, 0)) - 1))`"
)
_TANH = _apply("tanh", "`activation='tanh'`", "`tanh(x)`")
_GELU = _apply(
    "GELU",
    "`keras.activations.gelu(x, approximate=…)`; the default is the exact one",
    "`x .* (1 + erf(x / sqrt(2))) / 2`, or the approximation by tanh",
)

ACTIVATIONS: dict[str, Advice] = {
    "relu-missing": Advice(
        plain="Apply a ReLU to the output of $layer.",
        keras3="Build $layer with `activation='relu'`.",
        matconvnet="Put `struct('type', 'relu', 'name', '$name')` after $linear in `net.layers`.",
    ),
    "softmax-missing": Advice(
        plain="Apply a softmax to the output of $layer.",
        keras3="Build $layer with `activation='softmax'`.",
        matconvnet="End `net.layers` with `struct('type', 'softmax', 'name', 'prob')`, or apply "
        "`vl_nnsoftmax` to the output of $linear.",
    ),
    "relu-is-*": Advice(
        plain="Apply a ReLU at $layer, without a slope or an upper limit.",
        keras3="Build $layer with `activation='relu'` instead of another activation.",
        matconvnet="Compute `vl_nnrelu(x)` at $layer, without `'leak'` or an upper limit.",
    ),
    "relu-added": Advice(
        plain="Remove the ReLU between the sums of the last layer and the softmax.",
        keras3="Build $layer with `activation='softmax'` alone: no `activation='relu'` and no "
        "`ReLU` layer before it.",
        matconvnet="Remove the layer of type 'relu' between $linear and $layer from `net.layers`.",
    ),
    "leaky-relu-missing": _LEAKY,
    "relu-for-leaky-relu": _LEAKY,
    "slope-*": Advice(
        plain="Use the slope $slope in $layer instead of $rest.",
        keras3="Build $layer as `LeakyReLU(negative_slope=…)` with the slope $slope; Keras's "
        "default is 0.3.",
        keras2="Build $layer as `LeakyReLU(alpha=…)` with the slope $slope; Keras's default is "
        "0.3.",
        matconvnet="Call `vl_nnrelu(x, [], 'leak', …)` at $layer with the slope $slope.",
    ),
    "clipped-relu-missing": _CLIPPED,
    "relu-for-clipped-relu": _CLIPPED,
    "prelu-missing": _PRELU,
    "relu-for-prelu": _PRELU,
    "sigmoid-missing": _SIGMOID,
    "hard-sigmoid-for-sigmoid": _SIGMOID,
    "tanh-for-sigmoid": _SIGMOID,
    "hard-sigmoid-missing": _HARD_SIGMOID,
    "hard-sigmoid-fifth": _HARD_SIGMOID,
    "hard-sigmoid-sixth": _HARD_SIGMOID,
    "sigmoid-for-hard-sigmoid": _HARD_SIGMOID,
    "swish-missing": _SWISH,
    "hard-swish-for-swish": _SWISH,
    "relu-for-swish": _SWISH,
    "sigmoid-for-swish": _SWISH,
    "hard-swish-missing": _HARD_SWISH,
    "swish-for-hard-swish": _HARD_SWISH,
    "relu-for-hard-swish": _HARD_SWISH,
    "elu-missing": _ELU,
    "relu-for-elu": _ELU,
    "selu-for-elu": _ELU,
    "selu-missing": _SELU,
    "elu-for-selu": _SELU,
    "relu-for-selu": _SELU,
    "tanh-missing": _TANH,
    "sigmoid-for-tanh": _TANH,
    "gelu-missing": _GELU,
    "gelu-approximate": _GELU,
    "gelu-exact": _GELU,
    "relu-for-gelu": _GELU,
}
