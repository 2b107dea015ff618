"""Advice about the feature that is exported, and about dropout."""

from __future__ import annotations

from netparity.diagnosis.advice.base import Advice

READING: dict[str, Advice] = {
    "before-relu": Advice(
        plain="Export the values of $layer after the ReLU.",
        keras3="Take the output of the layer that contains the ReLU: $layer with "
        "`activation='relu'`, or the `Activation` layer after it.",
        matconvnet="Export the output of the ReLU, $layer: layer `i` of `net.layers` leaves its "
        "output in `res(i+1).x`; `res(i).x` is its input.",
    ),
    "before-activation": Advice(
        plain="Export the values of $layer after the $detail.",
        keras3="Take the output of the layer that contains the $detail: $layer.",
        matconvnet="Export the output of the $detail, $layer, not its input.",
    ),
    "off-by-one": Advice(
        plain="Export the values of $layer instead of those of $detail.",
        keras3="Cut the model at $layer, not at $detail: "
        "`keras.Model(model.inputs, model.get_layer('$name').output)`.",
        matconvnet="Read the output of $layer, not of $detail: layer `i` of `net.layers` leaves "
        "its output in `res(i+1).x`, since `res(1).x` is the input; find `i` by the layer's name.",
    ),
    "dropout": Advice(
        plain="Switch off dropout after $layer: features are computed in inference mode.",
        keras3="Run inference: `model(x, training=False)` or `model.predict(x)`, and build no "
        "`Dropout` after $layer with `training=True`.",
        keras2="Run inference: `model.predict(x)`, or `keras.backend.set_learning_phase(0)` "
        "before the model is built, so that the `Dropout` after $layer does nothing.",
        matconvnet="Run in test mode, in which the dropout after $layer does nothing: "
        "`res = vl_simplenn(net, im, [], [], 'mode', 'test')`.",
    ),
    "relu-applied": Advice(
        plain="Take the value of $layer before its activation.",
        keras3="Build $layer without `activation`, with an `Activation` layer after it, and export "
        "the former.",
        matconvnet="Export `res(i+1).x` of $linear, not of $layer, which comes after it.",
    ),
    "dropout-scaled": Advice(
        plain="Let $layer hand on its input as it is: the weights are already scaled.",
        keras3="Remove the multiplication by 1 − $rate at $layer: Keras scales during training.",
        matconvnet="Set the dropout $layer to test mode, which hands on its input, and scale no "
        "weights by 1 − $rate.",
    ),
    "dropout-scaled-up": Advice(
        plain="Let $layer hand on its input as it is, without dividing by 1 − $rate.",
        keras3="Run inference: `model(x, training=False)` or `model.predict(x)`; only training "
        "divides by 1 − $rate at $layer.",
        matconvnet="Run in test mode, in which $layer hands on its input: "
        "`vl_simplenn(net, im, [], [], 'mode', 'test')`, or `net.mode = 'test'` for a DagNN.",
    ),
}
