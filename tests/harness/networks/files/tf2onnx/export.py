"""Export small Keras networks by tf2onnx, with what TensorFlow computed.

python export.py FOLDER, in an environment with tensorflow, keras and tf2onnx (see README.md).
"""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import numpy as np
import onnx
from keras import layers


def vgg_like():
    """Rescaling, convolutions with 'same' padding, pools, dropout, dense layers."""
    image = keras.Input((20, 24, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1, name="rescaling")(image)
    x = layers.Conv2D(6, 3, padding="same", activation="relu", name="block1_conv1")(x)
    x = layers.MaxPooling2D(2, name="block1_pool")(x)
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu", name="block2_conv1")(x)
    x = layers.Dense(10, activation="relu", name="fc1")(layers.Flatten(name="flatten")(x))
    x = layers.Dropout(0.3)(x)
    return keras.Model(image, layers.Dense(5, activation="softmax", name="predictions")(x))


def mobile_like():
    """Depthwise and separable convolutions, batch normalisation, squeeze and excitation."""
    image = keras.Input((21, 23, 3))
    x = layers.ZeroPadding2D(((0, 1), (0, 1)))(image)
    x = layers.Conv2D(8, 3, strides=2, use_bias=False, name="stem")(x)
    x = layers.ReLU(6.0, name="stem_relu")(layers.BatchNormalization(epsilon=1e-3)(x))
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="dw")(x)
    x = layers.BatchNormalization(name="dw_bn")(x)
    y = layers.Activation("swish", name="swish")(x)
    s = layers.GlobalAveragePooling2D(keepdims=True, name="squeeze")(y)
    s = layers.Conv2D(4, 1, activation="relu", name="reduce")(s)
    s = layers.Conv2D(8, 1, activation="sigmoid", name="expand")(s)
    x = layers.Add(name="add")([x, layers.Multiply(name="scale")([y, s])])
    x = layers.SeparableConv2D(9, 3, padding="same", name="separable")(x)
    x = layers.Reshape((1, 1, 9))(layers.GlobalAveragePooling2D(name="average")(x))
    x = layers.Flatten()(layers.Conv2D(5, 1, name="logits")(x))
    return keras.Model(image, layers.Softmax(name="probabilities")(x))


def mixed():
    """Branches, upsampling, layer normalisation, a dense layer at each place, an L2 norm."""
    image = keras.Input((12, 14, 4))
    a = layers.Conv2D(5, 3, padding="same", name="conv")(image)
    a = layers.LeakyReLU(negative_slope=0.2, name="leaky")(a)
    b = layers.AveragePooling2D(3, strides=1, padding="same", name="average")(image)
    b = layers.PReLU(shared_axes=[1, 2], name="prelu")(b)
    x = layers.Concatenate(name="concat")([a, b])
    x = layers.UpSampling2D(2, interpolation="bilinear", name="up")(x)
    x = layers.Conv2DTranspose(6, 3, strides=2, padding="same", name="deconv")(x)
    x = layers.LayerNormalization(name="norm", epsilon=1e-3)(x)
    x = layers.Activation(lambda x: keras.ops.gelu(x, approximate=True), name="gelu")(x)
    x = layers.Activation("elu", name="elu")(layers.Dense(7, name="everywhere")(x))
    x = layers.Conv2D(3, 2, dilation_rate=2, name="dilated")(layers.Permute((2, 1, 3))(x))
    x = layers.UpSampling2D(2, name="repeat")(layers.Activation("hard_swish", name="swish")(x))
    x = layers.Cropping2D(((1, 2), (0, 3)), name="crop")(x)
    x = layers.GlobalMaxPooling2D(name="largest")(x)
    return keras.Model(image, layers.UnitNormalization(name="unit")(x))


def export(folder, build):
    """One network: its outputs for two images, and a file."""
    keras.utils.set_random_seed(3)
    model, random = build(), np.random.default_rng(2)
    for weight in model.weights:
        if "variance" in weight.path:
            weight.assign(random.uniform(0.5, 1.5, weight.shape))
        elif len(weight.shape) == 1 or "alpha" in weight.path:
            weight.assign(random.normal(0, 0.3, weight.shape) + ("gamma" in weight.path))
    x = random.uniform(0, 2, (2, *model.input_shape[1:])).astype(np.float32)
    kept = keras.Model(model.input, {layer.name: layer.output for layer in model.layers[1:]})
    features = {name: np.array(y)[:1] for name, y in kept(x, training=False).items()}
    names = ("block2_conv1", "fc1", "stem_relu", "swish", "separable", "conv", "largest")
    features = {name: y for name, y in features.items() if name in names and y.size < 2000}
    output = np.array(model(x, training=False))
    np.savez(folder / f"{build.__name__}.npz", input=x, output=output, **features)
    path = folder / f"{build.__name__}.onnx"
    model.export(str(path), format="onnx", verbose=False)
    made = onnx.load(path)
    made.graph.doc_string = ""
    onnx.save(made, path)


if __name__ == "__main__":
    for network in (vgg_like, mobile_like, mixed):
        export(Path(sys.argv[1]), network)
