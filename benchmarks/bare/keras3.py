"""What a user writes to time VGG16 in Keras 3: bare/keras3.py WEIGHTS INPUT REPEATS ORDER CALL."""

import sys
import time

import keras
import numpy as np

network = keras.applications.VGG16(weights=sys.argv[1])
model = keras.Model(network.input, [network.get_layer(name).output for name in ("fc1", "fc2")])
x = np.ascontiguousarray(np.load(sys.argv[2])[..., ::-1])
call = {
    "predict": lambda: model.predict(x, verbose=0),
    "on_batch": lambda: model.predict_on_batch(x),
}
if sys.argv[5] == "function":
    if keras.config.backend() == "jax":
        import jax

        weights = [[v.value for v in model.trainable_variables], []]
        function = jax.jit(lambda *given: model.stateless_call(*given, training=False)[0])
        call["function"] = lambda: [np.asarray(y) for y in function(*weights, x)]
    else:
        import tensorflow as tf

        function = tf.function(model)
        call["function"] = lambda: [y.numpy() for y in function(tf.constant(x))]
for _ in range(2 + int(sys.argv[3])):
    begun = time.perf_counter()
    call[sys.argv[5]]()
    print(time.perf_counter() - begun)
