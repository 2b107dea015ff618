"""Advice about normalisations, scales and shifts."""

from __future__ import annotations

from netparity.diagnosis.advice.base import Advice


def _lrn(plain: str) -> Advice:
    return Advice(
        plain=plain,
        keras3=f"{plain} `tf.nn.local_response_normalization` takes the radius (size − 1) / 2, the "
        "bias kappa, and an alpha that is not divided by the size.",
        keras2=f"{plain} Keras 2 has no such layer: check the code that computes $layer.",
        matconvnet=f"{plain} Set `param` of $layer to `[size kappa alpha beta]`, with an alpha "
        "that is not divided by the size.",
    )


def _missing(what: str, keras: str, matconvnet: str) -> Advice:
    return Advice(
        plain=f"Apply the {what} at $layer.",
        keras3=f"Add {keras} at $layer, and check that its weights were loaded.",
        matconvnet=f"Add {matconvnet} at $layer.",
    )


_MOMENTS = (
    "MatConvNet's `moments` are mean and standard deviation, the root of variance plus epsilon; "
    "Keras, PyTorch and ONNX store the variance."
)

NORMALISING: dict[str, Advice] = {
    "epsilon-*": Advice(
        plain="Use the network's own epsilon in $layer, $epsilon, instead of $rest.",
        keras3="Build $layer with `epsilon=…` set to $epsilon; Keras's default is 1e-3.",
        matconvnet="Set `epsilon` of $layer to $epsilon; `vl_nnbnorm`'s default is 1e-4, that of "
        "`dagnn.BatchNorm` 1e-5.",
    ),
    "variance-for-deviation": Advice(
        plain=f"Divide by the root of the variance in $layer. {_MOMENTS}",
        keras3="Give `BatchNormalization` at $layer the variance: its fourth weight, "
        "`moving_variance`.",
        matconvnet="Put the root of variance plus epsilon, not the variance, into the second "
        "column of `moments` of $layer.",
    ),
    "deviation-for-variance": Advice(
        plain=f"Give $layer the variance. {_MOMENTS}",
        keras3="Square the second column of MatConvNet's `moments` and subtract epsilon to get the "
        "`moving_variance` of $layer.",
        matconvnet="Use the second column of `moments` of $layer as it is: it is the standard "
        "deviation already.",
    ),
    "batch-statistics": Advice(
        plain="Use the stored mean and variance in $layer: features are computed in inference "
        "mode.",
        keras3="Run inference: `model(x, training=False)` or `model.predict(x)`, and build $layer "
        "without `training=True`.",
        keras2="Run inference: `model.predict(x)`, or `keras.backend.set_learning_phase(0)` before "
        "the model is built, so that $layer uses its stored mean and variance.",
        matconvnet="Give `vl_nnbnorm` the stored `'Moments'` at $layer; with a DagNN, set "
        "`net.mode = 'test'` before `net.eval`.",
    ),
    "batch-norm-missing": _missing(
        "batch normalisation", "`BatchNormalization`", "`vl_nnbnorm` (`dagnn.BatchNorm`)"
    ),
    "batch-norm-twice": Advice(
        plain="Remove the batch normalisation at $layer, or fold it into no weights before it.",
        keras3="Load weights into which the batch normalisation is not folded, or remove "
        "`BatchNormalization` at $layer.",
        matconvnet="Load weights into which the batch normalisation is not folded, or remove "
        "`vl_nnbnorm` at $layer.",
    ),
    "scale-missing": Advice(
        plain="Multiply by the scale of $layer.",
        keras3="Build $layer with `scale=True`, and check that its gamma was loaded: "
        "`layer.get_weights()[0]`.",
        matconvnet="Put the scale of $layer into its first weights (`multipliers`).",
    ),
    "scale-shift-missing": _missing(
        "scale and shift",
        "a layer that multiplies and adds (`Rescaling`, or a folded `BatchNormalization`)",
        "`dagnn.Scale`, or fold it into the convolution",
    ),
    "bias-before-scale": Advice(
        plain="Multiply by the scale first and then add the bias at $layer.",
        keras3="Multiply by the scale first and then add the bias at $layer: `Rescaling` computes "
        "`x * scale + offset`.",
        matconvnet="Multiply by the scale first and then add the bias at $layer, as `dagnn.Scale` "
        "does.",
    ),
    "lrn-alpha-divided": _lrn("Do not divide the alpha of $layer by the size of its window."),
    "lrn-alpha-multiplied": _lrn("Divide the alpha of $layer by the size of its window."),
    "lrn-radius": _lrn("Give $layer the size of its window, not twice the size plus one."),
    "lrn-kappa": _lrn("Use the network's own kappa in $layer instead of 1."),
    "lrn-other-side": _lrn("Let the even window of $layer reach one channel further ahead."),
    "lrn-missing": _missing(
        "local response normalisation",
        "`tf.nn.local_response_normalization`",
        "`vl_nnnormalize` (a layer of type 'lrn')",
    ),
    "layer-norm-missing": _missing(
        "layer normalisation", "`LayerNormalization`", "the layer normalisation"
    ),
    "variance-unbiased": Advice(
        plain="Divide the sum of squares in $layer by the number of values, not by one less.",
        keras3="Use `keras.ops.var` at $layer, which divides by the number of values.",
        matconvnet="Call `var(x, 1)` at $layer: without the 1 it divides by one less.",
    ),
    "l2-norm-missing": _missing("L2 normalisation", "`UnitNormalization`", "`vl_nnnormalizelp`"),
    "l2-norm-whole": Advice(
        plain="Take the norm of $layer over its own axes only, not over the whole image.",
        keras3="Build $layer as `UnitNormalization(axis=…)` with its own axes.",
        matconvnet="Divide by the norm over the channels at $layer: `sqrt(sum(x.^2, 3))`.",
    ),
    "l1-norm": Advice(
        plain="Divide by the root of the sum of squares in $layer, not by the sum of magnitudes.",
        keras3="Build $layer as `UnitNormalization`, which takes the L2 norm.",
        matconvnet="Divide by `sqrt(sum(x.^2, 3))` at $layer, not by `sum(abs(x), 3)`.",
    ),
    "l2-norm-squared": Advice(
        plain="Take the root of the sum of squares in $layer.",
        keras3="Build $layer as `UnitNormalization`, which takes the root.",
        matconvnet="Divide by `sqrt(sum(x.^2, 3))` at $layer, not by `sum(x.^2, 3)`.",
    ),
}
